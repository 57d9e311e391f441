import { expect, it } from "vitest";
import { bind, compileInsert } from "../../lib/compile/index.js";
import { metaOf } from "../../lib/models/index.js";
import { databases, type EngineName } from "./databases.js";
import { Seat, Track } from "./models.js";

type Compiled = readonly [sql: string, parameters: readonly unknown[]];

function replaced(model: unknown, row: Readonly<Record<string, unknown>>, returning: readonly string[] = []) {
  const meta = metaOf(model);
  const named = (names: readonly string[]) => names.map((name) => meta.columns.find(({ field }) => field === name)!);
  const shape = { meta, columns: named(Object.keys(row)), rows: 1, returning: named(returning), replaces: true };
  return (engine: EngineName): Compiled => {
    const plan = compileInsert(databases[engine], shape);
    return [plan.statement.sql, bind(plan, { values: Object.values(row), limit: null, offset: 0 })];
  };
}

const track = { id: 1, title: "ü", note: null, position: 3, album: 2 };

// PostgreSQL has none, and says so before any SQL.
it.each([
  {
    of: "a row with its key",
    compile: replaced(Track, track),
    sqlite: ['replace into "track" ("id", "title", "note", "position", "album_id") values (?, ?, ?, ?, ?)'],
    mysql: ["replace into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?)"],
    values: [1, "ü", null, 3, 2],
  },
  {
    of: "a row of which something is told back",
    compile: replaced(Track, { title: "x", position: 1, album: 2 }, ["id", "note"]),
    sqlite: ['replace into "track" ("title", "position", "album_id") values (?, ?, ?) returning "id", "note"'],
    mysql: ["replace into `track` (`title`, `position`, `album_id`) values (?, ?, ?) returning `id`, `note`"],
    values: ["x", 1, 2],
  },
  {
    of: "a row known by several columns, in a schema",
    compile: replaced(Seat, { line: 1, place: 2, guest: "x" }),
    sqlite: ['replace into "hall"."seat" ("line", "place", "guest") values (?, ?, ?)'],
    mysql: ["replace into `hall`.`seat` (`line`, `place`, `guest`) values (?, ?, ?)"],
    values: [1, 2, "x"],
  },
])("REPLACE of $of", ({ compile, sqlite, mysql, values }) => {
  expect(compile("sqlite")).toEqual([...sqlite, values]);
  expect(compile("mysql")).toEqual([...mysql, values]);
});
