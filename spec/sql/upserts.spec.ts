import { expect, it } from "vitest";
import { Excluded, F, fields, Greatest, Lower, manager, Model, Value } from "dunder-orm";
import { PlanCache } from "../../lib/compile/index.js";
import { mariadbEngine } from "../../lib/databases/mysql/engine.js";
import type { DatabaseCore } from "../../lib/execute/database-core.js";
import { metaOf } from "../../lib/models/index.js";
import { conflictGroups } from "../../lib/objects/writing/conflict-groups.js";
import { arrays, tuples } from "../../lib/objects/writing/insert-statement.js";
import { type ConflictOptions, givenColumns, readConflict } from "../../lib/objects/writing/read-conflict.js";
import { validValues } from "../../lib/objects/writing/row-init.js";
import { databases, type EngineName } from "./databases.js";
import { Seat, Track } from "./models.js";

class Animal extends Model(
  "animal",
  { id: fields.integer({ primaryKey: true }), kind: fields.string({ maxLength: 10, default: "animal" }) },
  { discriminator: "kind" },
) {
  static objects = manager(this);
}

class Dog extends Animal.variant("dog", { size: fields.integer({ null: true }) }) {
  static objects = manager(this);
}

interface Given {
  readonly model: abstract new (...args: never[]) => object;
  readonly rows: readonly object[];
  readonly options: ConflictOptions;
  readonly sqlTypes?: readonly string[];
}

/** SQL and parameters of the first statement that inserts rows which may be there already. */
function compiled(database: DatabaseCore, { model, rows, options, sqlTypes }: Given): [string, readonly unknown[]] {
  const meta = metaOf(model);
  const asked = readConflict(meta, options, "bulkCreate")!;
  const Class = model as unknown as new (values: object) => object;
  const pending = rows.map((source) => {
    const row = new Class(source);
    const values = validValues(row);
    return { row, values, given: givenColumns(meta, source, values) };
  });
  const [group, { values }] = conflictGroups(database, asked, pending)[0]!;
  const { statement, parameters } =
    sqlTypes === undefined
      ? tuples(database, group, { rows: values.length, returning: [] }, values)
      : arrays(database, group, { sqlTypes, returning: [] }, values);
  return [statement.sql, parameters];
}

const engines: Readonly<Record<EngineName | "mariadb", DatabaseCore>> = {
  ...databases,
  mariadb: { engine: mariadbEngine, plans: new PlanCache(0) } as unknown as DatabaseCore,
};

const rows = [{ id: 1, album: 2, title: "x", position: 3 }];
const cases: Readonly<Record<string, Given>> = {
  "sets what the rows give": { model: Track, rows, options: { updateConflicts: true } },
  "sets fields that are named": {
    model: Track,
    rows: [...rows, { id: 2, album: 2, title: "y", position: 4 }],
    options: { updateConflicts: true, updateFields: ["title"], uniqueFields: ["pk"] },
  },
  "works values out, and binds others": {
    model: Track,
    rows,
    options: {
      updateConflicts: true,
      updateFields: {
        position: Greatest(F("position").add(5), Excluded("position")),
        title: Lower(Excluded("title")),
        note: "seen",
      },
    },
  },
  "leaves rows out": { model: Track, rows, options: { ignoreConflicts: true } },
  "leaves rows out by one key": { model: Track, rows, options: { ignoreConflicts: true, uniqueFields: ["id"] } },
  "knows keys of several columns": {
    model: Seat,
    rows: [{ line: 1, place: 2, guest: "x" }],
    options: { updateConflicts: true },
  },
  "sets rows of its own variant alone": {
    model: Dog,
    rows: [{ id: 1, size: 2 }],
    options: { updateConflicts: true },
  },
  "has expressions in its row": {
    model: Track,
    rows: [{ ...rows[0], title: Lower(Value("X")) }],
    options: { updateConflicts: true, updateFields: { position: F("position").add(1) } },
  },
};

const expected: Readonly<
  Record<string, Readonly<Record<keyof typeof engines, readonly [string, readonly unknown[]]>>>
> = {
  "sets what the rows give": {
    sqlite: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values (?, ?, ?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "position" = excluded."position", "album_id" = excluded."album_id"',
      [1, "x", null, 3, 2],
    ],
    postgres: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values ($1, $2, $3, $4, $5) ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "position" = excluded."position", "album_id" = excluded."album_id"',
      [1, "x", null, 3, 2],
    ],
    mysql: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?) AS `dunder_incoming` ON DUPLICATE KEY UPDATE `title` = `dunder_incoming`.`title`, `position` = `dunder_incoming`.`position`, `album_id` = `dunder_incoming`.`album_id`",
      [1, "x", null, 3, 2],
    ],
    mariadb: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE `title` = VALUES(`title`), `position` = VALUES(`position`), `album_id` = VALUES(`album_id`)",
      [1, "x", null, 3, 2],
    ],
  },
  "sets fields that are named": {
    sqlite: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values (?, ?, ?, ?, ?), (?, ?, ?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title"',
      [1, "x", null, 3, 2, 2, "y", null, 4, 2],
    ],
    postgres: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values ($1, $2, $3, $4, $5), ($6, $7, $8, $9, $10) ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title"',
      [1, "x", null, 3, 2, 2, "y", null, 4, 2],
    ],
    mysql: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?), (?, ?, ?, ?, ?) AS `dunder_incoming` ON DUPLICATE KEY UPDATE `title` = `dunder_incoming`.`title`",
      [1, "x", null, 3, 2, 2, "y", null, 4, 2],
    ],
    mariadb: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?), (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE `title` = VALUES(`title`)",
      [1, "x", null, 3, 2, 2, "y", null, 4, 2],
    ],
  },
  "works values out, and binds others": {
    sqlite: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values (?, ?, ?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "position" = max(("track"."position" + ?), excluded."position"), "title" = dunder_lower(excluded."title"), "note" = ?',
      [1, "x", null, 3, 2, 5n, "seen"],
    ],
    postgres: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values ($1, $2, $3, $4, $5) ON CONFLICT ("id") DO UPDATE SET "position" = CASE WHEN NUM_NULLS((CAST("track"."position" AS bigint) + CAST($6 AS bigint)), CAST(excluded."position" AS bigint)) = 0 THEN GREATEST((CAST("track"."position" AS bigint) + CAST($6 AS bigint)), CAST(excluded."position" AS bigint)) END, "title" = lower((excluded."title") COLLATE "und-x-icu") COLLATE "C", "note" = $7',
      [1, "x", null, 3, 2, 5, "seen"],
    ],
    mysql: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?) AS `dunder_incoming` ON DUPLICATE KEY UPDATE `position` = GREATEST((`track`.`position` + CAST(? AS SIGNED)), `dunder_incoming`.`position`), `title` = LOWER(CONVERT(`dunder_incoming`.`title` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin, `note` = ?",
      [1, "x", null, 3, 2, 5n, "seen"],
    ],
    mariadb: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE `position` = GREATEST((`track`.`position` + CAST(? AS SIGNED)), VALUES(`position`)), `title` = LOWER(CONVERT(VALUES(`title`) USING utf8mb4) COLLATE utf8mb4_uca1400_ai_ci) COLLATE utf8mb4_nopad_bin, `note` = ?",
      [1, "x", null, 3, 2, 5n, "seen"],
    ],
  },
  "sets rows of its own variant alone": {
    sqlite: [
      'insert into "animal" ("id", "kind", "size") values (?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "size" = case when "animal"."kind" = excluded."kind" then excluded."size" else "animal"."size" end',
      [1, "dog", 2],
    ],
    postgres: [
      'insert into "animal" ("id", "kind", "size") values ($1, $2, $3) ON CONFLICT ("id") DO UPDATE SET "size" = case when "animal"."kind" = excluded."kind" then excluded."size" else "animal"."size" end',
      [1, "dog", 2],
    ],
    mysql: [
      "insert into `animal` (`id`, `kind`, `size`) values (?, ?, ?) AS `dunder_incoming` ON DUPLICATE KEY UPDATE `size` = case when `animal`.`kind` = `dunder_incoming`.`kind` then `dunder_incoming`.`size` else `animal`.`size` end",
      [1, "dog", 2],
    ],
    mariadb: [
      "insert into `animal` (`id`, `kind`, `size`) values (?, ?, ?) ON DUPLICATE KEY UPDATE `size` = case when `animal`.`kind` = VALUES(`kind`) then VALUES(`size`) else `animal`.`size` end",
      [1, "dog", 2],
    ],
  },
  "leaves rows out": {
    sqlite: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      [1, "x", null, 3, 2],
    ],
    postgres: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
      [1, "x", null, 3, 2],
    ],
    mysql: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE `title` = `title`",
      [1, "x", null, 3, 2],
    ],
    mariadb: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE `title` = `title`",
      [1, "x", null, 3, 2],
    ],
  },
  "leaves rows out by one key": {
    sqlite: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values (?, ?, ?, ?, ?) ON CONFLICT ("id") DO NOTHING',
      [1, "x", null, 3, 2],
    ],
    postgres: [
      'insert into "track" ("id", "title", "note", "position", "album_id") values ($1, $2, $3, $4, $5) ON CONFLICT ("id") DO NOTHING',
      [1, "x", null, 3, 2],
    ],
    mysql: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE `title` = `title`",
      [1, "x", null, 3, 2],
    ],
    mariadb: [
      "insert into `track` (`id`, `title`, `note`, `position`, `album_id`) values (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE `title` = `title`",
      [1, "x", null, 3, 2],
    ],
  },
  "knows keys of several columns": {
    sqlite: [
      'insert into "hall"."seat" ("line", "place", "guest") values (?, ?, ?) ON CONFLICT ("line", "place") DO UPDATE SET "guest" = excluded."guest"',
      [1, 2, "x"],
    ],
    postgres: [
      'insert into "hall"."seat" ("line", "place", "guest") values ($1, $2, $3) ON CONFLICT ("line", "place") DO UPDATE SET "guest" = excluded."guest"',
      [1, 2, "x"],
    ],
    mysql: [
      "insert into `hall`.`seat` (`line`, `place`, `guest`) values (?, ?, ?) AS `dunder_incoming` ON DUPLICATE KEY UPDATE `guest` = `dunder_incoming`.`guest`",
      [1, 2, "x"],
    ],
    mariadb: [
      "insert into `hall`.`seat` (`line`, `place`, `guest`) values (?, ?, ?) ON DUPLICATE KEY UPDATE `guest` = VALUES(`guest`)",
      [1, 2, "x"],
    ],
  },
  "has expressions in its row": {
    sqlite: [
      'insert into "track" ("id", "note", "position", "album_id", "title") values (?, ?, ?, ?, dunder_lower(?)) ON CONFLICT ("id") DO UPDATE SET "position" = ("track"."position" + ?)',
      [1, null, 3, 2, "X", 1n],
    ],
    postgres: [
      'insert into "track" ("id", "note", "position", "album_id", "title") values ($1, $2, $3, $4, lower((CAST($5 AS text)) COLLATE "und-x-icu") COLLATE "C") ON CONFLICT ("id") DO UPDATE SET "position" = (CAST("track"."position" AS bigint) + CAST($6 AS bigint))',
      [1, null, 3, 2, "X", 1],
    ],
    mysql: [
      "insert into `track` (`id`, `note`, `position`, `album_id`, `title`) values (?, ?, ?, ?, LOWER(CONVERT(? USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin) AS `dunder_incoming` ON DUPLICATE KEY UPDATE `position` = (`track`.`position` + CAST(? AS SIGNED))",
      [1, null, 3, 2, "X", 1n],
    ],
    mariadb: [
      "insert into `track` (`id`, `note`, `position`, `album_id`, `title`) values (?, ?, ?, ?, LOWER(CONVERT(? USING utf8mb4) COLLATE utf8mb4_uca1400_ai_ci) COLLATE utf8mb4_nopad_bin) ON DUPLICATE KEY UPDATE `position` = (`track`.`position` + CAST(? AS SIGNED))",
      [1, null, 3, 2, "X", 1n],
    ],
  },
};

for (const engine of ["sqlite", "postgres", "mysql", "mariadb"] as const) {
  it.each(Object.entries(cases))(`${engine}: %s`, (name, given) => {
    expect(compiled(engines[engine], given)).toEqual(expected[name]?.[engine]);
  });
}

it("postgres: takes arrays, with what is bound beside them", () => {
  const updateFields = { position: F("position").add(1), note: "seen", title: Excluded("title") };
  const options = { updateConflicts: true, updateFields };
  const sqlTypes = ["integer", "text", "text", "integer", "integer"];
  const two = [...rows, { id: 2, album: 2, title: "y", position: 4 }];
  expect(compiled(engines.postgres, { model: Track, rows: two, options, sqlTypes })).toEqual([
    'insert into "track" ("id", "title", "note", "position", "album_id") select c0, c1, c2, c3, c4 from ' +
      "unnest($1::integer[], $2::text[], $3::text[], $4::integer[], $5::integer[]) with ordinality as " +
      'r(c0, c1, c2, c3, c4, n) order by n ON CONFLICT ("id") DO UPDATE SET ' +
      '"position" = (CAST("track"."position" AS bigint) + CAST($6 AS bigint)), "title" = excluded."title", "note" = $7',
    ["{1,2}", '{"x","y"}', "{NULL,NULL}", "{3,4}", "{2,2}", 1, "seen"],
  ]);
});
