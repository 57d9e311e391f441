import { beforeEach, expect, it } from "vitest";
import { fields, manager, Model, QuerySet } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Person extends Model(
  "person",
  {
    name: fields.string({ maxLength: 20 }),
    role: fields.string({ choices: ["boss", "hand"], default: "hand" }),
    boss: () => fields.foreignKey(Boss, { null: true }),
    hands: () => fields.hasMany(Person, "boss"),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
  hello(): string {
    return `I am ${this.name}`;
  }
}

class BossQuery extends QuerySet<Boss> {
  bosses(): this {
    return this.filter({ role: "boss" }).orderBy("-name");
  }

  named(name: string): this {
    return this.filter({ name });
  }
}

/** Rows of the same table with a manager, an order and methods of their own. */
class Boss extends Person {
  static override objects: BossQuery = BossQuery.asManager(this);
  override hello(): string {
    return `${super.hello()}, your boss`;
  }
}

class BigBoss extends Boss {
  static override objects: BossQuery = BossQuery.asManager(this);
}

class Hand extends Person {
  static override objects: QuerySet<Hand> = manager(this);
}

class Desk extends Model("desk", { of: () => fields.foreignKey(Boss), at: fields.string({ maxLength: 9 }) }) {
  static objects = manager(this);
}

onEngines("A proxy", (engine) => {
  // Its table is made once, whichever of its classes come first.
  const holder = useDatabase(engine, [Boss, Desk, Person, BigBoss]);
  beforeEach(async () => {
    await Desk.objects.delete({ all: true });
    await Person.objects.update({ boss: null }, { all: true });
    await Person.objects.delete({ all: true });
  });
  const people = async (): Promise<{ ann: Boss; zoë: Boss; bo: Person }> => {
    const [ann, zoë] = await Boss.objects.bulkCreate([
      { name: "Ann", role: "boss" },
      { name: "Zoë", role: "boss", hands: [{ name: "Cy" }] },
    ]);
    return { ann: ann!, zoë: zoë!, bo: await Person.objects.create({ name: "Bo", boss: ann! }) };
  };

  it("has rows, methods, a manager and an order of its own", async () => {
    await people();
    const bosses = await Boss.objects.bosses().all();
    expect(bosses.map((row) => row.hello())).toEqual(["I am Zoë, your boss", "I am Ann, your boss"]);
    expect(bosses.every((row) => row instanceof Boss && !(row instanceof BigBoss))).toBe(true);
    expect((await Boss.objects.bosses().named("Ann").get()).name).toBe("Ann");
    expect(await BigBoss.objects.named("Bo").get()).toBeInstanceOf(BigBoss);
    expect((await Person.objects.all()).map((row) => [row.name, row instanceof Boss])).toEqual([
      ["Ann", false],
      ["Bo", false],
      ["Cy", false],
      ["Zoë", false],
    ]);
    expect(await Hand.objects.filter({ role: "hand" }).get({ name: "Cy" })).toBeInstanceOf(Hand);
  });

  it("stands wherever its model does, and the other way round", async () => {
    const { ann, zoë, bo } = await people();
    const person = await Person.objects.get({ name: "Ann" });
    expect(await Person.objects.filter({ boss: person }).count()).toBe(1);
    expect(await Person.objects.filter({ boss__in: Boss.objects.bosses() }).count()).toBe(2);
    expect(await Person.objects.filter({ boss__in: Person.objects.filter({ name: "Ann" }) }).count()).toBe(1);
    expect(await Boss.objects.contains(person)).toBe(true);
    expect(await Person.objects.contains(ann)).toBe(true);
    expect(person.equals(ann)).toBe(true);
    bo.boss = zoë;
    await bo.save();
    // What it was made with it knows; what was set elsewhere, once it is read again.
    await zoë.refresh();
    expect(await zoë.hands.count()).toBe(2);
    expect(await (await BigBoss.objects.get({ pk: zoë.pk })).hands.filter({ name: "Bo" }).exists()).toBe(true);
    expect(await Person.objects.filter({ hands__name: "Bo" }).get()).toBeInstanceOf(Person);
    expect(await Person.objects.bulkCreate([new Boss({ name: "Di" })])).toHaveLength(1);
    expect(
      (
        await Person.objects
          .filter({ role: "boss" })
          .or(Person.objects.filter({ name: "Di" }))
          .all()
      ).length,
    ).toBe(3);
  });

  it("is what relations to it give", async () => {
    const { ann } = await people();
    const { boss } = await Person.objects.selectRelated("boss").get({ name: "Bo" });
    expect(boss).toBeInstanceOf(Boss);
    expect(boss?.hello()).toBe("I am Ann, your boss");
    const sparse = (await Person.objects.get({ name: "Bo" })).boss;
    expect(sparse).toBeInstanceOf(Boss);
    expect(await sparse?.load()).toBeInstanceOf(Boss);
    const desk = await Desk.objects.create({ of: ann, at: "left" });
    expect((await Desk.objects.get({ of__name: "Ann" })).equals(desk)).toBe(true);
    expect((await Desk.objects.create({ of: { name: "New", role: "boss" }, at: "x" })).of).toBeInstanceOf(Boss);
  });

  it("saves and deletes the rows of its model", async () => {
    const { zoë } = await people();
    await (await Boss.objects.get({ pk: zoë.pk })).update({ name: "Zed" });
    expect((await Person.objects.get({ pk: zoë.pk })).name).toBe("Zed");
    expect(await Boss.objects.filter({ name: "Ann", hands__name: "Bo" }).update({ role: "hand" })).toBe(1);
    expect(await Boss.objects.bosses().count()).toBe(1);
    const made = await Hand.objects.getOrCreate({ name: "Eve" });
    expect(made[0]).toBeInstanceOf(Hand);
    expect(await made[0].delete()).toEqual({ total: 1, byModel: { Hand: 1 } });
  });

  it("has errors of its own, which are its model's, too", async () => {
    const error: unknown = await Boss.objects.get({ name: "nobody" }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Boss.DoesNotExist);
    expect(error).toBeInstanceOf(Person.DoesNotExist);
    expect(error).not.toBeInstanceOf(BigBoss.DoesNotExist);
    expect(error).not.toBeInstanceOf(Desk.DoesNotExist);
    expect((error as Error).constructor.name).toBe("Boss.DoesNotExist");
    await people();
    const several: unknown = await Boss.objects.get().catch((caught: unknown) => caught);
    expect(several).toBeInstanceOf(Boss.MultipleObjectsReturned);
    expect(several).toBeInstanceOf(Person.MultipleObjectsReturned);
    const base: unknown = await Person.objects.get({ name: "nobody" }).catch((caught: unknown) => caught);
    expect(base).not.toBeInstanceOf(Boss.DoesNotExist);
  });

  it("goes where its model goes", async () => {
    await people();
    const other = await engine.database();
    await other.createTables([Person]);
    Person.bind(other);
    try {
      expect(await Hand.objects.count()).toBe(0);
      expect(await Hand.objects.using(holder.db).count()).toBe(4);
      // It was bound itself.
      expect(await Boss.objects.count()).toBe(4);
    } finally {
      Person.bind(holder.db);
    }
  });
});
