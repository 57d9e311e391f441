import { expect, it } from "vitest";
import { bind } from "../../lib/compile/index.js";
import { compileArrayInsert } from "../../lib/compile/compile-write.js";
import { arrayInsert } from "../../lib/databases/postgres/array-insert.js";
import { metaOf } from "../../lib/models/index.js";
import { databases } from "./databases.js";
import { Seat, Thing, Track } from "./models.js";

const { engine } = databases.postgres;
const target = { engine: { ...engine, operations: { ...engine.operations, arrayInsert } }, timeZone: null };

interface Given {
  readonly model: unknown;
  readonly sqlTypes: Readonly<Record<string, string>>;
  readonly returning?: readonly string[];
  readonly lists: readonly (readonly unknown[])[];
}

/** SQL and parameters of an insert into columns of such types. */
function compiled({ model, sqlTypes, returning = [], lists }: Given): [string, unknown[]] {
  const meta = metaOf(model);
  const named = (names: readonly string[]) => meta.columns.filter((column) => names.includes(column.name));
  const plan = compileArrayInsert(target, {
    meta,
    columns: named(Object.keys(sqlTypes)),
    returning: named(returning),
    sqlTypes: Object.values(sqlTypes),
  });
  return [plan.statement.sql, bind(plan, { values: lists, limit: null, offset: 0 })];
}

it("One array a column, rows in their order", () => {
  expect(
    compiled({
      model: Track,
      sqlTypes: { title: "character varying", note: "mood", position: "integer", album_id: "bigint" },
      returning: ["id"],
      lists: [
        ["x", 'a "b" \\ {c}, NULL'],
        [null, "NULL"],
        [1, -2],
        [2, 3],
      ],
    }),
  ).toEqual([
    'insert into "track" ("title", "note", "position", "album_id") ' +
      "select c0, c1, c2, c3 from unnest($1::character varying[], $2::mood[], $3::integer[], $4::bigint[]) " +
      'with ordinality as r(c0, c1, c2, c3, n) order by n returning "id"',
    ['{"x","a \\"b\\" \\\\ {c}, NULL"}', '{NULL,"NULL"}', "{1,-2}", "{2,3}"],
  ]);
});

it("Every kind of value, encoded as when it stands alone", () => {
  const [, parameters] = compiled({
    model: Thing,
    sqlTypes: {
      serial: "bigint",
      price: "numeric",
      ratio: "double precision",
      done: "boolean",
      made: "timestamp with time zone",
      span: "bigint",
      data: "jsonb",
    },
    lists: [[2n ** 60n], ["1.50"], [1e300], [true], [new Date(0)], [5], [{ a: ['"', null] }]],
  });
  expect(parameters).toEqual([
    "{1152921504606846976}",
    '{"1.50"}',
    "{1e+300}",
    "{true}",
    '{"1970-01-01T00:00:00.000Z"}',
    "{5}",
    '{"{\\"a\\":[\\"\\\\\\"\\",null]}"}',
  ]);
});

it("Bytes, and what a field of one's own may give", () => {
  expect(arrayInsert.encode([Uint8Array.of(0, 255), Buffer.from("a"), { b: 1 }, undefined])).toBe(
    '{"\\\\x00ff","\\\\x61","{\\"b\\":1}",NULL}',
  );
});

it("Into a schema, with nothing to give back", () => {
  const lists = [[1], [2], ["x"]];
  expect(compiled({ model: Seat, sqlTypes: { line: "integer", place: "integer", guest: "text" }, lists })[0]).toBe(
    'insert into "hall"."seat" ("line", "place", "guest") select c0, c1, c2 from ' +
      "unnest($1::integer[], $2::integer[], $3::text[]) with ordinality as r(c0, c1, c2, n) order by n",
  );
});

it("Types of which there are no arrays to bind", () => {
  const types = ["integer[]", "box", "integer", '"bit"', "character varying", "public.mood"];
  expect(types.filter((type) => !arrayInsert.takes(type))).toEqual(["integer[]", "box"]);
});
