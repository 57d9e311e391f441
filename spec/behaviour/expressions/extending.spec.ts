import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  defineAggregate,
  defineFunction,
  Exists,
  F,
  FieldError,
  fields,
  manager,
  Model,
  OuterRef,
  Q,
  registerLookup,
  registerTransform,
  unregisterLookup,
  unregisterTransform,
  Value,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Album extends Model("ext_album", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model(
  "ext_track",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string({ maxLength: 100 }),
    note: fields.text({ null: true }),
    position: fields.integer(),
    album: () => fields.foreignKey(Album),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

declare module "dunder-orm" {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations name the same parameters
  interface TextLookups<T> {
    madlike: string;
    longer: number;
  }
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface NumberLookups<T> {
    divisible_by: number;
  }
  interface TextTransforms {
    initial: "text";
  }
  interface NumberTransforms {
    doubled: "same";
  }
}

const engines: string[] = [];
const madlike = {
  compile: ({ lhs, rhs }: { lhs: object; rhs: object }) => sql`${lhs} like replace(${rhs}, ${"*"}, ${"%"})`,
};

beforeAll(() => {
  registerLookup("text", "madlike", madlike);
  registerLookup("text", "longer", {
    // MySQL's length is in bytes.
    compile: ({ lhs, rhs, engine }) =>
      engine === "mysql" ? sql`char_length(${lhs}) > ${rhs}` : sql`length(${lhs}) > ${rhs}`,
    valueType: "integer",
  });
  registerLookup("integer", "divisible_by", {
    compile: ({ lhs, rhs, engine }) => {
      engines.push(engine);
      return sql`${lhs} % ${rhs} = ${0}`;
    },
    valueType: "integer",
  });
  registerTransform("string", "initial", { compile: ({ lhs }) => sql`substr(${lhs}, 1, 1)`, result: "text" });
  registerTransform("number", "doubled", { compile: ({ lhs }) => sql`${lhs} * ${2}`, result: "same" });
});

afterAll(() => {
  unregisterLookup("text", "madlike");
  unregisterLookup("text", "longer");
  unregisterLookup("number", "divisible_by");
  unregisterTransform("text", "initial");
  unregisterTransform("number", "doubled");
});

const Third = defineFunction("Third", {
  arguments: 1,
  result: "integer",
  compile: ({ args, engine }) => (engine === "mysql" ? sql`${args[0]} div 3` : sql`${args[0]} / 3`),
});
const Join = defineFunction("Join", {
  arguments: [1, 3],
  result: "text",
  compile: ({ args, engine }) =>
    engine === "mysql" ? sql`concat(${sql.join([...args])})` : sql`${sql.join([...args], sql` || `)}`,
});
const Spread = defineAggregate("Spread", { result: "integer", compile: ({ arg }) => sql`max(${arg}) - min(${arg})` });
const Sized = defineAggregate("Sized", { result: "integer", compile: ({ arg }) => sql`count(${arg})` });

onEngines("What a user adds", (engine) => {
  const held = useDatabase(engine, [Album, Track]);

  beforeAll(async () => {
    const album = await Album.objects.create({ title: "Ärger" });
    const other = await Album.objects.create({ title: "B" });
    await Album.objects.create({ title: "Empty" });
    await Track.objects.bulkCreate([
      { title: "abc", note: "aé", position: 1, album },
      { title: "Öl", note: null, position: 6, album },
      { title: "a%b", note: "", position: 9, album: other },
    ]);
  });

  const titles = Track.objects.valuesList("title", { flat: true });

  it("is a lookup, across relations, negated, in Q, and of annotations", async () => {
    expect(await titles.filter({ title__madlike: "a*c" }).all()).toEqual(["abc"]);
    expect(await titles.filter({ title__madlike: "%' or 1=1 --" }).all()).toEqual([]);
    expect(await titles.exclude({ title__madlike: "a*" }).all()).toEqual(["Öl"]);
    expect(await titles.exclude({ note__madlike: "a*" }).all()).toEqual(["Öl", "a%b"]);
    expect(await titles.filter({ position__divisible_by: 3 }).all()).toEqual(["Öl", "a%b"]);
    expect(engines.at(-1)).toBe(engine.name);
    expect(await titles.filter(Q({ position__divisible_by: 3 }).and(Q({ title__madlike: "a*" }))).all()).toEqual([
      "a%b",
    ]);
    const albums = Album.objects.orderBy("id").valuesList("title", { flat: true });
    expect(await albums.filter({ tracks__position__divisible_by: 6 }).all()).toEqual(["Ärger"]);
    expect(await albums.exclude({ tracks__position__divisible_by: 6 }).all()).toEqual(["B", "Empty"]);
    const moved = Track.objects.annotate({ more: F("position").add(2) });
    expect((await moved.filter({ more__divisible_by: 8 }).all()).map((row) => row.title)).toEqual(["Öl"]);
    expect(await titles.filter({ title__madlike: F("title") }).count()).toBe(3);
    expect(await Track.objects.filter({ title__madlike: "x*" }).update({ position: 1 })).toBe(0);
    expect(await Track.objects.filter({ title__madlike: "a*" }).toKysely().execute()).toHaveLength(2);
  });

  it("takes values of the kind it says, of its own row and of one around", async () => {
    expect(await titles.filter({ title__longer: 2 }).all()).toEqual(["abc", "a%b"]);
    expect(await titles.filter({ title__longer: F("position") }).all()).toEqual(["abc"]);
    expect(() => titles.filter({ title__longer: F("title") } as never)).toThrow(/cannot be compared/);
    const longer = Track.objects.filter({ title__longer: OuterRef("id") });
    const albums = Album.objects.orderBy("id").valuesList("id", { flat: true });
    expect(await albums.filter(Exists(longer)).all()).toEqual([1, 2]);
    const alike = Track.objects.filter({ title__longer: OuterRef("title") } as never);
    expect(() => albums.filter(Exists(alike))).toThrow(/cannot be compared/);
  });

  it("is a transform, before lookups and transforms, in F, orders, values and groups", async () => {
    expect(await titles.filter({ title__initial: "Ö" }).all()).toEqual(["Öl"]);
    expect(await titles.filter({ title__initial__in: ["Ö", "x"] }).all()).toEqual(["Öl"]);
    expect(await titles.filter({ title__initial__upper: "A" }).all()).toEqual(["abc", "a%b"]);
    expect(await titles.filter({ title__upper__initial: "A" }).all()).toEqual(["abc", "a%b"]);
    expect(await titles.filter({ title__initial__madlike: "Ö" }).all()).toEqual(["Öl"]);
    expect(await titles.filter({ position__doubled: 12, note__initial__isnull: true }).all()).toEqual(["Öl"]);
    expect(await Track.objects.filter({ album__title__initial: "B" }).count()).toBe(1);
    const initial = F("title__initial" as "title");
    expect(await titles.orderBy(initial.desc(), "-id").all()).toEqual(["Öl", "a%b", "abc"]);
    const annotated = Track.objects.annotate({ initial }).filter({ initial__madlike: "a" });
    expect((await annotated.all()).map((row) => row.initial)).toEqual(["a", "a"]);
    const groups = Track.objects.values({ initial }).annotate({ n: Sized("id") });
    expect(await groups.orderBy("n").all()).toEqual([
      { initial: "Ö", n: 1 },
      { initial: "a", n: 2 },
    ]);
  });

  it("is a function, with paths, expressions and numbers", async () => {
    const rows = Track.objects.annotate({ third: Third("position"), said: Join("title", Value("!"), "album__title") });
    expect(await rows.valuesList("third", "said").all()).toEqual([
      [0, "abc!Ärger"],
      [2, "Öl!Ärger"],
      [3, "a%b!B"],
    ]);
    expect(await rows.filter({ third__gte: 2, said__startswith: "Ö" }).count()).toBe(1);
    expect(await titles.orderBy(Third("position").desc()).first()).toBe("a%b");
    expect(
      await Track.objects
        .annotate({ n: Third(Third(90)).add(1) })
        .valuesList("n", { flat: true })
        .first(),
    ).toBe(11);
    const changed = Track.objects.filter({ title: "Öl" });
    await changed.update({ position: Third("position") });
    expect((await changed.get()).position).toBe(2);
    await changed.update({ position: 6 });
  });

  it("is an aggregate, over all rows, groups and related rows, filtered, distinct, with a default", async () => {
    expect(await Track.objects.aggregate({ spread: Spread("position") })).toEqual({ spread: 8 });
    const none = Track.objects.filter({ title: "none" });
    expect(await none.aggregate({ a: Spread("position"), b: Spread("position", { default: 7 }) })).toEqual({
      a: null,
      b: 7,
    });
    const some = Spread("position", { filter: Q({ position__lt: 9 }) });
    expect(await Track.objects.aggregate({ some })).toEqual({ some: 5 });
    expect(await Track.objects.aggregate({ a: Sized("album"), b: Sized("album", { distinct: true }) })).toEqual({
      a: 3,
      b: 2,
    });
    const albums = Album.objects.orderBy("id").annotate({ spread: Spread("tracks__position"), n: Sized("tracks") });
    expect(await albums.valuesList("spread", "n").all()).toEqual([
      [5, 2],
      [0, 1],
      [null, 0],
    ]);
    expect(await albums.filter({ spread__gt: 0 }).count()).toBe(1);
    const groups = Track.objects.values("album").annotate({ spread: Spread("position") });
    expect(await groups.filter({ spread__gt: 0 }).all()).toEqual([{ album: 1, spread: 5 }]);
  });

  it.skipIf(without.has("plans"))("has one plan for all values, and new plans for what replaces it", async () => {
    const query = (n: number) => Track.objects.filter({ position__divisible_by: n, title__initial__ne: "q" });
    const { compiled } = held.db.stats.plans;
    for (const n of [1, 2, 3]) await query(n).all();
    expect(held.db.stats.plans.compiled).toBe(compiled + 1);

    const asked = Track.objects.filter({ title__madlike: "a*" });
    expect(await asked.count()).toBe(2);
    expect(unregisterLookup("text", "madlike")).toBe(true);
    expect(() => Track.objects.filter({ title__madlike: "a*" })).toThrow(/no lookup or transform "madlike"/);
    registerLookup("text", "madlike", { compile: ({ lhs, rhs }) => sql`${lhs} = ${rhs}` });
    expect(await Track.objects.filter({ title__madlike: "a*" }).count()).toBe(0);
    expect(await asked.count()).toBe(2);
    unregisterLookup("text", "madlike");
    registerLookup("text", "madlike", madlike);
    expect(await Track.objects.filter({ title__madlike: "a*" }).count()).toBe(2);
  });
});

describe("Values of lookups that a user adds", () => {
  it.each([
    ["undefined", { title__madlike: undefined }],
    ["null", { title__madlike: null }],
    ["an object", { title__madlike: { $gt: "" } }],
    ["a list", { position__divisible_by: [1] }],
    ["a text for a number", { position__divisible_by: "3" }],
    ["a fraction for a whole number", { position__divisible_by: 1.5 }],
    ["another family", { position__madlike: "x" }],
    ["a step further", { title__madlike__exact: "x" }],
    ["a relation", { album__madlike: "x" }],
  ])("refuse %s", (_, where) => {
    expect(() => Track.objects.filter(where as never)).toThrow(FieldError);
  });

  it("are told among the choices", () => {
    expect(() => Track.objects.filter({ title__madlke: "x" } as never)).toThrow(/did you mean "madlike"/i);
    expect(() => Track.objects.filter({ title__initail: "x" } as never)).toThrow(/did you mean "initial"/i);
  });
});

describe("registerLookup and registerTransform", () => {
  const compile = () => sql`1`;
  it.each([
    ["a kind that is none", () => registerLookup("txt" as never, "a", { compile })],
    ["__proto__ for a kind", () => registerLookup("__proto__" as never, "a", { compile })],
    ["a name with two underscores", () => registerLookup("text", "a__b", { compile })],
    ["a name that ends in one", () => registerLookup("text", "a_", { compile })],
    ["no name", () => registerLookup("text", "", { compile })],
    ["a name that is no text", () => registerLookup("text", 1 as never, { compile })],
    ["a lookup's name", () => registerLookup("number", "icontains", { compile })],
    ["a transform's name", () => registerLookup("text", "year", { compile })],
    ["pk", () => registerTransform("text", "pk", { compile, result: "text" })],
    ["another of that name", () => registerLookup("text", "madlike", { compile })],
    ["no definition", () => registerLookup("text", "other", null as never)],
    ["no SQL", () => registerLookup("text", "other", {} as never)],
    ["an unknown option", () => registerLookup("text", "other", { compile, valuType: "text" } as never)],
    ["a value of no kind", () => registerLookup("text", "other", { compile, valueType: "txt" as never })],
    ["a result of no kind", () => registerTransform("text", "other", { compile, result: "txt" as never })],
    ["no result", () => registerTransform("text", "other", { compile } as never)],
    ["a function of no kind", () => defineFunction("X", { arguments: 1, result: "txt" as never, compile })],
    ["a function of no number of arguments", () => defineFunction("X", { result: "text", compile } as never)],
    ["a decimal without a scale", () => defineAggregate("X", { result: "decimal", compile })],
    ["no name of a function", () => defineFunction("", { arguments: 1, result: "text", compile })],
  ])("refuse %s", (_, work) => {
    expect(work).toThrow(ConfigurationError);
  });

  it("say what was meant", () => {
    expect(() => registerLookup("texxt" as never, "a", { compile })).toThrow(/did you mean "text"/i);
  });

  it("do nothing for what is there already, and say whether there was one to forget", () => {
    registerLookup("text", "madlike", madlike);
    registerLookup("slug", "madlike", madlike);
    expect(unregisterLookup("text", "never")).toBe(false);
    expect(unregisterTransform("text", "madlike")).toBe(false);
  });

  it("refuse SQL that is none, and arguments too many, when they are used", async () => {
    const Bad = defineFunction("Bad", { arguments: 1, result: "text", compile: () => "lower(title)" as never });
    expect(() => Track.objects.annotate({ bad: Bad("title") }).sql()).toThrow(/Bad: compile\(…\) gives SQL/);
    expect(() => Third()).toThrow(FieldError);
    expect(() => Third("position", "id")).toThrow(/takes 1 arguments?, got 2/);
    expect(() => Third({ path: "position" } as never)).toThrow(FieldError);
    expect(() => Track.objects.annotate({ bad: Third("positon") } as never)).toThrow(/did you mean "position"/i);
    await expect(Track.objects.aggregate({ bad: Spread("*" as "id") })).rejects.toThrow(FieldError);
  });
});
