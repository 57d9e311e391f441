import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as orm from "dunder-orm";
import { F, fields, manager, Model, Q, type QueryEvent, Value } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { expectRefused, failureOf, Note, notes } from "./models.js";
import { bodies, names, texts } from "./payloads.js";

const NASTY = "a'b\"c`d\\e--f/*g;h";

/** A table and columns whose names hold every quote there is. */
class Quoted extends Model(
  `q'u"o\`t\\e;d--`,
  {
    id: fields.integer({ primaryKey: true, column: "i`d" }),
    title: fields.string({ maxLength: 60, column: NASTY, default: "" }),
    proto: fields.integer({ column: "prototype", default: 0 }),
    constructed: fields.integer({ column: "constructor", default: 0 }),
    kept: fields.string({ maxLength: 60, dbDefault: `it's "x" \\' -- ` }),
    said: fields.text({ comment: `it's \\' "x"`, default: "" }),
    other: () => fields.foreignKey(Quoted, { null: true, column: `o"t'h\`er` }),
    others: () => fields.hasMany(Quoted, "other"),
  },
  { comment: `a 'comment' \\' "x"`, indexes: [{ fields: ["title"], name: "quo'ted\"x`" }] },
) {
  static objects = manager(this);
}

type Untyped = Record<string, (...args: never[]) => unknown>;
const all = orm as unknown as Untyped;
const call = (name: string, ...args: unknown[]): unknown => (all[name] as (...args: unknown[]) => unknown)(...args);
const annotated = (expression: unknown): unknown => notes["annotate"]?.({ x: expression });

/** Advisories that have nothing here that they could apply to, and why. Each waits for what would change that. */
const NOT_YET: Readonly<Record<string, string>> = {
  "CVE-2026-15307": "no kind of value opens files or addresses: there are no rasters",
  "CVE-2026-87890": "the same",
  "CVE-2026-87975": "there are no forms that write rows by a key that was posted",
  "CVE-2026-4277": "there is no admin site",
  "CVE-2026-4292": "there is no admin site",
  "GHSA-5v9h-q3gj-c32x": "there are no geometries",
  "CVE-2024-27304": "a statement of 4 GiB: node-postgres counts lengths in the driver, and Node has no such string",
};

/** Those that are tested below, by the number in a title. */
const TESTED =
  "2019-14234 2020-7471 2020-9402 2026-1207 2021-35042 2022-28346 2022-28347 2025-57833 2025-59681 2025-13372 2026-1287 2022-34265 " +
  "2024-42005 2024-53908 2025-64459 2026-1312 2014-0474 2026-32763 2026-44635 2026-39356 2026-34220 2026-44680 " +
  "2025-60542 2022-33171 2020-8158 2023-25813 2023-22578 2026-30951 2016-20018 2021-27959 2024-36039 2024-21507 " +
  "2024-21508 2024-21509 2024-21511 2024-21512 2017-16082 2024-1597 2025-1094";

onEngines("Advisories", (engine) => {
  const events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Note, Quoted], { onQuery: (event) => events.push(event) });
  const refused = (work: () => unknown, what: string) => expectRefused(events, work, what);
  const ranks = (where: object) =>
    Note.objects
      .filter(where as never)
      .orderBy("rank")
      .valuesList("rank", { flat: true })
      .all();
  beforeAll(async () => {
    await Note.objects.bulkCreate([
      { title: "0", rank: 1, data: { a: 1 } },
      { title: "abc", rank: 2, data: { a: 2 } },
    ]);
  });
  beforeEach(() => {
    events.length = 0;
  });

  describe("of Django:", () => {
    it("CVE-2019-14234, CVE-2026-44635: a key of JSON is data, or no name at all", async () => {
      for (const name of names) {
        const sent = events.length;
        const failure = await failureOf(() => notes["filter"]?.({ [`data__${name}`]: "x" })?.["all"]?.());
        if (failure === null) continue;
        expect(failure, name.slice(0, 80)).toBeInstanceOf(orm.FieldError);
        expect(events.slice(sent).map(({ sql }) => sql)).toEqual([]);
      }
      expect(await Note.objects.count()).toBe(2);
      for (const text of texts) {
        const made = Note.objects.annotate({ x: orm.JsonObject({ [text]: "rank" }) }).valuesList("x", { flat: true });
        expect(await made.orderBy("rank").first(), text).toEqual({ [text]: 1 });
      }
    });

    it("CVE-2020-7471: the separator of StringAgg is a text, whatever is in it", async () => {
      for (const text of texts) {
        const { x } = await Note.objects.aggregate({ x: orm.StringAgg("title", text, { orderBy: "rank" }) });
        expect(x).toBe(`0${text}abc`);
      }
    });

    it("CVE-2020-9402, CVE-2026-1207: numbers are numbers, or refused", async () => {
      for (const value of ["1", "1 or 1=1", 1.5, Number.NaN, Infinity, "-1", true, null, {}, [1]]) {
        const what = JSON.stringify(value);
        await refused(() => notes["limit"]?.(value), what);
        await refused(() => notes["offset"]?.(value), what);
        await refused(() => annotated(call("Round", "rank", value)), what);
      }
      for (const value of ["1 or 1=1", Number.NaN, Infinity, {}, [1]]) {
        await refused(() => annotated(call("Substr", "title", value)), JSON.stringify(value));
        await refused(() => annotated(call("Left", "title", value)), JSON.stringify(value));
        await refused(() => annotated(call("LPad", "title", value)), JSON.stringify(value));
      }
    });

    it("CVE-2021-35042: a name to order by is checked, whichever way it comes", async () => {
      for (const name of names.filter((item) => item !== "?")) {
        for (const text of [name, `-${name}`, `+${name}`, `parent__${name}`, `-pk__${name}`]) {
          await refused(() => notes["orderBy"]?.(text), text.slice(0, 80));
          await refused(() => notes["latest"]?.(text), text.slice(0, 80));
          await refused(() => notes["orderBy"]?.(F("rank").asc(), text), text.slice(0, 80));
          await refused(() => notes["values"]?.("rank")?.["orderBy"]?.(text), text.slice(0, 80));
        }
      }
    });

    it.each(["annotate", "alias", "aggregate", "values", "valuesList"])(
      "CVE-2022-28346, CVE-2025-57833, CVE-2025-59681, CVE-2025-13372, CVE-2026-1287: an alias of %s is a word",
      async (method) => {
        const more = [..."\u0001\u001f\u007f\u0080\u00a0.$ ".split("").map((letter) => `a${letter}b`), "a".repeat(61)];
        for (const name of [...names, ...more]) {
          const alias = JSON.parse(`{${JSON.stringify(name)}: 1}`) as Record<string, unknown>;
          for (const key of Object.keys(alias)) {
            Object.defineProperty(alias, key, { value: orm.Count("id"), enumerable: true });
          }
          await refused(() => notes[method]?.(alias), JSON.stringify(name.slice(0, 80)));
        }
      },
    );

    it("CVE-2022-34265: the parts of Extract and Trunc, dates and datetimes are a closed list", async () => {
      for (const name of [...names, "YEAR", "microseconds", "epoch", "year from now()) --"]) {
        const what = JSON.stringify(name.slice(0, 80));
        await refused(() => annotated(call("Extract", "made", name)), what);
        await refused(() => annotated(call("Trunc", "made", name)), what);
        await refused(() => notes["dates"]?.("day", name), what);
        await refused(() => notes["datetimes"]?.("made", name), what);
        await refused(() => notes["filter"]?.({ [`made__${name}`]: 1 }), what);
      }
    });

    it("CVE-2024-42005: the names of values are those of fields, or words", async () => {
      for (const name of names) {
        await refused(() => notes["values"]?.(`title__${name}`), JSON.stringify(name.slice(0, 80)));
        await refused(
          () => notes["valuesList"]?.(`parent__${name}`, { flat: true }),
          JSON.stringify(name.slice(0, 80)),
        );
      }
    });

    it("CVE-2024-53908: what the package exports is checked where it is called by itself, too", async () => {
      const made = [
        "F",
        "Lower",
        "Upper",
        "Length",
        "Trim",
        "Abs",
        "Sqrt",
        "MD5",
        "Sum",
        "Avg",
        "Min",
        "Max",
        "StdDev",
        "BoolAnd",
        "AnyValue",
        "JsonAgg",
        "JsonArray",
        "Coalesce",
        "Greatest",
        "Count",
      ];
      for (const name of names.filter((item) => item !== "*")) {
        for (const of of made) {
          await refused(
            () => notes["values"]?.("pk")?.["annotate"]?.({ x: call(of, name) }),
            `${of}(${name.slice(0, 80)})`,
          );
        }
      }
    });

    it("CVE-2025-64459: how conditions are combined is no key among lookups", async () => {
      for (const name of [
        "_connector",
        "_negated",
        "connector",
        "negated",
        "items",
        "where",
        "kind",
        "q",
        "Q",
        "or",
        "and",
        "not",
        "OR",
        "$or",
        "AND",
      ]) {
        for (const value of ["OR", "OR 1=1 OR", true, [{ id: 1 }], { id: 1 }]) {
          const where = { title: "x", [name]: value };
          await refused(() => notes["filter"]?.(where), name);
          await refused(() => notes["exclude"]?.(where), name);
          await refused(() => notes["get"]?.(where), name);
          await refused(() => notes["getOrCreate"]?.(where), name);
          await refused(() => notes["filter"]?.(Q(where as never)), name);
          await refused(() => notes["aggregate"]?.({ x: call("Count", "*", { filter: where }) }), name);
        }
      }
    });

    it("CVE-2022-28347: options of explain are a closed list", async () => {
      for (const name of [...names, "ANALYZE", "analyze, verbose", "buffers", "json) select 1; --"]) {
        await refused(() => notes["explain"]?.({ [name]: true }), name);
        await refused(() => notes["explain"]?.({ format: name }), name);
        await refused(() => notes["explain"]?.({ analyze: name }), name);
      }
    });

    it("CVE-2026-1312: a dot in a name to order by means nothing", async () => {
      const noted = Note.objects.annotate({ n: F("rank") }) as unknown as typeof notes;
      for (const name of ["note.title", "n.title", '"note".title', "note.title; --", "n.", ".n", "n.*"]) {
        await refused(() => noted["orderBy"]?.(name), name);
        await refused(() => noted["values"]?.(name), name);
        await refused(() => noted["filter"]?.({ [name]: 1 }), name);
      }
    });

    it("CVE-2014-0474: a number is not compared with a text, whichever engine would make one of the other", async () => {
      for (const value of [0, 0n, false, -0, [0], new Date(0)]) {
        await refused(() => notes["filter"]?.({ title: value }), String(value));
        await refused(() => notes["filter"]?.({ title__in: [value] }), String(value));
        await refused(() => notes["filter"]?.({ title: Value(value as never) }), String(value));
        await refused(() => notes["filter"]?.(F("title").eq(value)), String(value));
      }
      for (const value of ["0", "0abc", "", true]) {
        await refused(() => notes["filter"]?.({ rank: value }), value.toString());
        await refused(() => notes["filter"]?.({ rank__lt: Value(value) }), value.toString());
        await refused(() => notes["filter"]?.(F("rank").eq(value)), value.toString());
      }
      await refused(() => notes["filter"]?.({ title: F("rank") }), "a column");
      await refused(() => notes["filter"]?.({ rank__gte: F("title") }), "a column");
      expect(await ranks({ title: "0" })).toEqual([1]);
    });
  });

  describe("of JavaScript's libraries:", () => {
    it("CVE-2026-32763, CVE-2026-44680, kysely PR 1754: the Kysely that is built in has the fixes, and no text is a literal", async () => {
      const read = (path: string) =>
        JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { version: string };
      const { version } = read("../../../node_modules/kysely/package.json");
      expect(Number(version.split(".")[1]) * 1000 + Number(version.split(".")[2])).toBeGreaterThanOrEqual(28_017);
      for (const text of texts.filter((item) => item.length > 3)) {
        await Note.objects
          .filter({ title: text, body__contains: text })
          .exclude({ title__in: [text] })
          .all();
        expect(events.at(-1)?.sql ?? "").not.toContain(text);
      }
    });

    it("CVE-2026-39356, TypeORM PR 12207, CVE-2017-16082, CVE-2024-21508, CVE-2024-21511: names of tables and columns are quoted", async () => {
      const made = await Quoted.objects.create({ title: NASTY, proto: 3, constructed: 4 });
      const below = await Quoted.objects.create({ title: "below", other: made });
      const found = await Quoted.objects.selectRelated("other").get({ other__title: NASTY });
      expect([found.pk, found.other?.title, found.other?.proto, found.other?.constructed]).toEqual([
        below.pk,
        NASTY,
        3,
        4,
      ]);
      expect((await Quoted.objects.get({ pk: made.pk })).kept).toBe(`it's "x" \\' -- `);
      expect(await Quoted.objects.filter({ pk: made.pk }).update({ proto: F("constructed").add(1) })).toBe(1);
      expect(await Quoted.objects.orderBy("-title").values("proto", "constructed").first()).toEqual({
        proto: 0,
        constructed: 0,
      });
      expect(
        await Quoted.objects
          .filter({ others__pk: below.pk })
          .annotate({ n: orm.Count("others") })
          .valuesList("proto", "n")
          .all(),
      ).toEqual([[5, 1]]);
      expect(
        await Quoted.objects
          .values("title")
          .annotate({ n: orm.Max("proto") })
          .orderBy("title")
          .all(),
      ).toEqual([
        { title: NASTY, n: 5 },
        { title: "below", n: 0 },
      ]);
      await below.delete();
      expect(await Quoted.objects.count()).toBe(1);
      class Unreadable extends Model("unreadable", { x: fields.integer({ column: "__proto__" }) }) {}
      expect(() => Unreadable.meta).toThrow(orm.ConfigurationError);
    });

    it("CVE-2024-21507, CVE-2024-21509, CVE-2024-21512: readers of rows are made of places, not of names", async () => {
      const { version } = JSON.parse(
        readFileSync(new URL("../../../node_modules/mysql2/package.json", import.meta.url), "utf8"),
      ) as { version: string };
      expect(Number(version.split(".")[0]) * 1000 + Number(version.split(".")[1])).toBeGreaterThanOrEqual(3024);
      const row = await Quoted.objects.orderBy("pk").first();
      expect(Object.getPrototypeOf(row)).toBe(Quoted.prototype);
      const [value] = await Quoted.objects.values("proto").all();
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    });

    it("CVE-2026-34220, GHSA-wfp9-vr4j-f49j: what JSON holds is never an expression, an operator or a queryset", async () => {
      for (const body of bodies) {
        const what = JSON.stringify(body);
        await refused(() => notes["filter"]?.({ title: body }), what);
        await refused(() => notes["filter"]?.({ rank__gte: body }), what);
        await refused(() => annotated(body), what);
        await refused(() => Note.objects.filter({ pk: 1 }).update({ rank: body } as never), what);
      }
    });

    it("GHSA-qpfv-44f3-qqx6, CVE-2020-8158: no input reaches a prototype", async () => {
      const inputs = [
        '{"__proto__": {"polluted": 1}}',
        '{"constructor": {"prototype": {"polluted": 1}}}',
        '{"data": {"__proto__": {"polluted": 1}}}',
      ];
      for (const input of inputs) {
        const parse = () => JSON.parse(input) as never;
        for (const method of ["filter", "create", "values", "annotate", "getOrCreate", "aggregate", "get"]) {
          await failureOf(() => notes[method]?.(parse()));
        }
        await failureOf(() => Note.objects.getOrCreate({ pk: 1 }, { defaults: parse() }));
        await failureOf(() => Note.objects.filter({ pk: 1 }).update(parse()));
      }
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      const made = await Note.objects.create({ rank: 77, data: JSON.parse(inputs[0] as string) as never });
      const { data } = await Note.objects.get({ pk: made.pk });
      expect(JSON.stringify(data)).toBe('{"__proto__":{"polluted":1}}');
      expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
      await Note.objects.exclude({ rank__in: [1, 2] }).delete();
    });

    it("CVE-2025-60542, CVE-2016-20018, CVE-2021-27959, CVE-2024-36039: an object is no value of a column", async () => {
      for (const value of [
        { title: 1 },
        { role: "admin" },
        ["x"],
        { toSqlString: () => "1 = 1" },
        [["a", "b"]],
        { toString: () => "x" },
      ]) {
        const what = Object.keys(value).join();
        await refused(() => Note.objects.filter({ pk: 1 }).update({ title: value } as never), what);
        await refused(() => notes["create"]?.({ title: value }), what);
        await refused(() => notes["filter"]?.({ title: value }), what);
        await refused(() => notes["get"]?.({ pk: value }), what);
        await refused(() => annotated(call("Concat", "title", value)), what);
      }
      await refused(() => notes["create"]?.({ data: { toSqlString: () => "1 = 1" } }), "a function in JSON");
    });

    it("CVE-2022-33171: get takes lookups of scalars, and nothing else finds a row", async () => {
      for (const body of [
        ...bodies.filter((item) => !["{}", '{"pk":1}'].includes(JSON.stringify(item))),
        1,
        "1",
        null,
        true,
      ]) {
        await refused(() => notes["get"]?.(body), JSON.stringify(body));
        await refused(() => notes["getOrCreate"]?.(body), JSON.stringify(body));
      }
    });

    it("Prisma's operators and undefined: neither widens what is found, changed or deleted", async () => {
      for (const value of [undefined, { not: "" }, { equals: "x" }, { contains: "" }]) {
        for (const where of [{ title: value }, { title: "x", pk: value }, { title__in: [value] }]) {
          await refused(() => notes["filter"]?.(where)?.["delete"]?.(), "filter");
          await refused(() => notes["exclude"]?.(where)?.["update"]?.({ rank: 9 }), "exclude");
        }
      }
      await refused(() => notes["filter"]?.()["delete"]?.(), "nothing said");
      await refused(() => notes["filter"]?.({})["update"]?.({ rank: 9 }), "nothing asked");
      expect(await Note.objects.count()).toBe(2);
    });

    it("CVE-2023-25813: what looks like a placeholder is text", async () => {
      for (const text of ["?", "$1", ":title", "@p1", "??", ":1", "$2", "%s", "{0}", "$$x$$"]) {
        const own = Note.objects.filter({ rank: 1 });
        expect(await own.update({ body: text, title: text })).toBe(1);
        expect(await Note.objects.filter({ title: text, body: text, rank: 1 }).exclude({ title: "$1?" }).count()).toBe(
          1,
        );
      }
      await Note.objects.filter({ rank: 1 }).update({ title: "0" });
    });

    it("CVE-2023-22578: parentheses in a name do not make SQL of it", async () => {
      for (const name of ["lower(title)", "(title)", "count(*)", "title()", "(select 1)"]) {
        await refused(() => notes["values"]?.(name), name);
        await refused(() => notes["orderBy"]?.(name), name);
        await refused(() => notes["filter"]?.({ [name]: 1 }), name);
        await refused(() => annotated(F(name)), name);
      }
    });

    it("CVE-2026-30951: what is cast to is a closed list", async () => {
      for (const name of [...names, "int", "INTEGER", "integer; --", "text)", "varchar(10)", "text::int", "jsonb"]) {
        await refused(() => annotated(call("Cast", "title", name)), name.slice(0, 80));
        await refused(() => annotated(call("Value", "1", name)), name.slice(0, 80));
        await refused(
          () =>
            notes["filter"]?.({ [`data__a::${name}`]: 1 })
              ?.["none"]?.()
              .then?.(() => null) ?? notes["filter"]?.({ [`title::${name}`]: 1 }),
          name.slice(0, 80),
        );
      }
    });

    it("GHSA-2777-2vq8-c4v4: a backslash is a letter like others", async () => {
      for (const text of ["\\", "\\'", "'\\", "\\\\'; --", '\\" or 1=1 --', "\\0", "\\%"]) {
        expect(await Note.objects.filter({ rank: 1 }).update({ body: text })).toBe(1);
        expect(await ranks({ body: text })).toEqual([1]);
        expect(await ranks({ body__contains: text, rank: 1 })).toEqual([1]);
        expect(await ranks({ body__endswith: text })).toEqual([1]);
        expect(await ranks({ title: text })).toEqual([]);
      }
    });

    it("CVE-2024-1597: a minus before a negative value is no comment", async () => {
      const worked = await Note.objects
        .filter({ rank: 1 })
        .annotate({
          twice: F("rank").neg().neg(),
          less: F("rank").sub(-5),
          lesser: F("rank").neg().sub(F("rank").neg().neg()),
          value: Value(-5).neg(),
          exact: Value("-0.50", "decimal").neg(),
        })
        .values("twice", "less", "lesser", "value", "exact")
        .get();
      expect(worked).toEqual({ twice: 1, less: 6, lesser: -2, value: 5, exact: "0.50" });
      expect(await Note.objects.filter({ rank: 1 }).filter(F("rank").sub(-1).neg().eq(-2)).count()).toBe(1);
    });

    it("CVE-2025-1094: what is no Unicode is refused", async () => {
      for (const text of ["\uD800", "a\uDC00", "\uD800'\uDC00; --"]) {
        await refused(() => notes["filter"]?.({ title: text }), "filter");
        await refused(() => notes["create"]?.({ title: text }), "create");
        await refused(() => annotated(Value(text)), "Value");
      }
    });

    it("knex issue 6509: a default in a table's definition is one literal", async () => {
      const made = await Quoted.objects.create({ title: "d" });
      await made.refresh();
      expect(made.kept).toBe(`it's "x" \\' -- `);
      await holder.db.createTables([Quoted], { safe: true });
      await made.delete();
    });

    it("what a related manager was narrowed to is not overridden by what is posted", async () => {
      const [mine, theirs] = await Note.objects.bulkCreate([{ rank: 10 }, { rank: 11 }]);
      const child = await (mine as Note).children.create({ title: "child", parent: theirs });
      expect((await Note.objects.get({ pk: child.pk })).parent?.pk).toBe(mine?.pk);
      expect(await (theirs as Note).children.filter({ pk: child.pk }).update({ title: "taken" })).toBe(0);
      expect((await (theirs as Note).children.filter({ pk: child.pk }).delete()).total).toBe(0);
      await Note.objects.filter({ pk: child.pk }).delete();
      await Note.objects.filter({ rank__gte: 10 }).delete();
    });
  });

  it("is as it was", async () => {
    expect(await Note.objects.count()).toBe(2);
  });
});

describe("The list of advisories", () => {
  it("has a test for each that applies, and a reason for each that does not", () => {
    const source = readFileSync(new URL(import.meta.url), "utf8");
    const titles = (source.match(/^\s+(it|"CVE)[^\n]*CVE-[^\n]*$/gm) ?? []).join(" ");
    for (const number of TESTED.split(" ")) expect(titles).toContain(`CVE-${number}`);
    for (const [number, reason] of Object.entries(NOT_YET)) {
      expect(titles).not.toContain(number);
      expect(reason).not.toBe("");
    }
  });
});
