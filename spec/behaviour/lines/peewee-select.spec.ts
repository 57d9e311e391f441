// What peewee tells its users of SELECT, a test a line; docs/coverage.md has the table.
import { beforeEach, expect, it } from "vitest";
import { Count, F, FieldError, Max, type QueryEvent, RowNumber, Window } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { models, Person, Pet, Seat, seed } from "./peewee-models.js";

onEngines("What peewee's users know of SELECT", (engine) => {
  const events: QueryEvent[] = [];
  const base = useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  beforeEach(seed);
  const byName = Person.select("name").orderBy("name");

  it(".execute(): rows in a list, a new key, numbers of rows, keys of many", async () => {
    const rows = await byName.execute();
    expect([rows.length, rows[1]?.name, rows.slice(2).map(({ name }) => name)]).toEqual([3, "Mickey", ["Zaizee"]]);
    const key = await Person.insert({ name: "New" }).execute();
    expect((await Person.getById(key)).name).toBe("New");
    expect(await Seat.insert({ row: 1, number: 2 }).execute()).toEqual([1, 2]);
    expect(
      await Person.update({ age: 1 })
        .where({ name__in: ["New", "Huey"] })
        .execute(),
    ).toBe(2);
    expect(await Person.delete().where({ name: "New" }).execute()).toBe(1);
    // Each row's own key, where peewee tells the last one's.
    const keys = await Person.insertMany([{ name: "x" }, { name: "y" }]).execute();
    expect(await Person.select("name").where({ id__in: keys }).orderBy("name").scalars()).toEqual(["x", "y"]);
    expect(await Person.insertMany([]).execute()).toEqual([]);
  });

  it(".dicts(), .tuples(), .objects(ctor): the same rows otherwise; a select stays what it was", async () => {
    const pets = Pet.select("name", "owner__name").where({ name: "Cat" });
    const [graph] = await pets.execute();
    expect([graph?.name, graph?.owner.name, graph instanceof Pet]).toEqual(["Cat", "Huey", true]);
    expect(await pets.dicts().execute()).toEqual([{ name: "Cat", owner__name: "Huey" }]);
    expect(await pets.tuples().execute()).toEqual([["Cat", "Huey"]]);
    expect(await pets.objects((row) => `${row.name} of ${row.owner__name}`).execute()).toEqual(["Cat of Huey"]);
    expect((await pets.execute())[0]).toBeInstanceOf(Pet);
    expect(() => Pet.select("name", "name").tuples().sql()).toThrow('names "name" twice');
  });

  it(".sql(): text and parameters, and nothing is sent", () => {
    events.length = 0;
    const { sql, parameters } = Person.select("name").where({ age__gt: 3, name: "x" }).sql();
    expect(sql.toLowerCase()).toMatch(/^select .*from .lp_person. where .*age. > .* and .*name. = /);
    expect(parameters).toEqual([3, "x"]);
    expect(events).toEqual([]);
  });

  it("select(*fields), select_extend: all fields, some, expressions, those of other rows", async () => {
    expect(Object.keys((await Person.select().dicts().get()) ?? {})).toEqual(["id", "name", "age", "nick"]);
    const more = Person.select("name").selectExtend("age", { double: F("age").mul(2) });
    expect(await more.where({ name: "Huey" }).dicts().execute()).toEqual([{ name: "Huey", age: 30, double: 60 }]);
    expect(await Person.select({ most: Max("age") }).execute()).toEqual([{ most: 30 }]);
    for (const wrong of [null, undefined, 3, ["name"]]) {
      expect(() => Person.select(wrong as never)).toThrow("takes names of fields, and { name: expression }");
    }
    expect(() => Person.select("nmae" as never).sql()).toThrow('Did you mean "name"?');
  });

  it("join: inner, left, along relations or beside; switch and join_from are paths", async () => {
    expect(await Pet.select().join("sitter").count()).toBe(1);
    expect(await Pet.select().join("sitter", { left: true }).count()).toBe(3);
    const [cat] = await Pet.select().join("owner", { load: true }).join("sitter", { load: true }).execute();
    expect([cat?.owner.name, cat?.sitter?.name]).toEqual(["Huey", "Mickey"]);
    // Two keys to one model are no riddle: the path says which.
    expect(await Pet.select("name").where({ owner__name: "Huey", sitter__name: "Mickey" }).scalars()).toEqual(["Cat"]);
    const beside = Person.select("name").join(
      Pet.alias("kept"),
      { kept__owner: F("pk"), kept__name__ne: "Cat" },
      { left: true },
    );
    const rows = await beside.selectExtend("kept__name").orderBy("name").tuples().execute();
    expect(rows).toEqual([
      ["Huey", "Dog"],
      ["Mickey", "Fish"],
      ["Zaizee", null],
    ]);
    expect(() => Pet.select().join("name" as never)).toThrow('"name" is no relation of Pet. Relations: owner, sitter');
  });

  it("where, orwhere: ANDs with what was said before, ORs with all of it", async () => {
    const young = byName.where({ age__lt: 25 });
    expect(await young.where({ nick__isnull: true }).scalars()).toEqual(["Zaizee"]);
    expect(await young.orwhere({ name: "Huey" }).scalars()).toEqual(["Huey", "Mickey", "Zaizee"]);
    expect(await young.scalars()).toEqual(["Mickey", "Zaizee"]);
    for (const wrong of [null, undefined, "name = 'x'", [{ name: "x" }]]) {
      expect(() => byName.where(wrong as never).sql()).toThrow(FieldError);
    }
    await expect(byName.where({ name: undefined as never }).execute()).rejects.toThrow("undefined");
  });

  it("group_by, having: groups are objects, and what is selected is of the group", async () => {
    const owners = Pet.select("owner__name", { n: Count("*") })
      .groupBy("owner__name")
      .orderBy("owner__name");
    expect(await owners.tuples().execute()).toEqual([
      ["Huey", 2],
      ["Mickey", 1],
    ]);
    expect(await owners.having({ n__gt: 1 }).execute()).toEqual([{ owner__name: "Huey", n: 2 }]);
    expect(() =>
      Pet.select("name", { n: Count("*") })
        .groupBy("owner")
        .sql(),
    ).toThrow(/not what rows are grouped by/);
    expect(() => Pet.select({ n: Count("*") }).groupBy()).toThrow("select aggregates alone");
  });

  it("order_by, order_by_extend: replaces, clears, adds", async () => {
    expect(await byName.orderBy("-age").scalars()).toEqual(["Huey", "Mickey", "Zaizee"]);
    expect(byName.orderBy().sql().sql.toLowerCase()).not.toContain("order by");
    const two = Person.select("name")
      .orderBy(F("nick").asc({ nulls: "last" }))
      .orderByExtend("-name");
    expect(await two.scalars()).toEqual(["Mickey", "Zaizee", "Huey"]);
  });

  it("count: with limits counted in, or without; no order is asked for", async () => {
    events.length = 0;
    expect(await byName.count()).toBe(3);
    expect(events.at(-1)?.sql.toLowerCase()).not.toContain("order by");
    expect(await byName.limit(2).count()).toBe(2);
    expect(await byName.limit(2).offset(2).count()).toBe(1);
    expect(await byName.offset(2).limit(2).count()).toBe(1);
    expect(await byName.limit(1).limit(2).offset(9).offset(1).scalars()).toEqual(["Mickey", "Zaizee"]);
    expect(await byName.limit(2).count({ clearLimit: true })).toBe(3);
    const owners = Pet.select("owner__name").dicts().distinct();
    expect(await owners.limit(1).count({ clearLimit: true })).toBe(2);
    expect([await byName.limit(0).first(), (await byName.limit(2).first(5)).length]).toEqual([null, 2]);
    expect((await byName.offset(1).get()).name).toBe("Mickey");
    await expect(byName.count({ clear_limit: true } as never)).rejects.toThrow('Did you mean "clearLimit"?');
  });

  it(".get() on a query: the first of several, DoesNotExist of none", async () => {
    expect((await byName.get()).name).toBe("Huey");
    await expect(byName.where({ age: 0 }).get()).rejects.toThrow(Person.DoesNotExist);
  });

  it("first(n), peek, get_or_none, scalar, scalars, exists: null or nothing where there are no rows", async () => {
    events.length = 0;
    expect((await Person.select().first())?.pk).toBeGreaterThan(0);
    expect(events.at(-1)?.sql.toLowerCase()).not.toContain("order by");
    const none = byName.where({ age: 0 });
    expect([await none.first(), await none.getOrNone(), await none.scalar(), await none.scalars()]).toEqual([
      ...[null, null, null],
      [],
    ]);
    expect([await none.exists(), await byName.exists(), (await byName.first(2)).length]).toEqual([false, true, 2]);
    expect(await byName.scalar()).toBe("Huey");
  });

  it("iterator, paginate(page, n): pages from 1 on, and what is before is the first", async () => {
    const found: string[] = [];
    for await (const { name } of byName.iterator({ chunkSize: 2 })) found.push(name);
    expect(found).toEqual(["Huey", "Mickey", "Zaizee"]);
    const pages = [1, 2, 3, 0, -5].map((page) => byName.paginate(page, 2).scalars());
    expect(await Promise.all(pages)).toEqual([
      ["Huey", "Mickey"],
      ["Zaizee"],
      [],
      ["Huey", "Mickey"],
      ["Huey", "Mickey"],
    ]);
    for (const wrong of ["2", 1.5, Number.NaN, undefined]) {
      expect(() => byName.paginate(wrong as never, 2)).toThrow("takes whole numbers");
    }
    expect(() => byName.paginate(1, 0)).toThrow("takes whole numbers");
  });

  it("distinct, window, for_update, using", async () => {
    expect(await Pet.select("owner__name").dicts().distinct().count()).toBe(2);
    const place = Window(RowNumber(), { orderBy: "-age" });
    expect(await Person.select("name", { place }).orderBy("place").tuples().execute()).toEqual([
      ["Huey", 1],
      ["Mickey", 2],
      ["Zaizee", 3],
    ]);
    const locked = base.db.atomic(() => byName.forUpdate({ nowait: true }).scalars());
    expect(await locked).toHaveLength(3);
    const distinctOn = Pet.select("name").distinct("owner").orderBy("owner", "name");
    expect(await distinctOn.scalars()).toEqual(["Cat", "Fish"]);
    expect(() => byName.using("nowhere").sql()).toThrow(/no database is called "nowhere"/);
  });

  it("union, intersect, except, union_all; with_cte and lateral by queryset()", async () => {
    const [old, nicked] = [Person.select("name").dicts().where({ age__gt: 15 }), Person.select("name").dicts()];
    const named = async (select: { scalars(): Promise<unknown[]> }) => (await select.scalars()).toSorted();
    expect(await named(old.union(nicked))).toEqual(["Huey", "Mickey", "Zaizee"]);
    expect(await named(old.unionAll(nicked))).toHaveLength(5);
    expect(await named(old.intersect(nicked))).toEqual(["Huey", "Mickey"]);
    expect(await named(nicked.except(old))).toEqual(["Zaizee"]);
    expect(await old.union(nicked).orderBy("-name").limit(1).scalars()).toEqual(["Zaizee"]);
    expect(() => old.union(nicked).where({ age: 1 })).toThrow("comes before union");
    const adults = Person.select().where({ age__gt: 15 }).queryset();
    expect(await Pet.select().where({ owner__in: adults }).count()).toBe(3);
  });
});
