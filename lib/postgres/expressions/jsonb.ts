import { sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import { Expression, value } from "../../expressions/index.js";
import { refuse } from "../../fields/index.js";
import { json, text as TEXT } from "../../functions/operands.js";
import { addLookup, type Operand } from "../../lookups/index.js";
import { listText } from "../fields/element.js";
import { onlyPostgres } from "../only-postgres.js";
import type { JsonPathFactory, JsonWriteFactory } from "../types/jsonb.js";
import { printable } from "../../util/printable.js";
import { callOf, optionsOf, ownFunction } from "./own.js";

const jsonOf =
  (name: string) =>
  (operands: readonly Operand[]): Operand =>
    operands[0]?.family === "json" ? json : refuse(`${name} is of JSON, not of a ${operands[0]?.family}.`);

const jsonb = (arg: unknown) => sql`cast(${arg} as jsonb)`;
const path = (arg: unknown) => sql`cast(${arg} as text[])`;

const concat = ownFunction(
  "JsonConcat",
  [2, 2],
  jsonOf("JsonConcat"),
  ({ args }) => sql`${jsonb(args[0])} || ${jsonb(args[1])}`,
);
const remove = ownFunction(
  "JsonDelete",
  [2, 2],
  jsonOf("JsonDelete"),
  ({ args }) => sql`${jsonb(args[0])} #- ${path(args[1])}`,
);
const put = ownFunction("JsonPut", [3, 3], jsonOf("JsonPut"), ({ args, options }) => {
  return sql`jsonb_set(${jsonb(args[0])}, ${path(args[1])}, ${jsonb(args[2])}, ${sql.raw(String(options.create))})`;
});

function pathOf(steps: unknown, where: string): Expression {
  const list: readonly unknown[] = Array.isArray(steps) ? steps : [steps];
  const isPath = list.length > 0 && list.every((step) => typeof step === "string" || Number.isInteger(step));
  if (!isPath)
    throw new FieldError(`${where}: a path is a key, or a list of keys and places, got ${printable(steps)}.`);
  return value(listText(list.map(String)));
}

function jsonValue(given: unknown): unknown {
  return Expression.is(given) ? given : value(given, "json");
}

/**
 * JSON with another object's members put over its own, or with a list's elements behind its own.
 *
 * @example
 * ```ts
 * await User.objects.filter({ id: 1 }).update({ data: JsonConcat("data", { theme: "dark" }) });
 * // UPDATE "user" SET "data" = "data" || $1
 * ```
 */
export const JsonConcat = ((of: unknown, other: unknown) =>
  callOf(concat, [of, jsonValue(other)])) as unknown as JsonWriteFactory;
/**
 * JSON without what stands at a path.
 *
 * @example
 * ```ts
 * await User.objects.filter({ id: 1 }).update({ data: JsonDelete("data", ["address", "street"]) });
 * // UPDATE "user" SET "data" = "data" #- $1
 * ```
 */
export const JsonDelete = ((of: unknown, steps: unknown) =>
  callOf(remove, [of, pathOf(steps, "JsonDelete(json, path)")])) as unknown as JsonPathFactory;
/**
 * JSON with something else at a path; `create: false` leaves it as it is where nothing stands there.
 *
 * @example
 * ```ts
 * await User.objects.filter({ id: 1 }).update({ data: JsonPut("data", ["address", "city"], "Paris") });
 * // UPDATE "user" SET "data" = jsonb_set("data", $1, $2, true)
 * ```
 */
export const JsonPut = ((of: unknown, steps: unknown, given: unknown, options?: unknown) => {
  const { create = true } = optionsOf(options, ["create"], "JsonPut");
  if (typeof create !== "boolean")
    throw new FieldError(`JsonPut(…, { create }): expected true or false, got ${printable(create)}.`);
  return callOf(put, [of, pathOf(steps, "JsonPut(json, path, value)"), jsonValue(given)], { create });
}) as unknown as JsonPathFactory;

for (const [name, operator] of [
  ["path_exists", "@?"],
  ["path_match", "@@"],
] as const) {
  addLookup("json", name, {
    value: TEXT,
    compile: ({ lhs, rhs, engine }) => {
      onlyPostgres(engine, `The lookup "${name}" of JSON`);
      return sql`${lhs} ${sql.raw(operator)} cast(${rhs} as jsonpath)`;
    },
  });
}
