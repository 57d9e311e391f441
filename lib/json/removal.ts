import { sql, type RawBuilder } from "kysely";
import { FieldError } from "../errors/index.js";
import { type Expression, value } from "../expressions/index.js";
import { callOf, define, type Parts, targetOf } from "./own-call.js";
import { kindsOf, pathText, stepsOf } from "./path.js";
import { withoutHyphens } from "./writes.js";

type Sql = RawBuilder<unknown>;

/** Each path as a text, then each as a list in JSON. */
function read({ args }: Parts): { target: object; paths: readonly object[]; lists: readonly object[] } {
  const [target, ...rest] = args as readonly [object, ...object[]];
  return { target, paths: rest.slice(0, rest.length / 2), lists: rest.slice(rest.length / 2) };
}

function inOneCall(parts: Parts): Sql {
  const { target, paths } = read(parts);
  return sql`json_remove(${target}, ${sql.join(paths)})`;
}

/**
 * One path after another. A text in a path is a key of an object, and the place of an item as well: whether it leads to
 * something is asked of a strict path first.
 */
function onPostgres(parts: Parts): Sql {
  const { target, paths, lists } = read(parts);
  return paths.reduce<Sql>(
    (held, path, index) => {
      const found = sql`jsonb_path_query_first(x.j, cast('strict ' || ${path} as jsonpath), '{}', true) is not null`;
      const list = sql`array(select jsonb_array_elements_text(${lists[index]}))`;
      return sql`(select case when ${found} then x.j #- ${list} else x.j end from (select ${held} as j) as x)`;
    },
    sql`${target}`,
  );
}

const definition = define("JsonRemove", {
  sqlite: inOneCall,
  postgres: onPostgres,
  mysql: withoutHyphens("JsonRemove", inOneCall),
});

export function jsonRemove(target: unknown, ...paths: unknown[]): Expression {
  const lists = paths.map((path) => stepsOf(path, "JsonRemove"));
  if (lists.length === 0 || lists.some((steps) => steps.length === 0)) {
    throw new FieldError('JsonRemove takes paths to what is to go, such as JsonRemove("data", ["tags", 0], "draft").');
  }
  const args = [
    targetOf(target, "JsonRemove"),
    ...lists.map((steps) => value(pathText(steps), "text")),
    ...lists.map((steps) => value(steps, "json")),
  ];
  return callOf(definition, args, { kinds: lists.map(kindsOf).join(",") });
}
