import { sql } from "kysely";
import { FieldError } from "../errors/index.js";
import { Expression } from "../expressions/index.js";
import { operandOfKind } from "../functions/index.js";
import { callOf, define, targetOf } from "./own-call.js";
import { stepsOf } from "./path.js";

/** What stands at a path of a value. */
function at(target: unknown, path: unknown, where: string): Expression {
  const of = targetOf(target, where);
  const steps = path === undefined ? [] : stepsOf(path, where);
  return steps.length === 0 ? of : of.key(...steps);
}

const typeDefinition = define(
  "JsonType",
  {
    sqlite: ({ args: [of] }) =>
      sql`case json_type(${of}) when 'text' then 'string' when 'integer' then 'number' when 'real' then 'number' when 'true' then 'boolean' when 'false' then 'boolean' else json_type(${of}) end`,
    postgres: ({ args: [of] }) => sql`jsonb_typeof(${of})`,
    mysql: ({ args: [of] }) =>
      sql`case lower(convert(json_type(${of}) using utf8mb4)) when 'object' then 'object' when 'array' then 'array' when 'string' then 'string' when 'boolean' then 'boolean' when 'null' then 'null' else case when json_type(${of}) is not null then 'number' end end`,
  },
  operandOfKind("text", null),
);

const lengthDefinition = define(
  "JsonLength",
  {
    sqlite: ({ args: [of] }) =>
      sql`case json_type(${of}) when 'array' then json_array_length(${of}) when 'object' then (select count(*) from json_each(${of})) end`,
    postgres: ({ args: [of] }) =>
      sql`case jsonb_typeof(${of}) when 'array' then jsonb_array_length(${of}) when 'object' then (select cast(count(*) as integer) from jsonb_object_keys(${of})) end`,
    mysql: ({ args: [of] }) =>
      sql`case when lower(convert(json_type(${of}) using utf8mb4)) in ('array', 'object') then json_length(${of}) end`,
  },
  operandOfKind("integer", null),
);

export function jsonType(target: unknown, path?: unknown): Expression {
  return callOf(typeDefinition, [at(target, path, "JsonType")]);
}

export function jsonLength(target: unknown, path?: unknown): Expression {
  return callOf(lengthDefinition, [at(target, path, "JsonLength")]);
}

export function jsonExtract(target: unknown, ...paths: unknown[]): Expression {
  const found = paths.map((path) => {
    if (path !== undefined) return at(target, path, "JsonExtract");
    throw new FieldError('JsonExtract takes paths, such as JsonExtract("data", ["owner", "name"]), got undefined.');
  });
  const [only, ...more] = found;
  if (only === undefined) {
    throw new FieldError('JsonExtract takes at least one path, such as JsonExtract("data", ["owner", "name"]).');
  }
  return more.length === 0 ? only : new Expression({ kind: "call", name: "jsonArray", args: found, options: {} });
}
