import { sql } from "kysely";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as orm from "dunder-orm";
import { F, Q, type QueryEvent, Value } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { expectRefused, Note, notes } from "./models.js";
import { bodies, names, texts, unkeepable } from "./payloads.js";

type Position = readonly [where: string, work: (payload: never) => unknown];

const functions = orm as unknown as Record<string, (...args: unknown[]) => unknown>;
const call = (name: string, ...args: unknown[]): unknown => functions[name]?.(...args);
const annotated = (expression: unknown): unknown => notes["annotate"]?.({ x: expression });

/** Where a name can stand. */
const namePositions: readonly Position[] = [
  ["a lookup", (name) => notes["filter"]?.({ [name]: "x" })],
  ["a lookup of exclude", (name) => notes["exclude"]?.({ [name]: "x" })],
  ["a lookup of get", (name) => notes["get"]?.({ [name]: "x" })],
  ["a lookup of Q", (name) => notes["filter"]?.(Q({ [name]: "x" } as never).not())],
  ["a lookup behind a field", (name) => notes["filter"]?.({ [`title__${name as string}`]: "x" })],
  ["a lookup behind a transform", (name) => notes["filter"]?.({ [`title__lower__${name as string}`]: "x" })],
  ["a name behind a relation", (name) => notes["filter"]?.({ [`parent__${name as string}`]: "x" })],
  ["a name behind many", (name) => notes["filter"]?.({ [`children__${name as string}`]: "x" })],
  [
    "a lookup of an annotation",
    (name) => Note.objects.annotate({ n: F("rank") }).filter({ [`n__${name as string}`]: 1 } as never),
  ],
  ["orderBy", (name) => notes["orderBy"]?.(name === "?" ? "" : name)],
  ["orderBy downwards", (name) => notes["orderBy"]?.(`-${name as string}`)],
  ["orderBy behind a relation", (name) => notes["orderBy"]?.(`parent__${name as string}`)],
  [
    "orderBy beside an annotation",
    (name) => Note.objects.annotate({ n: F("rank") }).orderBy((name === "?" ? "" : name) as never),
  ],
  ["orderBy an annotation", (name) => Note.objects.annotate({ n: F("rank") }).orderBy(`n__${name as string}` as never)],
  ["earliest", (name) => notes["earliest"]?.(name === "?" ? "" : name)],
  ["latest", (name) => notes["latest"]?.(name === "?" ? "" : name)],
  ["values", (name) => notes["values"]?.(name)],
  ["values behind a relation", (name) => notes["values"]?.(`parent__${name as string}`)],
  ["a name of values", (name) => notes["values"]?.({ [name]: F("title") })],
  ["valuesList", (name) => notes["valuesList"]?.(name)],
  ["valuesList, flat", (name) => notes["valuesList"]?.(name, { flat: true })],
  ["a name of valuesList", (name) => notes["valuesList"]?.({ [name]: F("title") })],
  ["annotate", (name) => notes["annotate"]?.({ [name]: F("title") })],
  ["alias", (name) => notes["alias"]?.({ [name]: F("title") })],
  ["aggregate", (name) => notes["aggregate"]?.({ [name]: orm.Count("*") })],
  ["selectRelated", (name) => notes["selectRelated"]?.(name)],
  ["selectRelated behind a relation", (name) => notes["selectRelated"]?.(`parent__${name as string}`)],
  ["search", (name) => notes["search"]?.("x", name)],
  ["dates of", (name) => notes["dates"]?.(name, "year")],
  ["dates by", (name) => notes["dates"]?.("day", name)],
  ["dates in order", (name) => notes["dates"]?.("day", "year", name)],
  ["datetimes of", (name) => notes["datetimes"]?.(name, "year")],
  ["datetimes by", (name) => notes["datetimes"]?.("made", name)],
  ["inTimeZone", (name) => notes["inTimeZone"]?.(name)],
  ["inBulk by", (name) => notes["inBulk"]?.([1], { field: name })],
  ["the name of a FilteredRelation", (name) => notes["alias"]?.({ [name]: orm.FilteredRelation("children", {}) })],
  ["its relation", (name) => notes["alias"]?.({ x: orm.FilteredRelation(name, {}) })],
  ["its condition", (name) => notes["alias"]?.({ x: orm.FilteredRelation("children", { [name]: 1 }) })],
  ["the name of a CTE", (name) => notes["asCte"]?.(/^\w+$/.test(name) ? "" : name)],
  ["an option of asCte", (name) => notes["asCte"]?.("c", { [name]: true })],
  ["recursive", (name) => notes["recursive"]?.(name)],
  ["the depth of recursive", (name) => notes["recursive"]?.("children", { depth: `${name as string}"` })],
  ["an option of union", (name) => notes["union"]?.(notes, { [name]: true })],
  [
    "a name behind a CTE",
    (name) => (notes["values"]?.("title")?.["asCte"]?.("c") as typeof notes)["filter"]?.({ [name]: 1 }),
  ],
  ["partitionBy", (name) => annotated(orm.Window(orm.Rank(), { partitionBy: name, orderBy: "rank" } as never))],
  [
    "the order of a window",
    (name) => annotated(orm.Window(orm.Rank(), { orderBy: name === "?" ? "" : name } as never)),
  ],
  ["a frame", (name) => annotated(orm.Window(orm.Sum("rank"), { orderBy: "rank", frame: { type: name } } as never))],
  ["the kind of raw", (name) => annotated(orm.raw(sql`1`, name))],
  ["only", (name) => notes["only"]?.(name)],
  ["defer", (name) => notes["defer"]?.(name)],
  ["an option of explain", (name) => notes["explain"]?.({ [name]: true })],
  ["a format of explain", (name) => notes["explain"]?.({ format: name })],
  ["an option of selectForUpdate", (name) => notes["selectForUpdate"]?.({ [name]: true })],
  ["a table of selectForUpdate", (name) => notes["selectForUpdate"]?.({ of: name })],
  ["distinct on", (name) => notes["distinct"]?.(name)],
  ["using", (name) => notes["using"]?.(name)],
  ["create", (name) => notes["create"]?.({ [name]: "x" })],
  ["new", (name) => new Note({ [name]: "x" })],
  ["bulkCreate", (name) => notes["bulkCreate"]?.([{ title: "x" }, { [name]: "x" }])],
  ["update", (name) => Note.objects.filter({ pk: 1 }).update({ [name]: "x" } as never)],
  ["update by an expression", (name) => Note.objects.filter({ pk: 1 }).update({ [name]: F("title") } as never)],
  ["getOrCreate", (name) => notes["getOrCreate"]?.({ [name]: "x" })],
  [
    "save only",
    (name) =>
      Note.objects
        .none()
        .first()
        .then(() => new Note({ title: "x" }).save({ only: [name] })),
  ],
  ["F", (name) => annotated(F(name))],
  ["F behind a relation", (name) => annotated(F(`parent__${name as string}` as "title"))],
  ["F compared", (name) => notes["filter"]?.(F(name).eq("x"))],
  ["F ordered by", (name) => notes["orderBy"]?.(F(name).desc())],
  ["Lower", (name) => annotated(call("Lower", name))],
  ["Concat", (name) => annotated(call("Concat", "title", name))],
  ["Coalesce", (name) => annotated(call("Coalesce", name, "title"))],
  ["Count", (name) => notes["aggregate"]?.({ x: call("Count", name === "*" ? "" : name) })],
  ["Sum", (name) => notes["aggregate"]?.({ x: call("Sum", name) })],
  ["an order of StringAgg", (name) => notes["aggregate"]?.({ x: call("StringAgg", "title", ",", { orderBy: name }) })],
  [
    "a filter of Count",
    (name) => notes["aggregate"]?.({ x: call("Count", "*", { filter: Q({ [name]: 1 } as never) }) }),
  ],
  ["an option of Count", (name) => notes["aggregate"]?.({ x: call("Count", "rank", { [name]: 1 }) })],
  ["When", (name) => annotated(call("Case", call("When", { [name]: 1 }, Value(1))))],
  ["Extract", (name) => annotated(call("Extract", "made", name))],
  ["Trunc", (name) => annotated(call("Trunc", "made", name))],
  ["Cast", (name) => annotated(call("Cast", "title", name))],
  ["the kind of Value", (name) => annotated(Value("1", name))],
  ["Collate", (name) => annotated(call("Collate", "title", /^[\w.]+$/.test(name) ? "" : name))],
  ["OuterRef", (name) => notes["filter"]?.(orm.Exists(Note.objects.filter({ pk: orm.OuterRef(name) } as never)))],
  ["nulls of an order", (name) => notes["orderBy"]?.(F("title").desc({ nulls: name }))],
];

/** Where a value, an expression or a whole argument can stand. */
const valuePositions: readonly Position[] = [
  ["a text", (value) => notes["filter"]?.({ title: value })],
  ["contains", (value) => notes["filter"]?.({ title__contains: value })],
  ["regex", (value) => notes["filter"]?.({ title__regex: value })],
  ["ne", (value) => notes["filter"]?.({ title__ne: value })],
  ["a number", (value) => notes["filter"]?.({ rank: value })],
  ["gt", (value) => notes["filter"]?.({ rank__gt: value })],
  ["range", (value) => notes["filter"]?.({ rank__range: value })],
  ["in a range", (value) => notes["filter"]?.({ rank__range: [value, 3] })],
  ["in a list", (value) => notes["filter"]?.({ title__in: ["a", value] })],
  ["isnull", (value) => notes["filter"]?.({ made__isnull: value })],
  ["a boolean", (value) => notes["filter"]?.({ live: value })],
  ["a moment", (value) => notes["filter"]?.({ made__gte: value })],
  ["a year", (value) => notes["filter"]?.({ made__year: value })],
  ["a decimal", (value) => notes["filter"]?.({ price__lt: value })],
  ["a key", (value) => notes["filter"]?.({ pk: value })],
  ["a relation", (value) => notes["filter"]?.({ parent: value })],
  ["relations", (value) => notes["filter"]?.({ parent__in: [value] })],
  ["a relation to many", (value) => notes["filter"]?.({ children: value })],
  ["a value of Q", (value) => notes["filter"]?.(Q({ title: value } as never).not())],
  ["what F is compared with", (value) => notes["filter"]?.(F("rank").gt(value))],
  ["what F is added to", (value) => annotated(F("rank").add(value))],
  ["a text of create", (value) => notes["create"]?.({ title: value })],
  ["a number of create", (value) => notes["create"]?.({ rank: value })],
  ["a key of create", (value) => notes["create"]?.({ pk: value })],
  ["a relation of create", (value) => notes["create"]?.({ parent: value })],
  ["a text of bulkCreate", (value) => notes["bulkCreate"]?.([{ title: "x" }, { title: value }])],
  ["a text of update", (value) => Note.objects.filter({ pk: 1 }).update({ title: value })],
  ["a moment of update", (value) => Note.objects.filter({ pk: 1 }).update({ made: value })],
  ["getOrCreate", (value) => notes["getOrCreate"]?.({ title: value })],
  ["search", (value) => notes["search"]?.(value)],
  ["a field of search", (value) => notes["search"]?.("x", value)],
  ["orderBy", (value) => notes["orderBy"]?.(value)],
  ["selectRelated", (value) => notes["selectRelated"]?.(value)],
  ["limit", (value) => notes["limit"]?.(value)],
  ["offset", (value) => notes["offset"]?.(value)],
  ["slice", (value) => notes["slice"]?.(0, value)],
  ["inTimeZone", (value) => notes["inTimeZone"]?.(value)],
  ["using", (value) => notes["using"]?.(value)],
  ["dates of", (value) => notes["dates"]?.(value, "year")],
  ["dates by", (value) => notes["dates"]?.("day", value)],
  ["dates in order", (value) => notes["dates"]?.("day", "year", value)],
  ["inBulk by", (value) => notes["inBulk"]?.([1], { field: value })],
  ["a key of inBulk", (value) => notes["inBulk"]?.([value])],
  ["contains a row", (value) => notes["contains"]?.(value)],
  ["annotate", (value) => annotated(value)],
  ["aggregate", (value) => notes["aggregate"]?.({ x: value })],
  ["a value of values", (value) => notes["values"]?.({ x: value })],
  ["Exists", (value) => notes["filter"]?.(orm.Exists(value))],
  ["Subquery", (value) => annotated(orm.Subquery(value))],
  ["Lower", (value) => annotated(call("Lower", value))],
  ["F", (value) => annotated(call("F", value))],
  ["OuterRef", (value) => annotated(call("OuterRef", value))],
  ["Cast", (value) => annotated(call("Cast", "title", value))],
  ["Extract", (value) => annotated(call("Extract", "made", value))],
  ["Trunc", (value) => annotated(call("Trunc", "made", value))],
  ["Collate", (value) => annotated(call("Collate", "title", value))],
  ["the kind of Value", (value) => annotated(call("Value", "x", value))],
  ["digits of Round", (value) => annotated(call("Round", "rank", value))],
  ["a place of Substr", (value) => annotated(call("Substr", "title", value))],
  ["the separator of StringAgg", (value) => notes["aggregate"]?.({ x: call("StringAgg", "title", value) })],
  ["distinct of Count", (value) => notes["aggregate"]?.({ x: call("Count", "title", { distinct: value }) })],
  ["the default of Sum", (value) => notes["aggregate"]?.({ x: call("Sum", "rank", { default: value }) })],
  ["sample of StdDev", (value) => notes["aggregate"]?.({ x: call("StdDev", "rank", { sample: value }) })],
  ["a branch of Case", (value) => annotated(call("Case", value))],
  ["what When gives", (value) => annotated(call("Case", call("When", { rank: 1 }, value)))],
  ["nulls of an order", (value) => notes["orderBy"]?.(F("title").desc({ nulls: value }))],
  ["Q.or", (value) => notes["filter"]?.(Q.or(Q({ rank: 1 }), value))],
  ["Q().and", (value) => notes["filter"]?.(Q({ rank: 1 }).and(value))],
];

onEngines("Injection", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, [Note], { onQuery: (event) => events.push(event) });
  beforeAll(async () => {
    await Note.objects.create({ title: "only" });
  });
  beforeEach(() => {
    events.length = 0;
  });

  it("is watched: what is sent is seen", async () => {
    await Note.objects.filter({ title: "only" }).all();
    expect(events).toHaveLength(1);
  });

  describe("a name that is none is refused before any SQL:", () => {
    it.each(namePositions)("%s", async (where, work) => {
      for (const name of names)
        await expectRefused(events, () => work(name as never), `${where}: ${JSON.stringify(name.slice(0, 80))}`);
    });
  });

  describe("what a request's body holds is no expression, row or queryset, and refused before any SQL:", () => {
    it.each(valuePositions)("%s", async (where, work) => {
      for (const body of bodies)
        await expectRefused(events, () => work(body as never), `${where}: ${JSON.stringify(body)}`);
    });
  });

  it("of a text that not every engine can keep is refused before any SQL", async () => {
    for (const text of unkeepable) {
      const what = JSON.stringify(text);
      await expectRefused(events, () => notes["create"]?.({ title: text }), what);
      await expectRefused(events, () => notes["filter"]?.({ title: text }), what);
      await expectRefused(events, () => notes["filter"]?.({ title__icontains: text }), what);
      await expectRefused(events, () => notes["filter"]?.({ title__in: ["x", text] }), what);
      await expectRefused(events, () => notes["search"]?.(text), what);
      await expectRefused(events, () => annotated(Value(text)), what);
      await expectRefused(events, () => annotated(call("Concat", "title", Value(text))), what);
      await expectRefused(events, () => notes["aggregate"]?.({ x: call("StringAgg", "title", text) }), what);
      await expectRefused(events, () => notes["create"]?.({ data: { x: text } }), what);
      await expectRefused(events, () => notes["create"]?.({ data: { [text]: 1 } }), what);
      await expectRefused(events, () => annotated(call("JsonObject", { [text]: "title" })), what);
    }
  });

  describe("does not happen to texts: each comes back as it went in, and finds itself alone:", () => {
    beforeAll(async () => {
      await Note.objects.bulkCreate(
        texts.map((text, rank) => ({ title: text, body: `<${text}>`, rank: rank + 1, data: { [text]: text } })),
      );
    });

    it.each(texts.map((text, index) => [JSON.stringify(text), text, index + 1] as const))(
      "%s",
      async (_, text, rank) => {
        const own = Note.objects.filter({ rank });
        const row = await own.get();
        expect([row.title, row.body, row.data]).toEqual([text, `<${text}>`, { [text]: text }]);
        const ranks = (where: object) =>
          Note.objects
            .filter(where as never)
            .valuesList("rank", { flat: true })
            .all();
        expect(await ranks({ title: text })).toEqual([rank]);
        expect(await ranks({ title__in: [text] })).toEqual([rank]);
        expect(await ranks({ body__contains: `<${text}>` })).toEqual([rank]);
        expect(await ranks({ body__icontains: `<${text}>`, rank })).toEqual([rank]);
        expect(await ranks({ body__startswith: `<${text}`, body__endswith: `${text}>`, rank })).toEqual([rank]);
        expect(await ranks({ title: Value(text) })).toEqual([rank]);
        expect(await Note.objects.search(`<${text}>`, "body").filter({ rank }).count()).toBe(1);
        expect(
          await own
            .annotate({ x: Value(text), y: orm.Concat("title", Value(text)) })
            .values("x", "y")
            .get(),
        ).toEqual({ x: text, y: text + text });
        expect(await own.update({ body: text })).toBe(1);
        expect((await own.get()).body).toBe(text);
        expect(await own.update({ body: orm.Concat(Value("<"), Value(text), Value(">")) })).toBe(1);
        expect((await own.get()).body).toBe(`<${text}>`);
        expect((await Note.objects.getOrCreate({ title: text }))[1]).toBe(false);
      },
    );
  });

  it("left the table and the prototypes as they were", async () => {
    expect(await Note.objects.count()).toBe(texts.length + 1);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(["said", "pk", "title"].filter((name) => name in {})).toEqual([]);
  });
});
