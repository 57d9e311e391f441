import { beforeEach, expect, it } from "vitest";
import { F, FieldError, fields, manager, Model, NotSupportedError, UniqueViolation, Value } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Animal extends Model(
  "animal",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 20, unique: true }),
    kind: fields.string({ maxLength: 10, null: true }),
    weight: fields.decimal({ precision: 8, scale: 2, default: "1.00" }),
    changed: fields.datetime({ autoNow: true }),
  },
  { discriminator: "kind", ordering: ["id"] },
) {
  static objects = manager(this);
}

class Dog extends Animal.variant("dog", {
  size: fields.integer({ null: true }),
  tricks: fields.json<string[]>({ default: () => [] }),
  good: fields.boolean({ default: true }),
}) {
  static objects = manager(this);
}

class Cat extends Animal.variant("cat", {
  lives: fields.smallInteger({ default: 9 }),
  chip: fields.integer({ null: true }),
}) {
  static objects = manager(this);
}

class Puppy extends Dog {
  static override objects = manager(this);
}

onEngines("A variant whose row is alike with that of another variant", (engine) => {
  const holder = useDatabase(engine, [Animal]);
  let before: unknown;
  beforeEach(async () => {
    await Animal.objects.delete({ all: true });
    await Dog.objects.create({ id: 1, name: "Réx", size: 60, tricks: ["sit"], weight: "20.50" });
    await Cat.objects.create({ id: 2, name: "Mïa", chip: 7 });
    await Animal.objects.create({ id: 3, name: "Nemo", kind: null });
    before = await rows();
  });

  const rows = () => Animal.objects.values().all();

  /** Refused, with what is there named and no value told, and nothing is changed. */
  async function refused(work: () => Promise<unknown>, owner = "Cat"): Promise<void> {
    const error = await work().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UniqueViolation);
    expect(error).toMatchObject({ table: "animal", columns: ["name"] });
    const { message } = error as UniqueViolation;
    expect(message).toMatch(
      new RegExp(`is there already, by \\[name\\], is of ${owner}, .*write it by ${owner}\\.objects`),
    );
    expect(message).not.toMatch(/Mïa|Nemo/);
    expect(await rows()).toEqual(before);
  }

  it("does not set it by upsert, whatever is to be set", async () => {
    await refused(() => Dog.objects.upsert({ name: "Mïa", size: 3 }));
    await refused(() => Dog.objects.upsert({ name: "Mïa" }));
    await refused(() => Puppy.objects.upsert({ name: "Mïa", size: 3 }));
    await refused(() => Dog.objects.upsert({ name: "Nemo", weight: "3.00" }), "Animal");
    const ways = [["weight", "size"], [], { weight: F("weight").add(1), size: 5 }, { good: false }] as never[];
    for (const updateFields of ways) {
      await refused(() => Dog.objects.upsert({ name: "Mïa", size: 3, weight: "4.00" }, { updateFields }));
    }
  });

  it("sets those of its own all the same, with the same statement", async () => {
    const rex = await Dog.objects.upsert({ name: "Réx", size: 61, tricks: ["roll", "é"], good: false });
    expect(rex).toBeInstanceOf(Dog);
    expect(rex).toMatchObject({ id: 1, size: 61, tricks: ["roll", "é"], good: false, weight: "20.50" });
    const options = { updateFields: { weight: F("weight").add(Value("1.25", "decimal")), size: F("size").add(1) } };
    expect(await Dog.objects.upsert({ name: "Réx" }, options)).toMatchObject({ weight: "21.75", size: 62 });
    expect(await Puppy.objects.upsert({ name: "Réx", size: null })).toMatchObject({ id: 1, size: null });
    expect(await Dog.objects.upsert({ name: "Bo", size: 5 })).toMatchObject({ name: "Bo", size: 5 });
    expect(await Cat.objects.upsert({ name: "Mïa", lives: 8 })).toMatchObject({ id: 2, lives: 8, chip: 7 });
    expect(await Animal.objects.filter({ kind: "dog" }).count()).toBe(2);
  });

  it("writes none of many when one is not its own, in whatever batches", async () => {
    const many = Array.from({ length: 9 }, (_, at) => ({ name: at === 5 ? "Mïa" : `dog ${at}`, size: at }));
    for (const batchSize of [undefined, 1, 4]) {
      const options = { updateConflicts: true, uniqueFields: ["name"], ...(batchSize && { batchSize }) } as const;
      await refused(() => Dog.objects.bulkCreate([{ name: "Réx", size: 1 }, ...many], options));
    }
    const made = await Dog.objects.bulkCreate([{ name: "Réx", size: 1 }, many[0]!], { updateConflicts: true });
    expect(made.map(({ id, size }) => [id === 1, size])).toEqual([
      [true, 1],
      [false, 0],
    ]);
  });

  it("is refused inside a block, which goes on", async () => {
    await holder.db.atomic(async () => {
      await Dog.objects.create({ id: 10, name: "Bo" });
      await expect(Dog.objects.upsert({ name: "Mïa", size: 3 })).rejects.toBeInstanceOf(UniqueViolation);
      const many = [{ name: "Ace" }, { name: "Mïa" }];
      await expect(Dog.objects.bulkCreate(many, { updateConflicts: true })).rejects.toBeInstanceOf(UniqueViolation);
      await Dog.objects.create({ id: 11, name: "Fido" });
    });
    expect(await Animal.objects.valuesList("name", { flat: true }).all()).toEqual(["Réx", "Mïa", "Nemo", "Bo", "Fido"]);
  });

  it("leaves it out where conflicts are ignored", async () => {
    await Dog.objects.bulkCreate(
      [
        { id: 20, name: "Mïa" },
        { id: 21, name: "Bo" },
      ],
      { ignoreConflicts: true },
    );
    expect(await Animal.objects.valuesList("id", { flat: true }).all()).toEqual([1, 2, 3, 21]);
    expect(await Animal.objects.exclude({ id: 21 }).values().all()).toEqual(before);
  });

  it("does not take it for its own by getOrCreate and their like", async () => {
    const ways = {
      getOrCreate: () => Dog.objects.getOrCreate({ name: "Mïa" }, { defaults: { size: 3 } }),
      updateOrCreate: () => Dog.objects.updateOrCreate({ name: "Mïa" }, { defaults: { size: 3 } }),
      createOrGet: () => Dog.objects.createOrGet({ name: "Mïa", size: 3 }),
      create: () => Dog.objects.create({ name: "Mïa", size: 3 }),
    };
    for (const [name, way] of Object.entries(ways)) {
      await expect(way(), name).rejects.toBeInstanceOf(UniqueViolation);
      expect(await rows(), name).toEqual(before);
    }
  });

  it("does not replace it", async () => {
    if (holder.db.engine.features.replaces !== true) {
      await expect(Dog.objects.replace({ name: "Mïa" })).rejects.toBeInstanceOf(NotSupportedError);
      return;
    }
    await expect(Dog.objects.replace({ name: "Mïa", size: 3 })).rejects.toBeInstanceOf(UniqueViolation);
    await expect(Dog.objects.replace({ id: 2, name: "Bo" })).rejects.toBeInstanceOf(UniqueViolation);
    // The dog that is in the way stays, too, as long as a cat is.
    await expect(Dog.objects.replace({ id: 1, name: "Mïa" })).rejects.toBeInstanceOf(UniqueViolation);
    expect(await rows()).toEqual(before);
    expect(await Dog.objects.replace({ id: 30, name: "Réx", size: 2 })).toMatchObject({ id: 30, size: 2 });
    expect(await Dog.objects.replace({ name: "Bo", size: 4 })).toMatchObject({ name: "Bo", size: 4 });
    expect(await Dog.objects.values("name", "tricks").all()).toEqual([
      { name: "Réx", tricks: [] },
      { name: "Bo", tricks: [] },
    ]);
  });

  it("does not let another variant be made of one", async () => {
    for (const updateFields of [["kind"], { kind: "dog" }, { kind: F("name") }] as never[]) {
      const work = Dog.objects.upsert({ name: "Réx", size: 3 }, { updateFields });
      await expect(work).rejects.toThrow(/updateFields names "kind", which is the same for every Dog/);
      await expect(work).rejects.toBeInstanceOf(FieldError);
    }
    // All rows are those of the model that the others vary: it may.
    expect(await Animal.objects.upsert({ name: "Mïa", weight: "2.00" })).toMatchObject({ id: 2, weight: "2.00" });
  });

  it("is one row for any number of callers, and an error for those of another variant", async () => {
    const ways = [() => Dog.objects.upsert({ name: "Zoë" }), () => Cat.objects.upsert({ name: "Zoë" })] as const;
    const calls = Array.from({ length: 40 }, (_, at) => ways[(at % 2) as 0 | 1]());
    const outcomes = await Promise.allSettled(calls);
    const reasons = outcomes.map((outcome) => (outcome.status === "rejected" ? (outcome.reason as unknown) : null));
    const refusal = reasons.find((reason) => reason instanceof NotSupportedError);
    if (refusal !== undefined) throw refusal;
    const [winner] = await Animal.objects.filter({ name: "Zoë" }).all();
    const wins = winner instanceof Dog ? 0 : 1;
    expect(outcomes.map(({ status }, at) => status === "fulfilled" || at % 2 !== wins)).not.toContain(false);
    for (const [at, outcome] of outcomes.entries()) {
      if (at % 2 === wins) expect(outcome.status).toBe("fulfilled");
      else expect(outcome).toMatchObject({ status: "rejected", reason: { name: "UniqueViolation" } });
    }
  });
});
