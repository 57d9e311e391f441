import { sql } from "kysely";
import { setTimeout as sleep } from "node:timers/promises";
import { Readable } from "node:stream";
import { beforeEach, expect, it } from "vitest";
import {
  AbortError,
  DataError,
  raw,
  Database,
  fields,
  ForeignKeyViolation,
  manager,
  Model,
  NotNullViolation,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";
import { arrayField, copyCsvIn, copyIn, copyOut, integerRangeField, Range } from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { expectRefusal, onOthers, onPostgres } from "./only.js";

class Shelf extends Model("shelf", { name: fields.string() }) {
  static objects = manager(this);
}

class Item extends Model("item", {
  shelf: () => fields.foreignKey(Shelf, { null: true }),
  name: fields.string({ maxLength: 30, unique: true }),
  text: fields.text({ null: true }),
  big: fields.bigInteger({ default: 7n }),
  price: fields.decimal({ precision: 10, scale: 2, null: true }),
  at: fields.datetime({ null: true }),
  day: fields.date({ null: true }),
  data: fields.json<unknown>({ null: true }),
  bytes: fields.binary({ null: true }),
  flag: fields.boolean({ dbDefault: true }),
  tags: arrayField(fields.text(), { default: () => [] }),
  range: integerRangeField({ null: true }),
  made: fields.datetime({ autoNowAdd: true }),
}) {
  static objects = manager(this);
}

const nasty = {
  text: "tab\tnewline\nreturn\r back\\slash \\N \\. é👍 'quoted' \"double\"",
  price: "-12345678.90",
  at: new Date("1969-12-31T23:59:59.999Z"),
  day: "9999-12-31",
  data: { a: 'x\\y"\n', b: [null, 1.5] },
  bytes: Uint8Array.of(0, 9, 10, 92, 255),
  big: 2n ** 60n,
  tags: ["a,b", 'q"', "\\", "NULL", "tab\t"],
  range: new Range(1, 5),
};

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

async function* numbered(count: number, wrongAt = -1) {
  for (let at = 0; at < count; at += 1) {
    if (at === wrongAt) throw new Error("The source broke.");
    if (at === 1) await sleep(0);
    yield { name: `n${at}`, text: "x".repeat(50) };
  }
}

onPostgres("COPY", (engine) => {
  const use = useDatabase(engine, [Shelf, Item], { pool: { max: 2 } });

  beforeEach(async () => {
    await Item.objects.delete({ all: true });
    await Shelf.objects.delete({ all: true });
  });

  it("writes values of every kind as they are", async () => {
    const shelf = await Shelf.objects.create({ name: "s" });
    expect(
      await copyIn(Item.objects, [
        { name: "one", shelf, ...nasty },
        { name: "two", text: "", shelf: shelf.pk },
      ]),
    ).toBe(2);
    const [one, two] = await Item.objects.orderBy("name").all();
    expect(one).toMatchObject({ ...nasty, name: "one", flag: true });
    expect(one?.range).toEqual(nasty.range);
    expect(one?.shelf?.pk).toBe(shelf.pk);
    expect(one?.made.getTime()).toBeGreaterThan(0);
    expect(two).toMatchObject({ name: "two", text: "", data: null, big: 7n, tags: [], flag: true, price: null });
  });

  it("takes rows as they come, from generators, streams and instances, and keys", async () => {
    expect(await copyIn(Item.objects, numbered(20_000))).toBe(20_000);
    expect(await Item.objects.count()).toBe(20_000);
    expect(await copyIn(Item.objects, Readable.from([{ name: "stream" }]))).toBe(1);
    expect(await copyIn(Item.objects, [new Item({ name: "instance" })])).toBe(1);
    expect(await copyIn(Item.objects, [{ id: 999_999, name: "key" }])).toBe(1);
    expect((await Item.objects.get({ id: 999_999 })).name).toBe("key");
    expect(await copyIn(Item.objects, [])).toBe(0);
    expect(await copyIn(Item.objects.using(use.db), new Set([{ name: "set" }]))).toBe(1);
  });

  it("leaves nothing where something goes wrong midway", async () => {
    await expect(copyIn(Item.objects, numbered(5000, 4000))).rejects.toThrow("The source broke.");
    await expect(copyIn(Item.objects, [{ name: "a" }, { name: "a" }])).rejects.toThrow(UniqueViolation);
    await expect(copyIn(Item.objects, [{ name: "a", shelf: 77 }])).rejects.toThrow(ForeignKeyViolation);
    const error = await copyIn(Item.objects, [{ name: "ok" }, { name: "x".repeat(31) }]).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as Error).message).toMatch(/row 2.*name.*31 characters/s);
    await expect(copyIn(Item.objects, [{ name: "ok" }, { name: "b", flag: false }])).rejects.toThrow(
      /row 2.*flag.*not among/s,
    );
    await expect(copyIn(Item.objects, [{ name: "ok", flag: true }, { name: "b" }])).rejects.toThrow(
      /row 2.*flag.*no value/s,
    );
    const controller = new AbortController();
    const endless = (async function* () {
      yield { name: "first" };
      controller.abort();
      for (let n = 0; ; n += 1) {
        yield { name: `more ${n}` };
        await sleep(1);
      }
    })();
    await expect(copyIn(Item.objects, endless, { signal: controller.signal })).rejects.toThrow(AbortError);
    expect(await Item.objects.count()).toBe(0);
    expect(await Promise.all([Item.objects.count(), Item.objects.count(), Item.objects.exists()])).toEqual([
      0,
      0,
      false,
    ]);
  });

  it("takes the fields that are named", async () => {
    expect(
      await copyIn(Item.objects, [{ name: "a" }, { name: "b", flag: false, text: "t" }], {
        fields: ["name", "flag", "text", "big", "tags", "made"],
      }).catch((error: Error) => error.message),
    ).toMatch(/row 1.*flag/s);
    expect(
      await copyIn(
        Item.objects,
        [
          { name: "a", flag: true },
          { name: "b", flag: false, text: "t" },
        ],
        { fields: ["name", "flag", "text", "big", "tags", "made"] },
      ),
    ).toBe(2);
    expect(await Item.objects.filter({ flag: false, text: "t" }).count()).toBe(1);
    await expect(copyIn(Item.objects, [{ name: "c" }], { fields: ["nmae"] })).rejects.toThrow(/Did you mean "name"/);
  });

  it("is part of the transaction that it runs in", async () => {
    await use.db
      .atomic(async () => {
        await Item.objects.create({ name: "before" });
        expect(await copyIn(Item.objects, numbered(3))).toBe(3);
        expect(await Item.objects.count()).toBe(4);
        throw new Error("undo");
      })
      .catch(() => undefined);
    expect(await Item.objects.count()).toBe(0);
    await use.db.atomic(async () => {
      await expect(use.db.atomic(() => copyIn(Item.objects, numbered(10, 5)))).rejects.toThrow("The source broke.");
      expect(await copyIn(Item.objects, [{ name: "kept" }])).toBe(1);
    });
    expect((await Item.objects.get()).name).toBe("kept");
  });

  it("is told of to those who watch", async () => {
    const seen: string[] = [];
    const db = new Database(await sameUrl(), {
      onQuery: ({ sql, rows, error }) => void seen.push(`${sql} ${rows} ${error === null}`),
    });
    await copyIn(Item.objects.using(db), [{ name: "watched" }]);
    await db.close();
    expect(seen.filter((line) => line.startsWith("COPY"))).toEqual([
      'COPY "item" ("shelf_id", "name", "text", "big", "price", "at", "day", "data", "bytes", "tags", "range", "made") FROM STDIN 1 true',
    ]);
  });

  const sameUrl = async () => {
    const { place } = use.db;
    const url = new URL(await engine.url());
    url.pathname = `/${place.database}`;
    return url.toString();
  };

  it("reads CSV", async () => {
    const csv = ['id,name,text\n1,one,"two\nlines, ""quoted"""\n2,two', ",\n3,drei,ß\n"];
    expect(
      await copyCsvIn(Item.objects, ["id", "name", "text", "big", "tags", "made"], ["1,a,,1,{},2024-01-01\n"]),
    ).toBe(1);
    await Item.objects.delete({ all: true });
    await expect(copyCsvIn(Item.objects, ["id", "name", "text"], csv, { header: true })).rejects.toThrow(
      NotNullViolation,
    );
    expect(
      await copyCsvIn(Shelf.objects, ["id", "name"], Readable.from([Buffer.from("1;one\n2;é"), "👍\n"]), {
        delimiter: ";",
      }),
    ).toBe(2);
    expect((await Shelf.objects.orderBy("id").all()).map(({ name }) => name)).toEqual(["one", "é👍"]);
    await expect(copyCsvIn(Shelf.objects, ["id", "name"], [7] as never)).rejects.toThrow(/a chunk is text or bytes/);
    await expect(copyCsvIn(Shelf.objects, ["id"], "x", { delimiter: "ab" })).rejects.toThrow(/one character/);
  });

  it("writes CSV of any queryset, with whatever values it asks for", async () => {
    await copyIn(Item.objects, [{ name: "a", ...nasty }, { name: "b$1", text: 'x"y', at: null }, { name: "c" }]);
    const csv = await textOf(copyOut(Item.objects.orderBy("name").values("name", "big"), { header: true }));
    expect(csv).toBe("name,big\na,1152921504606846976\nb$1,7\nc,7\n");
    const where = Item.objects.filter({ name__in: ["b$1", "it's"], big__lt: 8n, text__contains: '"', at: null });
    expect(await textOf(copyOut(where.values("name", "text"), { delimiter: "|" }))).toBe('b$1|"x""y"\n');
    expect(
      await textOf(copyOut(Item.objects.filter({ tags__contains: nasty.tags, bytes: nasty.bytes }).values("name"))),
    ).toBe("a\n");
    expect(await textOf(copyOut(Item.objects.filter({ name: "none" }).values("name")))).toBe("");
    expect(await textOf(copyOut(Item.objects.filter({ at__lt: new Date() }).values("name"), { null: "-" }))).toBe(
      "a\n",
    );
  });

  it("writes what it read before, and can be left early", async () => {
    await copyIn(Item.objects, numbered(30_000));
    let size = 0;
    for await (const chunk of copyOut(Item.objects.values("name", "text"))) {
      size += chunk.length;
      if (size > 1000) break;
    }
    expect(size).toBeLessThan(1_700_000);
    expect(await Item.objects.count()).toBe(30_000);
    const all = await textOf(copyOut(Item.objects.values("name")));
    expect(all.split("\n")).toHaveLength(30_001);
    const slow = copyOut(Item.objects.values("name", "text"));
    await slow.next();
    expect(await Item.objects.count()).toBe(30_000);
    await slow.return(undefined);
    expect(await Promise.all([Item.objects.exists(), Item.objects.exists()])).toEqual([true, true]);
  });

  it("tells what the server says midway", async () => {
    await copyIn(Item.objects, numbered(3000));
    await Item.objects.filter({ name: "n2999" }).update({ text: "no number" });
    const broken = Item.objects
      .orderBy("id")
      .annotate({ n: raw(sql`cast(replace("text", 'x', '1') as numeric)`, "float") })
      .values("n");
    await expect(textOf(copyOut(broken))).rejects.toThrow(DataError);
    const aborted = copyOut(Item.objects.values("name"), { signal: AbortSignal.abort() });
    await expect(textOf(aborted)).rejects.toThrow(AbortError);
    expect(await Item.objects.count()).toBe(3000);
  });

  it("refuses what is none", async () => {
    await expect(copyIn({} as never, [])).rejects.toThrow(/rows of a model/);
    await expect(copyIn(Item.objects, 7 as never)).rejects.toThrow(/rows to loop over/);
    await expect(copyIn(Item.objects, [7] as never)).rejects.toThrow(/row 1 is no object/);
    await expect(copyIn(Item.objects, [{ nam: "x" }] as never)).rejects.toThrow(/nam/);
    await expect(textOf(copyOut(7 as never))).rejects.toThrow(/rows of a model/);
    await expect(use.db.atomic(() => textOf(copyOut(Item.objects)))).rejects.toThrow(/atomic block/);
    await expect(textOf(copyOut(Item.objects, { headers: true } as never))).rejects.toThrow(/Did you mean "header"/);
  });
});

onOthers("COPY", (engine) => {
  const use = useDatabase(engine, [Shelf]);

  it("is refused by name", async () => {
    await expectRefusal(() => copyIn(Shelf.objects.using(use.db), [{ name: "x" }]), /copyIn.*bulkCreate/);
    await expectRefusal(() => copyCsvIn(Shelf.objects, ["name"], "x"), /copyCsvIn/);
    await expectRefusal(() => textOf(copyOut(Shelf.objects)), /copyOut/);
  });
});
