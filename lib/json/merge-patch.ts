import { sql, type RawBuilder } from "kysely";
import { Expression, value } from "../expressions/index.js";
import { JsonNull } from "../fields/index.js";
import { callOf, define, type Parts, refusedOn, targetOf } from "./own-call.js";
import { jsonOf } from "./own-call.js";
import { pathText } from "./path.js";

type Sql = RawBuilder<unknown>;

/** Which keys a patch has: null for one that is taken away, 0 for one that is set, an object for one that is patched. */
interface Patch {
  readonly [key: string]: null | 0 | Patch;
}

function shapeOf(patch: unknown): 0 | Patch {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return 0;
  if (typeof (patch as { toJSON?: unknown }).toJSON === "function") return 0;
  const entries = Object.entries(patch).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, item === null ? null : shapeOf(item)]));
}

/** What a patch makes of what stands at the end of some keys. It says itself what is not in it, so it is written out. */
function patched(target: object, patch: object, keys: readonly string[], shape: Patch): Sql {
  const at = (whole: object, path: readonly string[]) =>
    path.length === 0
      ? sql`${whole}`
      : sql`jsonb_path_query_first(${whole}, cast(${`strict ${pathText(path)}`} as jsonpath), '{}', true)`;
  const there = at(target, keys);
  const removed = Object.keys(shape).filter((key) => shape[key] === null);
  const set = Object.entries(shape).flatMap(([key, held]) => {
    if (held === null) return [];
    const path = [...keys, key];
    return [sql`cast(${key} as text), ${held === 0 ? at(patch, path) : patched(target, patch, path, held)}`];
  });
  const object = sql`case when jsonb_typeof(${there}) = 'object' then ${there} else '{}' end`;
  const kept =
    removed.length === 0
      ? object
      : sql`(${object}) - array[${sql.join(removed.map((key) => sql`cast(${key} as text)`))}]`;
  return set.length === 0 ? sql`(${kept})` : sql`((${kept}) || jsonb_build_object(${sql.join(set)}))`;
}

function onPostgres({ args, options }: Parts): Sql {
  const [target, patch] = args as readonly [object, object];
  const shape = options.shape as 0 | Patch | undefined;
  if (shape === undefined) return ofExpression();
  const made = shape === 0 ? sql`${patch}` : patched(target, patch, [], shape);
  return sql`case when ${target} is not null then ${made} end`;
}

const ofExpression = refusedOn(
  "PostgreSQL",
  "JSON merge patch of what is worked out for each row",
  "Give JsonMergePatch the patch as a value.",
);

const definition = define("JsonMergePatch", {
  sqlite: ({ args: [target, patch] }) => sql`json_patch(${target}, ${patch})`,
  postgres: onPostgres,
  mysql: ({ args: [target, patch] }) =>
    sql`case when ${target} is not null then json_merge_patch(${target}, ${patch}) end`,
});

export function jsonMergePatch(target: unknown, patch: unknown): Expression {
  const isExpression = Expression.is(patch);
  const given = isExpression ? jsonOf(patch, "JsonMergePatch") : value(patch === null ? JsonNull : patch, "json");
  return callOf(definition, [targetOf(target, "JsonMergePatch"), given], isExpression ? {} : { shape: shapeOf(patch) });
}
