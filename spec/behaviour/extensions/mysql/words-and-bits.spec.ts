import { beforeAll, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  Count,
  F,
  FieldError,
  fields,
  manager,
  Max,
  Model,
  NotSupportedError,
  Sum,
  ValidationError,
} from "dunder-orm";
import { bitColumn, BitNumber, setColumn } from "dunder-orm/mysql";
import { onEngines, useDatabase } from "../../../support/engines.js";

const WORDS = ["bath", "desk", "it's", "é\\"] as const;

class Room extends Model("my_words_room", {
  id: fields.integer({ primaryKey: true }),
  has: setColumn(WORDS, { default: () => [] }),
  wants: setColumn(WORDS, { null: true }),
  open: bitColumn(3, { default: 0n }),
  wide: bitColumn(64, { null: true }),
}) {
  static objects = manager(this);
}

class Many extends Model("my_words_many", {
  id: fields.integer({ primaryKey: true }),
  all: setColumn(Array.from({ length: 64 }, (_, at) => `w${at}`)),
}) {
  static objects = manager(this);
}

const TOP = 2n ** 64n - 1n;

onEngines("Words and bits", (engine) => {
  const held = useDatabase(engine, []);

  if (engine.name !== "mysql") {
    it("are refused by name", async () => {
      Room.bind(held.db);
      await expect(held.db.createTables([Room])).rejects.toThrow(NotSupportedError);
      await expect(held.db.createTables([Room])).rejects.toThrow("setColumn(…) is there on MySQL and MariaDB");
      await expect(Room.objects.filter({ has__has: "bath" }).all()).rejects.toThrow('The lookup "has" of words');
      await expect(Room.objects.filter({ open__len: 2 }).all()).rejects.toThrow('The transform "len" of bits');
    });
    describe.skip("their values", () => undefined);
    return;
  }

  beforeAll(async () => {
    for (const model of [Room, Many]) model.bind(held.db);
    await held.db.createTables([Room, Many]);
    await Room.objects.bulkCreate([
      { id: 1, has: ["desk", "bath", "desk"], wants: ["é\\", "it's"], open: 5n, wide: TOP },
      { id: 2, has: [], wants: [], wide: 2n ** 63n },
      { id: 3, has: ["it's", "bath"], wants: ["bath"], open: 7n, wide: 3n },
      { id: 4 },
    ]);
  });

  const ids = (rooms: typeof Room.objects) => rooms.orderBy("id").valuesList("id", { flat: true }).all();

  it("come back as they were given, each word once and in its place", async () => {
    expect(await Room.objects.orderBy("id").valuesList("has", "wants", "open", "wide").all()).toEqual([
      [["bath", "desk"], ["it's", "é\\"], 5n, TOP],
      [[], [], 0n, 2n ** 63n],
      [["bath", "it's"], ["bath"], 7n, 3n],
      [[], null, 0n, null],
    ]);
    const room = await Room.objects.get({ id: 1 });
    expect(room.isDirty()).toBe(false);
    room.has = ["it's"];
    room.wide = 1n;
    await room.save();
    expect((await Room.objects.get({ id: 1 })).has).toEqual(["it's"]);
    await room.update({ has: ["bath", "desk"], wide: TOP });
    await Room.objects.bulkUpdate([room], ["has", "open"]);
    await Room.objects.upsert(room, { uniqueFields: ["id"] });
    expect((await Room.objects.get({ id: 1 })).wide).toBe(TOP);
  });

  it("are compared as wholes", async () => {
    expect(await ids(Room.objects.filter({ has: ["desk", "bath"] }))).toEqual([1]);
    expect(await ids(Room.objects.filter({ has: [] }))).toEqual([2, 4]);
    expect(await ids(Room.objects.filter({ has__ne: [] }))).toEqual([1, 3]);
    expect(await ids(Room.objects.filter({ has__in: [["bath", "it's"], []] }))).toEqual([2, 3, 4]);
    expect(await ids(Room.objects.filter({ wants__isnull: true }))).toEqual([4]);
    expect(await ids(Room.objects.filter({ open: 5, wide: TOP }))).toEqual([1]);
    expect(await ids(Room.objects.filter({ wide__gt: 3n }))).toEqual([1, 2]);
    expect(await ids(Room.objects.filter({ wide__in: [3n, 2n ** 63n] }))).toEqual([2, 3]);
    expect(await ids(Room.objects.filter({ open__range: [1, 6n] }))).toEqual([1]);
    expect(await ids(Room.objects.filter({ has: F("wants") }))).toEqual([2]);
  });

  it("are asked for one, for all, for one at least, and for none else", async () => {
    expect(await ids(Room.objects.filter({ has__has: "bath" }))).toEqual([1, 3]);
    expect(await ids(Room.objects.filter({ has__contains: ["bath", "it's"] }))).toEqual([3]);
    expect(await ids(Room.objects.filter({ has__contains: [] }))).toEqual([1, 2, 3, 4]);
    expect(await ids(Room.objects.filter({ has__overlap: ["desk", "it's"] }))).toEqual([1, 3]);
    expect(await ids(Room.objects.filter({ has__overlap: [] }))).toEqual([]);
    expect(await ids(Room.objects.filter({ has__contained_by: ["bath", "desk"] }))).toEqual([1, 2, 4]);
    expect(await ids(Room.objects.filter({ has__contains: F("wants") }))).toEqual([2, 3]);
    expect(await ids(Room.objects.filter({ open__contains: 4n }))).toEqual([1, 3]);
    expect(await ids(Room.objects.filter({ open__overlap: 2 }))).toEqual([3]);
    expect(await ids(Room.objects.filter({ wide__contained_by: 2n ** 63n }))).toEqual([2]);
    expect(await ids(Room.objects.filter({ wide__contains: 2n ** 63n }))).toEqual([1, 2]);
    expect((await Room.objects.exclude({ wants__has: "bath" }).orderBy("id").all()).map(({ id }) => id)).toEqual([
      1, 2, 4,
    ]);
  });

  it("are counted, and made numbers", async () => {
    expect(await ids(Room.objects.filter({ has__len: 2 }))).toEqual([1, 3]);
    expect(await ids(Room.objects.filter({ wide__len__gte: 2 }))).toEqual([1, 3]);
    expect(await ids(Room.objects.filter({ open__number__gt: 5n }))).toEqual([3]);
    expect(
      await Room.objects.aggregate({ most: Max(BitNumber("wide")), sum: Sum(BitNumber("open")), n: Count("wide") }),
    ).toEqual({ most: TOP, sum: 12n, n: 3 });
    const numbers = Room.objects.annotate({ next: BitNumber("open").add(1) }).orderBy("id");
    expect(await numbers.valuesList("next", { flat: true }).all()).toEqual([6n, 1n, 8n, 1n]);
    expect(() => Room.objects.annotate({ x: BitNumber("has") })).toThrow("BitNumber is of bits, and this is a words");
    expect(
      await Room.objects
        .values("has")
        .annotate({ n: Count("*") })
        .orderBy("-n", "has")
        .all(),
    ).toEqual([
      { has: [], n: 2 },
      { has: ["bath", "desk"], n: 1 },
      { has: ["bath", "it's"], n: 1 },
    ]);
    await expect(async () => Room.objects.aggregate({ most: Max("wide") } as never)).rejects.toThrow(FieldError);
  });

  it("have room for 64", async () => {
    const all = Array.from({ length: 64 }, (_, at) => `w${at}`);
    await Many.objects.bulkCreate([
      { id: 1, all },
      { id: 2, all: ["w63"] },
      { id: 3, all: ["w0"] },
    ]);
    expect((await Many.objects.get({ id: 1 })).all).toEqual(all);
    expect(await Many.objects.filter({ all__has: "w63" }).count()).toBe(2);
    expect(await Many.objects.filter({ all__contains: all }).count()).toBe(1);
    expect(await Many.objects.filter({ all__contained_by: ["w0", "w1"] }).count()).toBe(1);
    expect(await Many.objects.filter({ all__len: 64 }).count()).toBe(1);
  });

  it("refuse what they do not hold", async () => {
    await expect(Room.objects.create({ id: 9, has: ["view" as "bath"] })).rejects.toThrow(ValidationError);
    await expect(Room.objects.create({ id: 9, open: 8n })).rejects.toThrow("8 is outside 0 to 7");
    // @ts-expect-error Type '"view"' is not assignable to type
    expect(() => Room.objects.filter({ has__has: "view" })).toThrow('"view" is not one of "bath", "desk"');
    // @ts-expect-error Type 'string' is not assignable
    expect(() => Room.objects.filter({ has__contains: "bath" })).toThrow("expected a list of words");
    // @ts-expect-error Type 'boolean' is not assignable
    expect(() => Room.objects.filter({ open__contains: true })).toThrow("expected a whole number");
    expect(() => Room.objects.filter({ has__contains: [undefined as never] })).toThrow(FieldError);
  });
});

describe("What they are declared with", () => {
  it.each([
    ["no words", () => setColumn([]), "expected different texts"],
    ["a word twice", () => setColumn(["a", "a"]), "expected different texts"],
    ["a comma", () => setColumn(["a,b"]), "no word with a comma"],
    ["a space at the end", () => setColumn(["a "]), "drops a space"],
    ["65 words", () => setColumn(Array.from({ length: 65 }, (_, at) => `w${at}`)), "64 at most"],
    ["no bits", () => bitColumn(0), "from 1 to 64"],
    ["65 bits", () => bitColumn(65), "from 1 to 64"],
  ])("refuses %s", (_, declare, message) => {
    expect(declare).toThrow(ConfigurationError);
    expect(declare).toThrow(message);
  });
});
