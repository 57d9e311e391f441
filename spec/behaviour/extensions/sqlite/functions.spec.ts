import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  ConfigurationError,
  Count,
  Database,
  DatabaseProxy,
  F,
  fields,
  FieldError,
  manager,
  Model,
  NotSupportedError,
  Q,
  Value,
  Window,
} from "dunder-orm";
import { sqlite } from "dunder-orm/sqlite";
import { readsBesideWriter } from "../../../support/drivers.js";
import { onEngines, useDatabase } from "../../../support/engines.js";

class Note extends Model("fn_note", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100, null: true }),
  n: fields.integer({ null: true }),
  big: fields.bigInteger({ null: true }),
  price: fields.decimal({ precision: 10, scale: 2, null: true }),
  done: fields.boolean({ default: false }),
  at: fields.datetime({ null: true }),
  data: fields.json<{ tags: string[] }>({ null: true }),
  bytes: fields.binary({ null: true }),
}) {
  static objects = manager(this);
}

class Counted extends Model(
  "counted",
  { n: fields.integer({ primaryKey: true }), upTo: fields.integer(), from: fields.integer({ null: true }) },
  { managed: false },
) {
  static objects = manager(this);
}

class Split extends Model(
  "split_text",
  {
    place: fields.integer({ primaryKey: true }),
    word: fields.text({ null: true }),
    at: fields.datetime({ null: true }),
    data: fields.json({ null: true }),
    exact: fields.decimal({ precision: 6, scale: 2, null: true }),
    text: fields.text(),
  },
  { managed: false },
) {
  static objects = manager(this);
}

/** A promise that somebody else fulfils. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

const AT = new Date("2024-01-31T10:20:30.456Z");

onEngines("Functions of JavaScript in SQL", (engine) => {
  const spec = useDatabase(engine, [Note, Counted, Split].slice(0, engine.name === "sqlite" ? 3 : 1));

  if (engine.name !== "sqlite") {
    it("are refused where the database is none of SQLite", async () => {
      expect(() => sqlite(spec.db)).toThrow(NotSupportedError);
      const proxy = new DatabaseProxy();
      const early = sqlite(proxy);
      proxy.initialize(spec.db);
      expect(() => sqlite(proxy)).toThrow(NotSupportedError);
      await expect(early.pragma("cache_size")).rejects.toThrow(NotSupportedError);
      expect(() => sqlite(spec.db)).toThrow(/sqlite\(db\) is for a database of SQLite, and this one is/);
      const other = new Database("sqlite::memory:");
      const shout = sqlite(other).function("shout", { arguments: ["text"], result: "text" }, (x) => x && `${x}!`);
      await expect(Note.objects.annotate({ x: shout("title") }).all()).rejects.toThrow(
        /The function "shout" is SQLite's/,
      );
      const most = sqlite(other).aggregate("most", {
        of: "integer",
        result: "integer",
        start: () => 0,
        step: (state, x) => Math.max(state, x),
        finish: (state) => state,
      });
      await expect(Note.objects.aggregate({ x: most("n") })).rejects.toThrow(/The aggregate "most" is SQLite's/);
      await other.close();
    });
    return;
  }

  const rows = async () => {
    await Note.objects.delete({ all: true });
    await Note.objects.bulkCreate([
      {
        id: 1,
        title: "Ünï code",
        n: 1,
        big: 2n ** 60n + 1n,
        price: "12.50",
        done: true,
        at: AT,
        data: { tags: ["a"] },
        bytes: new Uint8Array([1, 2]),
      },
      { id: 2, title: "", n: 2, big: -5n, price: "0.10" },
      { id: 3 },
    ]);
  };

  it("take and give the values of fields, and null for NULL", async () => {
    await rows();
    const seen: unknown[] = [];
    const lite = sqlite(spec.db);
    const look = lite.function(
      "look",
      {
        arguments: ["text", "integer", "bigInteger", "decimal", "boolean", "datetime", "json", "binary", "float"],
        result: "json",
      },
      (...args) => {
        seen.push(args);
        return args.map((arg) => typeof arg);
      },
    );
    const found = await Note.objects
      .orderBy("id")
      .values({ x: look("title", "n", "big", "price", "done", "at", "data", "bytes", 1.5) })
      .all();
    expect(seen[0]).toEqual([
      "Ünï code",
      1,
      2n ** 60n + 1n,
      "12.50",
      true,
      AT,
      { tags: ["a"] },
      new Uint8Array([1, 2]),
      1.5,
    ]);
    expect(seen[2]).toEqual([null, null, null, null, false, null, null, null, 1.5]);
    expect(found[0]?.x).toEqual([
      "string",
      "number",
      "bigint",
      "string",
      "boolean",
      "object",
      "object",
      "object",
      "number",
    ]);
  });

  it("give values of every kind as fields have them", async () => {
    await rows();
    const lite = sqlite(spec.db);
    const one = Note.objects.filter({ id: 1 });
    const given = async (qs: { get(): Promise<{ x: unknown }> }) => (await qs.get()).x;
    const whole = lite.function("whole", { arguments: ["integer"], result: "integer" }, (n) => (n ?? 0) * 2);
    const big = lite.function("huge", { arguments: ["bigInteger"], result: "bigInteger" }, (n) => (n ?? 0n) + 1n);
    const exact = lite.function("exact", { arguments: ["decimal"], result: "decimal", scale: 2 }, (x) => x);
    const truth = lite.function("truth", { arguments: ["boolean"], result: "boolean" }, (x) => !(x ?? false));
    const moment = lite.function("moment", { arguments: ["datetime"], result: "datetime" }, (x) =>
      x === null ? null : new Date(x.getTime() + 1),
    );
    const bytes = lite.function("reversed_bytes", { arguments: ["binary"], result: "binary" }, (x) => x?.toReversed());
    const half = lite.function("half", { arguments: ["float"], result: "float" }, (x) => (x ?? 0) / 2);
    expect(await given(one.values({ x: whole("n") }))).toBe(2);
    expect(await given(one.values({ x: big("big") }))).toBe(2n ** 60n + 2n);
    expect(await given(one.values({ x: exact("price") }))).toBe("12.50");
    expect(await given(one.values({ x: truth("done") }))).toBe(false);
    expect(await given(one.values({ x: moment("at") }))).toEqual(new Date(AT.getTime() + 1));
    expect(await given(one.values({ x: bytes("bytes") }))).toEqual(new Uint8Array([2, 1]));
    expect(await given(one.values({ x: half(3) }))).toBe(1.5);
    expect(await given(Note.objects.filter({ id: 3 }).values({ x: bytes("bytes") }))).toBeNull();
  });

  it("stand wherever expressions do", async () => {
    await rows();
    const initials = sqlite(spec.db).function(
      "initials",
      { arguments: ["text"], result: "text", deterministic: true },
      (name) => name && [...name].slice(0, 1).join(""),
    );
    const annotated = Note.objects.annotate({ short: initials("title") });
    expect(await annotated.filter({ short__iexact: "ü" }).count()).toBe(1);
    expect(await annotated.filter({ short__isnull: true }).valuesList("id", { flat: true }).all()).toEqual([3]);
    expect(
      await annotated.exclude({ short: "Ü" }).orderBy("-short", "-id").valuesList("id", { flat: true }).all(),
    ).toEqual([2, 3]);
    expect(
      await Note.objects
        .values({ short: initials("title") })
        .annotate({ rows: Count("id") })
        .count(),
    ).toBe(3);
    await Note.objects.filter({ id: 2 }).update({ title: initials(Value("xyz")) });
    expect((await Note.objects.get({ id: 2 })).title).toBe("x");
    expect(await Note.objects.filter(initials("title").eq("x")).exists()).toBe(true);
    await spec.db.atomic(async () => {
      expect(await annotated.filter({ short: "x" }).count()).toBe(1);
      const inside = sqlite(spec.db).function("inside", { arguments: ["text"], result: "text" }, (x) => x);
      expect(await Note.objects.filter(inside("title").eq("x")).count()).toBe(1);
    });
  });

  it.skipIf(!readsBesideWriter)(
    "are known to every connection: of streams, of reads beside a writer, and to those opened later",
    async () => {
      await rows();
      const lite = sqlite(spec.db);
      const early = lite.function("early", { arguments: ["integer"], result: "integer" }, (n) => (n ?? 0) + 1);
      const read = async () => {
        const ids: unknown[] = [];
        for await (const row of Note.objects.orderBy("id").annotate({ x: early("n") })) ids.push(row.x);
        return ids;
      };
      expect(await read()).toEqual([2, 3, 1]);
      // In the middle of a stream its connection takes nothing in: it does when it is over.
      for await (const row of Note.objects
        .orderBy("id")
        .annotate({ x: early("n") })
        .iterator({ chunkSize: 1 })) {
        if (row.id > 1) continue;
        const late = lite.function("late", { arguments: ["integer"], result: "integer" }, (n) => (n ?? 0) * 10);
        expect(
          await Note.objects
            .annotate({ x: late("n") })
            .filter({ x: 20 })
            .count(),
        ).toBe(1);
      }
      const late = lite.function("late", { arguments: ["integer"], result: "integer" }, (n) => (n ?? 0) * 10);
      const found: unknown[] = [];
      for await (const row of Note.objects.orderBy("id").annotate({ x: late("n") })) found.push(row.x);
      expect(found).toEqual([10, 20, 0]);
      const begun = gate();
      const isRead = gate();
      const block = spec.db.atomic(async () => {
        await Note.objects.filter({ id: 1 }).update({ n: 6 });
        begun.open();
        await isRead.opened;
      });
      await begun.opened;
      // Beside the writer, which is not done yet.
      expect(
        await Note.objects
          .annotate({ x: late("n") })
          .filter({ x: 10 })
          .count(),
      ).toBe(1);
      isRead.open();
      await block;
      await spec.db.close();
      await spec.db.connect();
      expect(
        await Note.objects
          .annotate({ x: late("n") })
          .filter({ x: 60 })
          .count(),
      ).toBe(1);
    },
  );

  it("may be defined before the database is told where it is", async () => {
    const db = new Database(null);
    const twice = sqlite(db).function("twice", { arguments: ["integer"], result: "integer" }, (n) => (n ?? 0) * 2);
    await db.init("sqlite::memory:");
    await db.createTables([Note]);
    await Note.objects.using(db).create({ id: 1, n: 21 });
    expect(
      (
        await Note.objects
          .using(db)
          .annotate({ x: twice("n") })
          .get()
      ).x,
    ).toBe(42);
    await db.close();
  });

  it("may be told to a proxy, before and after it stands for a database, and for each that it comes to stand for", async () => {
    const proxy = new DatabaseProxy();
    const lite = sqlite(proxy);
    const twice = lite.function("twice", { arguments: ["integer"], result: "integer" }, (n) => (n ?? 0) * 2);
    await expect(lite.pragma("cache_size")).rejects.toThrow(/this DatabaseProxy was not told its database yet/);
    await using one = new Database("sqlite::memory:");
    await using two = new Database("sqlite::memory:");
    for (const db of [one, two]) {
      proxy.initialize(db);
      await proxy.createTables([Note]);
      await Note.objects.using(proxy).create({ id: 1, n: 21 });
      await lite.pragma("cache_size", -3000);
      expect(await sqlite(db).pragma("cache_size")).toBe(-3000);
    }
    // What is there already is not told again: a file cannot be attached twice.
    await lite.attach("beside", join(tmpdir(), `dunder-beside-${process.pid}.sqlite`));
    try {
      for (const db of [two, one, two]) proxy.initialize(db);
      expect(await sqlite(one).pragma("cache_size")).toBe(-3000);
    } finally {
      await lite.detach("beside");
      await sqlite(one).detach("beside");
      for (const end of ["", "-shm", "-wal"]) {
        await rm(join(tmpdir(), `dunder-beside-${process.pid}.sqlite${end}`), { force: true });
      }
    }
    const thrice = sqlite(proxy).function("thrice", { arguments: ["integer"], result: "integer" }, (n) => (n ?? 0) * 3);
    const both = Note.objects.values({ two: twice("n"), three: thrice("n") });
    expect(await both.using(two).get()).toEqual({ two: 42, three: 63 });
    expect(
      await Note.objects
        .using(one)
        .values({ two: twice("n") })
        .get(),
    ).toEqual({ two: 42 });
    await expect(both.using(one).get()).rejects.toThrow(/no such function/);
  });

  it("may be told to the alias of a database, and to a database as a schema sees it", async () => {
    const lite = sqlite("fn_spec_alias");
    const of = { arguments: ["integer"], result: "integer" } as const;
    expect(() => lite.function("twice", of, (n) => n)).toThrow(/sqlite\(db\): no database is called "fn_spec_alias"/);
    expect(() => sqlite("sqlite::memory:")).toThrow(/looks like a URL/);
    await using db = new Database("sqlite::memory:", { alias: "fn_spec_alias" });
    const twice = lite.function("twice", of, (n) => (n ?? 0) * 2);
    const thrice = await db.withSchema("main", () =>
      Promise.resolve(sqlite("fn_spec_alias").function("thrice", of, (n) => (n ?? 0) * 3)),
    );
    await db.createTables([Note]);
    await Note.objects.using("fn_spec_alias").create({ id: 1, n: 21 });
    const found = Note.objects.using(db).values({ two: twice("n"), three: thrice("n") });
    expect(await found.get()).toEqual({ two: 42, three: 63 });
    await lite.pragma("cache_size", -3000);
    expect(await sqlite(db).pragma("cache_size")).toBe(-3000);
  });

  it("throw what they throw, and leave the database in order", async () => {
    await rows();
    class Mine extends Error {}
    const fail = sqlite(spec.db).function("fail", { arguments: ["integer"], result: "integer" }, (n) => {
      if (n === 2) throw new Mine("no twos");
      return n;
    });
    await expect(Note.objects.annotate({ x: fail("n") }).all()).rejects.toThrow(Mine);
    await expect(Note.objects.update({ n: fail("n") }, { all: true })).rejects.toThrow("no twos");
    expect(await Note.objects.orderBy("id").valuesList("n", { flat: true }).all()).toEqual([1, 2, null]);
  });

  it("are refused for values of another kind, and for promises", async () => {
    await rows();
    const lite = sqlite(spec.db);
    const wrong = lite.function("wrong", { arguments: ["integer"], result: "integer" }, () => "text" as never);
    await expect(Note.objects.annotate({ x: wrong("n") }).all()).rejects.toThrow(
      /The function "wrong" gave string "text"/,
    );
    const slow = lite.function("slow", { arguments: [], result: "integer" }, (() => Promise.resolve(1)) as never);
    await expect(Note.objects.annotate({ x: slow() }).all()).rejects.toThrow(/gave a promise/);
  });

  it("take many arguments where they are variadic, and a place in an index where they are deterministic", async () => {
    await rows();
    const joined = sqlite(spec.db).function(
      "joined",
      { arguments: ["text", "text"], variadic: true, result: "text", deterministic: true },
      (...texts) => texts.filter((text) => text !== null).join("|"),
    );
    const found = await Note.objects
      .filter({ id: 1 })
      .values({ x: joined(Value("a"), Value("b"), "title", Value("c")) })
      .get();
    expect(found.x).toBe("a|b|Ünï code|c");
    expect(
      (
        await Note.objects
          .filter({ id: 1 })
          .values({ x: joined(Value("a")) })
          .get()
      ).x,
    ).toBe("a");
    expect(() => joined()).toThrow(FieldError);
  });

  it("refuse wrong definitions by name", () => {
    const lite = sqlite(spec.db);
    const of = { arguments: ["text"], result: "text" } as const;
    const id = (x: string | null) => x;
    expect(() => lite.function("lower", of, id)).toThrow(/SQLite has a function "lower" of its own/);
    expect(() => lite.function("json_x", of, id)).toThrow(ConfigurationError);
    expect(() => lite.function("a b", of, id)).toThrow(/is no name for it/);
    expect(() => lite.function("dunder_x", of, id)).toThrow(/nor with "dunder_"/);
    expect(() => lite.function("x", { ...of, result: "txt" } as never, id as never)).toThrow(/is no kind of field/);
    expect(() => lite.function("x", { ...of, arguments: "text" } as never, id as never)).toThrow(
      /arguments is a list of kinds/,
    );
    expect(() => lite.function("x", { ...of, deterministc: true } as never, id as never)).toThrow(
      /no option "deterministc"/,
    );
    expect(() => lite.function("x", of, 5 as never)).toThrow(/the function itself, got number 5/);
    expect(() => lite.function(undefined as never, of, id)).toThrow(/got undefined|undefined is no name/);
    expect(() => sqlite({} as never)).toThrow(/sqlite\(db\): expected a Database or the alias of one/);
    const initials = lite.function("x", of, id);
    expect(() => initials("a", "b")).toThrow(/x takes 1 argument, got 2/);
    expect(() => initials({} as never)).toThrow(/expected the path of a field/);
  });

  describe("aggregates", () => {
    const product = () =>
      sqlite(spec.db).aggregate("product", {
        of: "integer",
        result: "integer",
        start: () => ({ all: [] as number[] }),
        step: (state, x) => {
          state.all.push(x);
          return state;
        },
        inverse: (state) => {
          state.all.shift();
          return state;
        },
        finish: ({ all }) => all.reduce((whole, x) => whole * x, 1),
      });

    it("work over groups, with filters, distinct and defaults, without NULLs", async () => {
      await rows();
      await Note.objects.bulkCreate([
        { id: 4, n: 3, done: true },
        { id: 5, n: 3, done: true },
      ]);
      const of = product();
      expect(await Note.objects.aggregate({ x: of("n") })).toEqual({ x: 18 });
      expect(await Note.objects.aggregate({ x: of("n", { distinct: true }) })).toEqual({ x: 6 });
      expect(await Note.objects.aggregate({ x: of("n", { filter: Q({ done: true }) }) })).toEqual({ x: 9 });
      const groups = await Note.objects
        .values("done")
        .annotate({ x: of("n") })
        .orderBy("done")
        .all();
      expect(groups).toEqual([
        { done: false, x: 2 },
        { done: true, x: 9 },
      ]);
      expect(
        await Note.objects
          .values("done")
          .annotate({ x: of("n") })
          .filter({ x__gt: 5 })
          .count(),
      ).toBe(1);
    });

    it("go over windows where they can take values out again", async () => {
      await rows();
      await Note.objects.filter({ id: 3 }).update({ n: 5 });
      const over = Window(product()("n"), { orderBy: "id", frame: { type: "rows", start: -1, end: 0 } });
      const found = await Note.objects.annotate({ x: over }).orderBy("id").valuesList("x", { flat: true }).all();
      expect(found).toEqual([1, 2, 10]);
      expect(await Note.objects.annotate({ x: over }).filter({ x: 10 }).count()).toBe(1);
    });

    it("are refused for parts that are no functions", () => {
      const whole = {
        of: "integer",
        result: "integer",
        start: () => 0,
        step: (s: number) => s,
        finish: () => 0,
      } as const;
      expect(() => sqlite(spec.db).aggregate("x", { ...whole, step: 5 as never })).toThrow(/step is a function/);
      expect(() => sqlite(spec.db).aggregate("x", { ...whole, inverse: 5 as never })).toThrow(/inverse is a function/);
      expect(() => sqlite(spec.db).aggregate("sum", whole)).toThrow(/of its own/);
      expect(() => sqlite(spec.db).aggregate("x", { ...whole, result2: 1 } as never)).toThrow(/no option "result2"/);
    });
  });

  it("order texts as a collation would", async () => {
    await rows();
    await Note.objects.filter({ id: 2 }).update({ title: "The zebra" });
    await Note.objects.filter({ id: 3 }).update({ title: "apple" });
    const withoutThe = sqlite(spec.db).collation("without_the", (title) => title.replace(/^The /, "").toLowerCase());
    const ids = await Note.objects.orderBy(withoutThe("title")).valuesList("id", { flat: true }).all();
    expect(ids).toEqual([3, 2, 1]);
    expect(await Note.objects.filter(withoutThe("title").eq("zebra")).count()).toBe(1);
    expect(await Note.objects.orderBy(withoutThe("title").desc()).valuesList("id", { flat: true }).first()).toBe(1);
  });

  describe("tables", () => {
    it("are filtered by their parameters, joined, counted and aggregated", async () => {
      await rows();
      sqlite(spec.db).table(Counted, {
        parameters: ["upTo", "from"],
        *rows(upTo = 0, from) {
          for (let n = from ?? 1; n <= upTo; n += 1) yield { n };
        },
      });
      const upTo = Counted.objects.filter({ upTo: 4 });
      expect(await upTo.valuesList("n", { flat: true }).all()).toEqual([1, 2, 3, 4]);
      expect(await upTo.filter({ from: 3, n__gt: 3 }).valuesList("n", { flat: true }).all()).toEqual([4]);
      expect(await upTo.count()).toBe(4);
      expect(await Counted.objects.count()).toBe(0);
      const joined = Note.objects.join(Counted.alias("k"), { k__upTo: F("n") }).orderBy("id", "k__n");
      expect(await joined.valuesList("id", "k__n").all()).toEqual([
        [1, 1],
        [2, 1],
        [2, 2],
      ]);
      const left = Note.objects.join(Counted.alias("k"), { k__upTo: F("n") }, { left: true });
      expect(await left.filter({ id: 3 }).valuesList("k__n", { flat: true }).all()).toEqual([null]);
      const row = await upTo.filter({ n: 2 }).get();
      expect(row).toBeInstanceOf(Counted);
      expect(row.upTo).toBe(4);
    });

    it("read and write the values of fields", async () => {
      sqlite(spec.db).table(Split, {
        parameters: ["text"],
        rows: (text = "") =>
          text.split(" ").map((word, place) => ({ place, word: word || null, at: AT, data: { word }, exact: "1.50" })),
      });
      const found = await Split.objects.filter({ text: "é  x" }).orderBy("place").all();
      expect(found.map(({ word, at, data, exact }) => [word, at, data, exact])).toEqual([
        ["é", AT, { word: "é" }, "1.50"],
        [null, AT, { word: "" }, "1.50"],
        ["x", AT, { word: "x" }, "1.50"],
      ]);
    });

    it("say what is wrong with their rows, and with how they are defined", async () => {
      const lite = sqlite(spec.db);
      lite.table(Counted, { parameters: ["upTo", "from"], rows: () => [{ n: 1, m: 2 }] as never });
      await expect(Counted.objects.all()).rejects.toThrow(/gave one with "m"/);
      lite.table(Counted, { parameters: ["upTo", "from"], rows: () => [5] as never });
      await expect(Counted.objects.all()).rejects.toThrow(/gave number 5 for one/);
      lite.table(Counted, { parameters: ["upTo", "from"], rows: () => [{ n: "x" }] as never });
      await expect(Counted.objects.all()).rejects.toThrow(/Counted.n: the function of its rows gave string "x"/);
      expect(() => lite.table(Note, { rows: () => [] })).toThrow(/never created: give the model { managed: false }/);
      expect(() => lite.table(Counted, { parameters: ["upto"] as never, rows: () => [] })).toThrow(
        /Did you mean "upTo"/,
      );
      expect(() => lite.table(Counted, { rows: 5 as never })).toThrow(/rows is a function/);
      expect(() => lite.table(Counted, { rows: () => [] })).toThrow(/defined with other parameters already: upTo,from/);
    });
  });
});
