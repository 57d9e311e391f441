import { sql, type RawBuilder } from "kysely";
import { type Expression, value } from "../expressions/index.js";
import { callOf, define, jsonOf, type Parts, refusedOn, targetOf, type Writers } from "./own-call.js";
import { kindsOf, pathText, stepsOf } from "./path.js";

/** What is done at a path: in "insert" and "replace" only where nothing is there, or something. */
type Mode = "set" | "insert" | "replace" | "append";
type Sql = RawBuilder<unknown>;

/** The parts of a write: `at` is what stands at each beginning of the path, `paths` these beginnings as texts. */
interface Write {
  readonly target: object;
  readonly value: object;
  /** The path as a list in JSON. */
  readonly steps: object;
  readonly at: readonly object[];
  readonly paths: readonly object[];
  readonly kinds: string;
  readonly mode: Mode;
}

function read({ args, options }: Parts): Write {
  const [target, given, steps, ...rest] = args as readonly [object, object, object, ...object[]];
  const kinds = options.kinds as string;
  return {
    target,
    value: given,
    steps,
    at: [target, ...rest.slice(0, kinds.length)],
    paths: [sql`'$'`, ...rest.slice(kinds.length)],
    kinds,
    mode: options.mode as Mode,
  };
}

const last = <T>(list: readonly T[]): T => list[list.length - 1] as T;

function onSqlite(parts: Parts): Sql {
  const { target, value: given, paths, mode } = read(parts);
  const path = last(paths);
  const written = sql`json(${given})`;
  switch (mode) {
    case "set":
      return sql`json_set(${target}, ${path}, ${written})`;
    case "insert":
      return sql`json_insert(${target}, ${path}, ${written})`;
    case "replace":
      return sql`json_replace(${target}, ${path}, ${written})`;
    case "append":
      return sql`case when json_type(${target}, ${path}) is null then json_set(${target}, ${path}, json_array(${written})) else json_insert(${target}, ${path} || '[#]', ${written}) end`;
  }
}

/** The words of an engine that has no one function for it. */
interface Words {
  is(node: object, type: "object" | "array"): Sql;
  length(array: object): Sql;
  /** A step of the path, by its place: as a key, and as an index. */
  key(write: Write, place: number): Sql;
  index(write: Write, place: number): Sql;
  object(key: Sql, held: Sql): Sql;
  array(held: Sql): Sql;
  /** With something else where the first so many steps lead, which is there, or is to be made in what is there. */
  placed(write: Write, steps: number, held: Sql): Sql;
  value(write: Write): Sql;
  appended(write: Write): Sql;
}

const and = (conditions: readonly Sql[]): Sql => sql`(${sql.join(conditions, sql` and `)})`;

/**
 * Sets what is there; else makes it, and what it stands in, in the deepest object or array that is there. An array
 * grows by one item at a time; nothing is made in a text or a number.
 */
function written(words: Words, write: Write, held: Sql, replaces: boolean): Sql {
  const { target, at, kinds } = write;
  const branches = replaces ? [sql`when ${last(at)} is not null then ${words.placed(write, kinds.length, held)}`] : [];
  for (let place = kinds.length - 1; place >= 0; place -= 1) {
    const { conditions, made } = around(words, write, place, held);
    branches.push(sql`when ${and(conditions)} then ${words.placed(write, place + 1, made)}`);
  }
  return branches.length === 0 ? sql`${target}` : sql`case ${sql.join(branches, sql` `)} else ${target} end`;
}

/** What is made where the step at a place leads nowhere, and when it can be. */
function around(words: Words, write: Write, place: number, held: Sql): { conditions: Sql[]; made: Sql } {
  const { at, kinds } = write;
  const node = at[place] as object;
  const conditions = [sql`${at[place + 1]} is null`];
  if (kinds[place] === "i") {
    const isNext = sql`${words.length(node)} = ${words.index(write, place)}`;
    conditions.push(sql`case when ${words.is(node, "array")} then ${isNext} else false end`);
  } else conditions.push(words.is(node, "object"));
  let made = held;
  for (let inner = kinds.length - 1; inner > place; inner -= 1) {
    if (kinds[inner] === "i") {
      conditions.push(sql`${words.index(write, inner)} = 0`);
      made = words.array(made);
    } else made = words.object(words.key(write, inner), made);
  }
  return { conditions, made };
}

function inWords(words: Words): (parts: Parts) => Sql {
  return (parts) => {
    const write = read(parts);
    const { target, at, kinds, mode } = write;
    const there = last(at);
    if (mode === "replace") {
      return sql`case when ${there} is not null then ${words.placed(write, kinds.length, words.value(write))} else ${target} end`;
    }
    if (mode !== "append") return written(words, write, words.value(write), mode === "set");
    const made = written(words, write, words.array(words.value(write)), false);
    return sql`case when ${words.is(there, "array")} then ${words.appended(write)} else ${made} end`;
  };
}

const pgPath = ({ steps }: Write, length: number): Sql =>
  sql`(array(select jsonb_array_elements_text(${steps})))[1:${sql.lit(length)}]`;

const postgresWords: Words = {
  is: (node, type) => sql`coalesce(jsonb_typeof(${node}) = ${sql.lit(type)}, false)`,
  length: (array) => sql`jsonb_array_length(${array})`,
  key: ({ steps }, place) => sql`(${steps} ->> ${sql.lit(place)})`,
  index: ({ steps }, place) => sql`cast(${steps} ->> ${sql.lit(place)} as integer)`,
  object: (key, held) => sql`jsonb_build_object(${key}, ${held})`,
  array: (held) => sql`jsonb_build_array(${held})`,
  placed: (write, length, held) =>
    length === 0 ? held : sql`jsonb_set(${write.target}, ${pgPath(write, length)}, ${held}, true)`,
  value: ({ value: given }) => sql`${given}`,
  appended(write) {
    const list = sql`${last(write.at)} || jsonb_build_array(${write.value})`;
    return postgresWords.placed(write, write.kinds.length, list);
  },
};

/** What one of its functions gave is JSON to MariaDB, else it is a text. */
const mysqlValue = ({ value: given }: Write): Sql => sql`json_extract(${given}, '$')`;

const mysqlWords: Words = {
  is: (node, type) => sql`coalesce(lower(convert(json_type(${node}) using utf8mb4)) = ${sql.lit(type)}, false)`,
  length: (array) => sql`json_length(${array})`,
  key: ({ steps }, place) =>
    sql`convert(json_unquote(json_extract(${steps}, ${sql.lit(`$[${place}]`)})) using utf8mb4)`,
  index: ({ steps }, place) => sql`cast(json_extract(${steps}, ${sql.lit(`$[${place}]`)}) as signed)`,
  object: (key, held) => sql`json_object(${key}, ${held})`,
  array: (held) => sql`json_array(${held})`,
  placed: ({ target, paths }, length, held) =>
    length === 0 ? held : sql`json_set(${target}, ${paths[length]}, ${held})`,
  value: mysqlValue,
  appended: (write) => sql`json_array_append(${write.target}, ${last(write.paths)}, ${mysqlValue(write)})`,
};

/** MariaDB finds no key that begins with a hyphen, and its functions give NULL for the whole then. */
export function withoutHyphens(name: string, write: (parts: Parts) => object): (parts: Parts) => object {
  const refused = refusedOn(
    "MariaDB",
    `way to a key of JSON that begins with a hyphen, as ${name} is told one`,
    "Read the row and save it with its new JSON, or name the key otherwise.",
  );
  return (parts) => {
    const isRefused = parts.label === "MariaDB" && (parts.options.kinds as string).includes("h");
    return isRefused ? refused() : write(parts);
  };
}

const writersOf = (name: string): Writers => ({
  sqlite: onSqlite,
  postgres: inWords(postgresWords),
  mysql: withoutHyphens(name, inWords(mysqlWords)),
});

function writer(name: string, mode: Mode): (target: unknown, path: unknown, given: unknown) => Expression {
  const definition = define(name, writersOf(name));
  return (target, path, given) => {
    const steps = stepsOf(path, name);
    const of = targetOf(target, name);
    const upTo = steps.map((_, index) => steps.slice(0, index + 1));
    const args = [
      of,
      jsonOf(given, name),
      value(steps, "json"),
      ...upTo.map((beginning) => of.key(...beginning)),
      ...upTo.map((beginning) => value(pathText(beginning), "text")),
    ];
    return callOf(definition, args, { mode, kinds: kindsOf(steps) });
  };
}

export const jsonSet = writer("JsonSet", "set");
export const jsonInsert = writer("JsonInsert", "insert");
export const jsonReplace = writer("JsonReplace", "replace");
export const jsonAppend = writer("JsonAppend", "append");
