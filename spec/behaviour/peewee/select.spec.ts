import { inspect } from "node:util";
import { beforeEach, expect, it } from "vitest";
import { Avg, Count, F, FieldError, Length, Max, type QueryEvent, Sum, Upper } from "dunder-orm";
import type { Select } from "dunder-orm/peewee";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Book, models, seed, Writer } from "./library.js";

onEngines("peewee select", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  beforeEach(seed);

  it("select(): whole rows, instances of the model", async () => {
    const rows = await Book.select().where({ pages__gt: 160 }).orderBy("-pages").execute();
    expect(rows.map((row) => row.title)).toEqual(["Island", "Waves", "Ape"]);
    expect(rows[0]).toBeInstanceOf(Book);
  });

  it("select(…fields): instances with these, and with what is worked out for each", async () => {
    const [row] = await Book.select("title", { long: Length("title") })
      .orderBy("title")
      .execute();
    expect([row?.title, row?.long, row instanceof Book]).toEqual(["Ape", 3, true]);
    expect(() => row?.pages).toThrow("pages");
    const more = Book.select("title")
      .selectExtend("pages", { loud: Upper("title") })
      .where({ title: "Ape" });
    const extended = await more.get();
    expect([extended.title, extended.pages, extended.loud]).toEqual(["Ape", 200, "APE"]);
  });

  it("fields of related rows come in a graph of rows", async () => {
    const [row] = await Book.select("title", "writer__name").where({ title: "Waves" }).execute();
    expect(row?.writer?.name).toBe("Woolf");
    expect(() => row?.writer?.born).toThrow("born");
  });

  it("dicts(), tuples(), objects(make): other shapes of the same rows", async () => {
    const select = Book.select("title", "writer__name", { half: F("pages").div(2) })
      .orderBy("title")
      .limit(1);
    expect(await select.dicts().execute()).toEqual([{ title: "Ape", writer__name: "Huxley", half: 100 }]);
    expect(await select.tuples().execute()).toEqual([["Ape", "Huxley", 100]]);
    expect(await select.objects((row) => `${row.title} by ${row.writer__name}`).execute()).toEqual(["Ape by Huxley"]);
    expect((await select.dicts().objects().execute())[0]).toBeInstanceOf(Book);
    const [whole] = await Writer.select().where({ name: "Woolf" }).dicts().execute();
    expect(whole).toEqual({ id: whole?.id, name: "Woolf", born: 1882 });
    expect(await Writer.select().where({ name: "Woolf" }).tuples().execute()).toEqual([[whole?.id, "Woolf", 1882]]);
  });

  it("where: ANDs with earlier ones; orwhere ORs with all of them", async () => {
    const titles = async (select: Select<Book>) => (await select.orderBy("title").execute()).map((row) => row.title);
    const long = Book.select().where({ pages__gte: 200 }).where({ writer__name: "Woolf" });
    expect(await titles(long)).toEqual(["Waves"]);
    expect(await titles(long.orwhere({ title: "Ape" }))).toEqual(["Ape", "Waves"]);
    expect(await titles(Book.select().orwhere({ title: "Ape" }).where({ pages: 1 }))).toEqual([]);
  });

  it("group_by, having, order_by: groups are plain objects, in whichever order it is said", async () => {
    const books = { n: Count("id"), sum: Sum("pages") };
    const byWriter = Book.select("writer__name", books).orderBy("-n", "writer__name").groupBy("writer__name");
    expect(await byWriter.execute()).toEqual([
      { writer__name: "Huxley", n: 2, sum: 500 },
      { writer__name: "Woolf", n: 2, sum: 400 },
    ]);
    expect(await byWriter.having({ sum__gt: 450 }).execute()).toHaveLength(1);
    expect(await byWriter.where({ pages__gt: 260 }).tuples().execute()).toEqual([["Huxley", 1, 300]]);
    expect(await byWriter.count()).toBe(2);
    expect(await Book.select().groupBy("writer").orderBy("writer").execute()).toHaveLength(2);
    expect(() => Book.select("title", books).groupBy("writer").sql()).toThrow(FieldError);
  });

  it("aggregates alone take all rows together", async () => {
    const totals = Book.select({ n: Count("*"), most: Max("pages"), mean: Avg("pages") }).where({ pages__lt: 300 });
    expect(await totals.execute()).toEqual([{ n: 3, most: 250, mean: 200 }]);
    expect(await totals.get()).toEqual({ n: 3, most: 250, mean: 200 });
    expect(await Book.select({ n: Count("*") }).scalar()).toBe(4);
    expect(totals.sql().sql.toLowerCase()).toContain("count(*)");
  });

  it("order_by() replaces, and clears; order_by_extend adds", async () => {
    const select = Book.select("title").orderBy("-pages");
    expect((await select.orderBy("title").first())?.title).toBe("Ape");
    expect(select.orderBy().sql().sql.toLowerCase()).not.toContain("order by");
    const two = await Book.select("title").orderBy("writer__name").orderByExtend("-title").scalars();
    expect(two).toEqual(["Island", "Ape", "Waves", "Orlando"]);
  });

  it("count() honours limits, unless they are cleared", async () => {
    const select = Book.select().orderBy("title").limit(3);
    expect(await select.count()).toBe(3);
    expect(await select.count({ clearLimit: true })).toBe(4);
    expect(await Book.count()).toBe(4);
  });

  it("get(): the first row, several are no error; none is DoesNotExist", async () => {
    expect((await Book.select().where({ writer__name: "Huxley" }).orderBy("title").get()).title).toBe("Ape");
    await expect(Book.select().where({ pages: 0 }).get()).rejects.toThrow(Book.DoesNotExist);
    expect(await Book.select().where({ pages: 0 }).getOrNone()).toBeNull();
  });

  it("first(), first(n): null or an empty list; no order that nobody asked for", async () => {
    events.length = 0;
    expect(await Book.select().where({ pages: 0 }).first()).toBeNull();
    expect(events.at(-1)?.sql.toLowerCase()).not.toContain("order by");
    expect(await Book.select().orderBy("title").first(2)).toHaveLength(2);
    expect(await Book.select().where({ pages: 0 }).first(2)).toEqual([]);
  });

  it("scalar, scalars, exists, paginate, distinct", async () => {
    expect(await Book.select("title").orderBy("title").scalar()).toBe("Ape");
    expect(await Book.select("title").where({ pages: 0 }).scalar()).toBeNull();
    expect(await Book.select("title").where({ pages: 0 }).exists()).toBe(false);
    expect(await Book.select("title").orderBy("title").paginate(2, 3).scalars()).toEqual(["Waves"]);
    expect(await Book.select("title").orderBy("title").paginate(0, 1).scalars()).toEqual(["Ape"]);
    const names = await Book.select("writer__name").dicts().distinct().orderBy("writer__name").execute();
    expect(names).toEqual([{ writer__name: "Huxley" }, { writer__name: "Woolf" }]);
  });

  it("join: inner leaves out rows without, left keeps them, load brings the row along", async () => {
    await Book.create({ title: "Anonymous", writer: null });
    expect(await Book.select().join("writer").count()).toBe(4);
    expect(await Book.select().join("writer", { left: true }).count()).toBe(5);
    events.length = 0;
    const rows = await Book.select().join("writer", { load: true }).where({ title: "Ape" }).execute();
    expect(rows[0]?.writer?.name).toBe("Huxley");
    expect(events).toHaveLength(1);
    const counted = Writer.select("name", { n: Count("books") })
      .groupBy("name")
      .orderBy("name");
    expect(await counted.execute()).toEqual([
      { name: "Beckett", n: 0 },
      { name: "Huxley", n: 2 },
      { name: "Woolf", n: 2 },
    ]);
    expect(await counted.join("books").count()).toBe(2);
  });

  it("alias: a model joined with itself", async () => {
    const longer = Book.select("title")
      .join(Book.alias("other"), { other__writer: F("writer"), other__pages__gt: F("pages") })
      .selectExtend("other__title")
      .orderBy("title");
    expect(await longer.tuples().execute()).toEqual([
      ["Ape", "Island"],
      ["Orlando", "Waves"],
    ]);
  });

  it("union, unionAll, intersect, except", async () => {
    const long = Book.select("title").dicts().where({ pages__gte: 200 });
    const huxley = Book.select("title").dicts().where({ writer__name: "Huxley" });
    const titles = async (select: { execute(): Promise<{ title: string }[]> }) =>
      (await select.execute()).map((row) => row.title);
    expect(await titles(long.union(huxley).orderBy("title"))).toEqual(["Ape", "Island", "Waves"]);
    expect(await titles(long.unionAll(huxley))).toHaveLength(5);
    expect(await titles(long.intersect(huxley).orderBy("title"))).toEqual(["Ape", "Island"]);
    expect(await titles(long.except(huxley))).toEqual(["Waves"]);
    expect(() => long.union(huxley).where({ pages: 1 })).toThrow("comes before union");
  });

  it("a select stands where lookups take a queryset", async () => {
    const woolf = Writer.select().where({ name: "Woolf" });
    expect(await Book.select().where({ writer__in: woolf }).count()).toBe(2);
    const titles = Book.select("title").dicts().where({ pages__lt: 160 });
    expect(await Book.select("title").where({ title__in: titles }).scalars()).toEqual(["Orlando"]);
  });

  it("for await: rows of a model, and of a select, as they come", async () => {
    const titles: string[] = [];
    for await (const book of Book) titles.push(book.title);
    expect(titles.toSorted()).toEqual(["Ape", "Island", "Orlando", "Waves"]);
    const lengths: number[] = [];
    for await (const { n } of Book.select({ n: Length("title") }).orderBy("title")) lengths.push(n);
    expect(lengths).toEqual([3, 6, 7, 5]);
    const made: string[] = [];
    for await (const row of Book.select("title")
      .orderBy("title")
      .objects((one) => `<${one.title}>`))
      made.push(row);
    expect(made[0]).toBe("<Ape>");
  });

  it("sql(): the statement and its parameters, nothing sent; a select is immutable and no promise", () => {
    events.length = 0;
    const select = Book.select("title").where({ pages: 200 });
    const narrowed = select.where({ title: "x" });
    expect(select.sql().parameters).toEqual([200]);
    expect(narrowed.sql().parameters).toEqual([200, "x"]);
    expect(events).toEqual([]);
    expect("then" in select).toBe(false);
    expect(inspect(select)).toBe("[a SELECT of Book, not run yet: await ….execute()]");
  });

  it("refuses wrong names, as querysets do", async () => {
    const wrong = Book as unknown as { select(...names: unknown[]): { execute(): Promise<unknown> } };
    await expect(wrong.select("titel").execute()).rejects.toThrow('Did you mean "title"?');
    expect(() => Book.select().join("writer", { lft: true } as object)).toThrow('Did you mean "left"?');
    expect(() => Book.select().join(3 as never)).toThrow("takes the name of a relation");
    expect(() => Book.select().objects("x" as never)).toThrow("takes a function");
    expect(() => Book.select().groupBy("writer").objects()).toThrow("groups of rows are no rows");
  });
});
