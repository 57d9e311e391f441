import { sql, type RawBuilder } from "kysely";
import { FieldError } from "../errors/index.js";
import { type Expression, value } from "../expressions/index.js";
import { callOf, define, type Parts, targetOf } from "./own-call.js";
import { kindsOf, pathText, stepsOf } from "./path.js";
import { withoutHyphens } from "./writes.js";

type Sql = RawBuilder<unknown>;

interface Removal {
  readonly target: object;
  /** Each path as a text, and as a list in JSON. */
  readonly paths: readonly object[];
  readonly lists: readonly object[];
  /** Of each path the ways to what it takes an item of, as texts. */
  readonly arrays: readonly (readonly object[])[];
}

function read({ args, options }: Parts): Removal {
  const [target, ...rest] = args as readonly [object, ...object[]];
  const kinds = (options.kinds as string).split(",");
  const take = (count: number): object[] => rest.splice(0, count);
  return {
    target,
    paths: take(kinds.length),
    lists: take(kinds.length),
    arrays: kinds.map((steps) => take([...steps].filter((kind) => kind === "i").length)),
  };
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

/** MySQL takes the first item of what is no array for that itself, so that whatever an item is taken of must be an array. */
function onMysql(parts: Parts): Sql {
  const { target, paths, arrays } = read(parts);
  return paths.reduce<Sql>(
    (held, path, index) => {
      const isArray = (arrays[index] as readonly object[]).map(
        (way) => sql`convert(json_type(json_extract(x.j, ${way})) using utf8mb4) = 'ARRAY'`,
      );
      if (isArray.length === 0) return sql`json_remove(${held}, ${path})`;
      const removed = sql`case when ${sql.join(isArray, sql` and `)} then json_remove(x.j, ${path}) else x.j end`;
      return sql`(select ${removed} from (select ${held} as j) as x)`;
    },
    sql`${target}`,
  );
}

const definition = define("JsonRemove", {
  sqlite: inOneCall,
  postgres: onPostgres,
  mysql: withoutHyphens("JsonRemove", (parts) => (parts.label === "MariaDB" ? inOneCall(parts) : onMysql(parts))),
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
    ...lists.flatMap(waysToArrays).map((way) => value(way, "text")),
  ];
  return callOf(definition, args, { kinds: lists.map(kindsOf).join(",") });
}

function waysToArrays(steps: readonly (string | number)[]): string[] {
  return steps.flatMap((step, index) => (typeof step === "number" ? [pathText(steps.slice(0, index))] : []));
}
