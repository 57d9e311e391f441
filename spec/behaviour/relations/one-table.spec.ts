import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import {
  ConfigurationError,
  Count,
  fields,
  manager,
  Model,
  NotLoadedError,
  QuerySet,
  type QueryEvent,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

const kinds = { kind: fields.string({ maxLength: 5, default: "x" }) };

class Person extends Model("person", {
  name: fields.string({ maxLength: 20 }),
  animals: () => fields.hasMany(Animal, "owner"),
  kennels: () => fields.hasMany(Dog, "breeder"),
}) {
  static objects = manager(this);
}

class Animal extends Model(
  "animal",
  {
    name: fields.string({ maxLength: 20 }),
    kind: fields.string({ maxLength: 10, default: "animal" }),
    owner: () => fields.foreignKey(Person, { null: true }),
    visits: () => fields.hasMany(Visit, "animal"),
  },
  { discriminator: "kind", ordering: ["name"] },
) {
  static objects = manager(this);
  #petted = 0;
  pet(): number {
    return (this.#petted += 1);
  }
  speak(): string {
    return `${this.name} is silent`;
  }
}

class DogQuery extends QuerySet<Dog> {
  big(): this {
    return this.filter({ size__gte: 50 });
  }
}

class Dog extends Animal.variant("dog", {
  size: fields.integer({ null: true }),
  tricks: fields.json<string[]>({ default: () => [] }),
  breeder: () => fields.foreignKey(Person, { null: true }),
}) {
  static objects: DogQuery = DogQuery.asManager(this);
  override speak(): string {
    return `${this.name} barks`;
  }
}

class Cat extends Animal.variant("cat", { lives: fields.smallInteger({ default: 9 }) }) {
  static objects = manager(this);
  // Its constructor has to run.
  mood = "calm";
  override speak(): string {
    return `${this.name} meows`;
  }
}

/** The same rows as a dog's. */
class Puppy extends Dog {
  static override objects: DogQuery = DogQuery.asManager(this);
}

class Visit extends Model("visit", {
  animal: () => fields.foreignKey(Animal),
  guide: () => fields.foreignKey(Dog, { null: true }),
  day: fields.date({ default: "2024-01-02" }),
}) {
  static objects = manager(this);
}

onEngines("Models of one table", (engine) => {
  let events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Visit, Cat, Animal, Dog, Person, Puppy], {
    onQuery: (event) => events.push(event),
  });
  let ann: Person;
  beforeEach(async () => {
    await Visit.objects.delete({ all: true });
    await Animal.objects.delete({ all: true });
    await Person.objects.delete({ all: true });
    ann = await Person.objects.create({ name: "Ann" });
    await Dog.objects.create({ name: "Rex", size: 60, tricks: ["sit"], owner: ann, breeder: ann });
    await Dog.objects.bulkCreate([{ name: "Bo" }]);
    await new Cat({ name: "Mia", lives: 7, owner: ann }).save();
    await Animal.objects.create({ name: "Nemo", kind: "fish" });
    events = [];
  });

  it("are read as what they are, whoever asks for them", async () => {
    const all = await Animal.objects.all();
    expect(all.map((row) => [row.constructor.name, row.speak()])).toEqual([
      ["Dog", "Bo barks"],
      ["Cat", "Mia meows"],
      ["Animal", "Nemo is silent"],
      ["Dog", "Rex barks"],
    ]);
    const rex = all[3] as Dog;
    expect([rex.size, rex.tricks, rex.breeder?.pk, rex.owner?.pk]).toEqual([60, ["sit"], ann.pk, ann.pk]);
    expect((all[1] as Cat).lives).toBe(7);
    expect((all[1] as Cat).mood).toBe("calm");
    expect(all.map((row) => [row.pet(), row.pet()].join())).toEqual(["1,2", "1,2", "1,2", "1,2"]);
    expect(all.map((row) => String(row).replace(/\d+/, "1"))).toEqual([
      "Dog(id=1)",
      "Cat(id=1)",
      "Animal(id=1)",
      "Dog(id=1)",
    ]);
    expect(events).toHaveLength(1);
    const streamed: Animal[] = [];
    for await (const animal of Animal.objects.filter({ owner: ann })) streamed.push(animal);
    expect(streamed.map((row) => row instanceof Dog)).toEqual([false, true]);
    expect((await Animal.objects.first())!).toBeInstanceOf(Dog);
    expect(await Animal.objects.get({ name: "Mia" })).toBeInstanceOf(Cat);
    expect([...(await Animal.objects.inBulk()).values()].filter((row) => row instanceof Cat)).toHaveLength(1);
    expect((await ann.animals.all()).map((row) => row.constructor.name)).toEqual(["Cat", "Dog"]);
  });

  it("have querysets of their own rows, by fields of their own and of their model's", async () => {
    expect((await Dog.objects.big().all()).map((dog) => dog.name)).toEqual(["Rex"]);
    expect(await Dog.objects.count()).toBe(2);
    expect(await Cat.objects.filter({ name__startswith: "M", lives__lt: 9 }).count()).toBe(1);
    expect(await Cat.objects.filter({ name: "Rex" }).exists()).toBe(false);
    expect(await Dog.objects.exclude({ size: 60 }).valuesList("name", { flat: true }).all()).toEqual(["Bo"]);
    expect(await Dog.objects.orderBy("-size", "name").valuesList("name", "owner__name").all()).toContainEqual([
      "Rex",
      "Ann",
    ]);
    expect(await Dog.objects.aggregate({ n: Count("*") })).toEqual({ n: 2 });
    expect(await Dog.objects.filter({ name: "Bo" }).or(Dog.objects.big()).count()).toBe(2);
    expect(
      (await Dog.objects.filter({ name: "Bo" }).union(Dog.objects.big()).all()).every((row) => row instanceof Dog),
    ).toBe(true);
    expect(
      (
        await Animal.objects
          .filter({ name: "Bo" })
          .union(Animal.objects.filter({ name: "Mia" }))
          .all()
      )
        .map((row) => row.constructor.name)
        .sort(),
    ).toEqual(["Cat", "Dog"]);
    expect(await Dog.objects.asCte("dogs").filter({ size__gt: 1 }).count()).toBe(1);
    expect(await Dog.objects.none().count()).toBe(0);
    expect(await Animal.objects.filter({ pk__in: Dog.objects }).count()).toBe(2);
    expect(await Puppy.objects.get({ name: "Rex" })).toBeInstanceOf(Puppy);
    expect(await Puppy.objects.count()).toBe(2);
    await expect(Dog.objects.get({ name: "Mia" })).rejects.toBeInstanceOf(Dog.DoesNotExist);
    await expect(Dog.objects.get({ name: "Mia" })).rejects.toBeInstanceOf(Animal.DoesNotExist);
    expect(() => Animal.objects.filter({ size: 3 } as never)).toThrow(/Animal has no field "size"/);
    expect(() => Cat.objects.filter({ size: 3 } as never)).toThrow(/Cat has no field "size"/);
  });

  it("are made as what they are", async () => {
    const rex = await Dog.objects.get({ name: "Rex" });
    expect(rex.kind).toBe("dog");
    expect(rex.toJSON()).toEqual({
      id: rex.pk,
      name: "Rex",
      kind: "dog",
      owner: ann.pk,
      size: 60,
      tricks: ["sit"],
      breeder: ann.pk,
    });
    const cat = await Cat.objects.create({ name: "Tom" });
    expect(cat.toJSON()).toEqual({ id: cat.pk, name: "Tom", kind: "cat", owner: null, lives: 9 });
    expect(cat.isDirty()).toBe(false);
    expect(await Dog.objects.values().first()).toEqual({
      ...{
        id: expect.any(Number) as number,
        name: "Bo",
        kind: "dog",
        owner: null,
        size: null,
        tricks: [],
        breeder: null,
      },
    });
    const [made, isNew] = await Dog.objects.getOrCreate({ name: "Mia" });
    expect([made.constructor.name, made.kind, isNew]).toEqual(["Dog", "dog", true]);
    const wrong = /Dog\.kind: (in rows\[0\]: )?is string "dog" for every Dog, got string "cat"/;
    await expect(Dog.objects.create({ name: "x", kind: "cat" })).rejects.toThrow(wrong);
    await expect(Dog.objects.bulkCreate([{ name: "x", kind: "cat" }])).rejects.toThrow(wrong);
    expect(() => new Dog({ name: "x", kind: "cat" })).toThrow(wrong);
    rex.kind = "cat";
    await expect(rex.save()).rejects.toThrow(wrong);
    await expect(Cat.objects.create({ name: "x", size: 3 } as never)).rejects.toThrow(/Cat has no field "size"/);
    await expect(Animal.objects.create({ name: "x", lives: 3 } as never)).rejects.toThrow(
      /Animal has no field "lives"/,
    );
    await expect(Dog.objects.bulkCreate([cat as never])).rejects.toThrow(
      "Dog: bulkCreate(rows) was given a row of Cat.",
    );
    expect(await Animal.objects.bulkCreate([new Cat({ name: "In" })])).toHaveLength(1);
    expect(await Cat.objects.filter({ name: "In", lives: 9 }).count()).toBe(1);
    const person = await Person.objects.create({
      name: "Cy",
      kennels: [{ name: "K", size: 1 }],
      animals: [{ name: "A" }],
    });
    expect(await Dog.objects.get({ breeder: person })).toBeInstanceOf(Dog);
  });

  it("are changed and deleted among themselves", async () => {
    expect(await Dog.objects.filter({ name__in: ["Bo", "Mia"] }).update({ size: 5 })).toBe(1);
    expect(() => Dog.objects.filter({ size__gt: 1 }).none().update({ size: 1 })).not.toThrow();
    await expect(Dog.objects.update({ size: 1 })).rejects.toThrow(/Dog: update without a filter/);
    await expect(Dog.objects.delete()).rejects.toThrow(/Dog: delete without a filter/);
    const rex = (await Animal.objects.get({ name: "Rex" })) as Dog;
    rex.size = 61;
    rex.name = "Rexy";
    expect(rex.dirtyFields()).toEqual(["name", "size"]);
    await rex.save();
    await rex.update({ tricks: ["roll"] });
    await rex.refresh();
    expect([rex.size, rex.name, rex.tricks]).toEqual([61, "Rexy", ["roll"]]);
    expect(await Dog.objects.delete({ all: true })).toEqual({ total: 2, byModel: { Dog: 2 } });
    expect(await Animal.objects.count()).toBe(2);
    const mia = await Animal.objects.get({ name: "Mia" });
    expect(await mia.delete()).toEqual({ total: 1, byModel: { Cat: 1 } });
  });

  it("are what relations lead to", async () => {
    const rex = await Dog.objects.get({ name: "Rex" });
    const mia = await Cat.objects.get({ name: "Mia" });
    await Visit.objects.bulkCreate([
      { animal: rex, guide: rex },
      { animal: mia, guide: rex.pk },
    ]);
    const visits = await Visit.objects.selectRelated("animal", "guide").orderBy("id").all();
    expect(visits.map((visit) => [visit.animal.constructor.name, visit.guide?.size])).toEqual([
      ["Dog", 60],
      ["Cat", 60],
    ]);
    expect((visits[1]!.animal as Cat).lives).toBe(7);
    const plain = await Visit.objects.orderBy("-id").first();
    const loaded = await plain!.animal.load();
    expect(loaded).toBeInstanceOf(Cat);
    expect(loaded).toBe(plain!.animal);
    expect(loaded.isSparse).toBe(false);
    expect((loaded as Cat).lives).toBe(7);
    expect(loaded.speak()).toBe("Mia meows");
    (loaded as Cat).lives = 6;
    await loaded.save();
    expect((await mia.refresh()).lives).toBe(6);
    await expect(Visit.objects.create({ animal: rex, guide: mia as never })).rejects.toThrow(
      "Visit.guide: expected a row of Dog, got one of Cat.",
    );
    expect(() => Visit.objects.filter({ guide: mia } as never)).toThrow(/expected a row of Dog, got one of Cat/);
    expect(await Visit.objects.filter({ guide__size: 60, animal__kind: "cat" }).count()).toBe(1);
    expect(await Visit.objects.filter({ animal__in: Dog.objects }).count()).toBe(1);
    expect(await Person.objects.filter({ kennels__size: 60, animals__visits__day: "2024-01-02" }).count()).toBe(2);
    expect(await Person.objects.annotate({ n: Count("kennels"), all: Count("animals") }).get()).toMatchObject({
      n: 1,
      all: 2,
    });
    const [person] = await Person.objects.prefetchRelated("animals__visits", "kennels").all();
    events = [];
    const animals = await person!.animals.all();
    expect(animals.map((row) => row.speak())).toEqual(["Mia meows", "Rex barks"]);
    expect((await animals[0]!.visits.all()).map((visit) => visit.guide?.pk)).toEqual([rex.pk]);
    expect((await person!.kennels.all()).map((dog) => dog.size)).toEqual([60]);
    expect(events).toEqual([]);
    const early = await Visit.objects.orderBy("id").prefetchRelated("animal").all();
    expect(early.map((visit) => visit.animal.speak())).toEqual(["Rex barks", "Mia meows"]);
    expect((await ann.kennels.all()).map((dog) => dog.speak())).toEqual(["Rex barks"]);
    expect(await Dog.objects.contains(rex)).toBe(true);
    await expect(Dog.objects.contains(mia as never)).rejects.toThrow(/takes a row of Dog/);
  });

  it("go with what they point at, whichever of them does, and take along what points at them", async () => {
    const rex = await Dog.objects.get({ name: "Rex" });
    await Visit.objects.create({ animal: rex, guide: rex });
    expect(await rex.delete()).toEqual({ total: 2, byModel: { Dog: 1, Visit: 1 } });
    const bea = await Person.objects.create({ name: "Bea", kennels: [{ name: "K" }] });
    const dog = await Dog.objects.get({ breeder: bea });
    await bea.delete();
    expect((await dog.refresh()).breeder).toBeNull();
    expect((await ann.delete()).byModel).toEqual({ Person: 1 });
    expect((await Animal.objects.get({ name: "Mia" })).owner).toBeNull();
  });

  it("are known by their kind where fields are left out, too", async () => {
    const [bo, mia] = await Animal.objects.only("name").all();
    expect([bo, mia].map((row) => row!.constructor.name)).toEqual(["Dog", "Cat"]);
    expect(bo!.kind).toBe("dog");
    expect(() => (bo as Dog).size).toThrow(NotLoadedError);
    await bo!.load();
    expect((bo as Dog).size).toBeNull();
    expect(() => (mia as Cat).lives).toThrow(NotLoadedError);
    expect((await Animal.objects.defer("name", "kind").get({ name: "Mia" })).kind).toBe("cat");
  });

  it("are where their model is", async () => {
    class Plant extends Model("plant", kinds, { discriminator: "kind" }) {
      static objects = manager(this);
    }
    class Tree extends Plant.variant("tree", { height: fields.float({ null: true }) }) {
      static objects = manager(this);
    }
    Plant.bind(holder.db);
    await holder.db.createTables([Plant]);
    await Tree.objects.create({ height: 1.5 });
    // Nobody said what this is.
    await Plant.objects.create({});
    expect((await Plant.objects.orderBy("id").all()).map((row) => row instanceof Tree)).toEqual([true, false]);
    expect((await Plant.raw(sql`select * from plant order by id`).first())?.constructor).toBe(Tree);
  });

  it("are of one table, with the columns of all", async () => {
    expect(Animal.meta.columns.map((column) => column.name)).toEqual([
      ...["id", "name", "kind", "owner_id", "size", "tricks", "breeder_id", "lives"],
    ]);
    expect(Object.keys(Cat.meta.fields)).toEqual(["id", "name", "kind", "owner", "visits", "lives"]);
    const { db } = holder;
    await db.dropTables([Visit, Dog]);
    await db.createTables([Dog, Visit]);
    expect(await Animal.objects.count()).toBe(0);
    expect(await Cat.objects.create({ name: "first" })).toBeInstanceOf(Cat);
  });
});

it.each([
  ["no discriminator", () => Model("a", {}).variant("b", {}), /"b", fields\): a has no discriminator/],
  [
    "a field that is none",
    () => void Model("a", { x: fields.text() }, { discriminator: "y" as never }).meta,
    /discriminator names "y", which is no field with a value/,
  ],
  [
    "a discriminator without a default",
    () => void Model("a", { x: fields.text() }, { discriminator: "x" }).meta,
    /a\.x: the discriminator needs a default, or \{ null: true \}/,
  ],
  [
    "a variant of a variant",
    () => {
      class A extends Model("a", kinds, { discriminator: "kind" }) {}
      class B extends A.variant("b", {}) {}
      (B as unknown as typeof A).variant("c", {});
    },
    /B is a variant itself/,
  ],
  [
    "a variant twice",
    () => {
      class A extends Model("a", kinds, { discriminator: "kind" }) {}
      A.variant("b", {});
      A.variant("b", {});
    },
    /there is another variant of that name/,
  ],
  [
    "a variant that comes too late",
    () => {
      class A extends Model("a", kinds, { discriminator: "kind" }) {}
      void A.meta;
      A.variant("b", {});
    },
    /rows of A were asked for before/,
  ],
  [
    "a field that rows of other variants cannot have",
    () => {
      class A extends Model("a", kinds, { discriminator: "kind" }) {}
      A.variant("b", { x: fields.text() });
      void A.meta;
    },
    /A b\.x: a field of a variant needs \{ null: true \} or a default/,
  ],
  [
    "a field that the model has",
    () => {
      class A extends Model("a", kinds, { discriminator: "kind" }) {}
      A.variant("b", { kind: fields.text({ null: true }) });
      void A.meta;
    },
    /A b\.kind: A has a field of this name/,
  ],
  [
    "a field that another variant has",
    () => {
      class A extends Model("a", kinds, { discriminator: "kind" }) {}
      A.variant("b", { x: fields.text({ null: true }) });
      A.variant("c", { x: fields.text({ null: true }) });
      void A.meta;
    },
    /A c\.x: A b has a field of this name/,
  ],
  [
    "a value that the discriminator cannot hold",
    () => {
      class A extends Model("a", kinds, { discriminator: "kind" }) {}
      A.variant("far too long", {});
      void A.meta;
    },
    /kind cannot hold that: has 12 characters/,
  ],
  [
    "a foreign key of its model's, where a relation names the variant",
    () => {
      class A extends Model("a", { ...kinds, of: () => fields.foreignKey(B) }, { discriminator: "kind" }) {}
      class C extends A.variant("c", {}) {
        static objects = manager(this);
      }
      class B extends Model("b", { all: () => fields.hasMany(C, "of") }) {}
      void B.meta;
    },
    /B\.all \(fields\.hasMany\(C, "of"\)\): of is a field of A, whose rows of other kinds point here by it as well/,
  ],
  [
    "a field with the name of a member that rows of other kinds have",
    () => {
      class A extends Model("a", kinds, { discriminator: "kind" }) {
        bark(): string {
          return "woof";
        }
      }
      A.variant("b", { bark: fields.text({ null: true }) });
      void A.meta;
    },
    /A\.bark: the class has a member of the name of another variant's field/,
  ],
  [
    "a value of another type",
    () => Model("a", kinds, { discriminator: "kind" }).variant(true as never, {}),
    /a text or a number, got boolean true/,
  ],
  [
    "no fields",
    () => Model("a", kinds, { discriminator: "kind" }).variant("b", null as never),
    /expected an object of fields, got null/,
  ],
])("A variant is refused for %s", (_, declare, message) => {
  expect(declare).toThrow(ConfigurationError);
  expect(declare).toThrow(message);
});
