import { afterEach, describe, expect, it } from "vitest";
import { fields, ForeignKeyViolation, manager, Model, postDelete, preDelete, type QueryEvent } from "dunder-orm";
import { deleteInstance } from "dunder-orm/peewee";
import { onEngines, useDatabase } from "../../support/engines.js";

class Owner extends Model("pw_owner", { name: fields.text() }) {
  static objects = manager(this);
}

class Pet extends Model("pw_pet", {
  owner: () => fields.foreignKey(Owner, { onDelete: "do nothing" }),
  name: fields.text(),
}) {
  static objects = manager(this);
}

class Toy extends Model("pw_toy", {
  pet: () => fields.foreignKey(Pet, { onDelete: "protect" }),
  name: fields.text(),
}) {
  static objects = manager(this);
}

class Walk extends Model("pw_walk", {
  pet: () => fields.foreignKey(Pet, { null: true, onDelete: "do nothing" }),
  place: fields.text(),
}) {
  static objects = manager(this);
}

class Photo extends Model("pw_photo", {
  walk: () => fields.foreignKey(Walk, { onDelete: "do nothing" }),
  file: fields.text(),
}) {
  static objects = manager(this);
}

class Branch extends Model("pw_branch", {
  name: fields.text(),
  parent: () => fields.foreignKey(Branch, { null: true, onDelete: "do nothing" }),
}) {
  static objects = manager(this);
}

class Leaf extends Model("pw_leaf", { branch: () => fields.foreignKey(Branch), name: fields.text() }) {
  static objects = manager(this);
}

const models = [Owner, Pet, Toy, Walk, Photo, Branch, Leaf];

async function family() {
  const huey = await Owner.objects.create({ name: "Huey" });
  const other = await Owner.objects.create({ name: "Zaizee" });
  for (const owner of [huey, other]) {
    const pet = await Pet.objects.create({ owner, name: `${owner.name}'s` });
    await Toy.objects.create({ pet, name: "ball" });
    const walk = await Walk.objects.create({ pet, place: `${owner.name}'s park` });
    await Photo.objects.create({ walk, file: `${owner.name}.png` });
  }
  return { huey, other };
}

onEngines("deleteInstance", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, models, { onQuery: (event) => events.push(event) });

  afterEach(async () => {
    for (const model of [Photo, Walk, Toy, Pet, Owner, Leaf]) await model.objects.delete({ all: true });
    await Branch.objects.update({ parent: null }, { all: true });
    await Branch.objects.delete({ all: true });
  });

  it("deletes the row alone, in one statement, and tells 1; what is gone already is 0", async () => {
    const owner = await Owner.objects.create({ name: "Alone" });
    const again = await Owner.objects.get({ pk: owner.pk });
    events.length = 0;
    expect(await deleteInstance(owner)).toBe(1);
    expect(events.map(({ sql }) => sql.slice(0, 11).toLowerCase())).toEqual(["delete from"]);
    expect(await deleteInstance(again, { recursive: true })).toBe(0);
  });

  it("leaves other rows alone without recursive: the database's constraints rule", async () => {
    const { huey } = await family();
    await expect(deleteInstance(huey)).rejects.toThrow(ForeignKeyViolation);
    expect(await Owner.objects.count()).toBe(2);
    // Its foreign key is declared to cascade, in the database: that is what happens.
    const branch = await Branch.objects.create({ name: "cascading" });
    await Leaf.objects.create({ branch, name: "falls" });
    expect(await deleteInstance(branch)).toBe(1);
    expect(await Leaf.objects.count()).toBe(0);
  });

  it("takes with it, depth first, what points at it; nullable foreign keys are set to NULL", async () => {
    const { huey } = await family();
    events.length = 0;
    expect(await deleteInstance(huey, { recursive: true })).toBe(1);
    const tables = events.flatMap(({ sql }) => /^(?:delete from|update) .(\w+)/i.exec(sql)?.[1] ?? []);
    expect(tables.toSorted()).toEqual(["pw_owner", "pw_pet", "pw_toy", "pw_walk"]);
    expect(tables.slice(-2)).toEqual(["pw_pet", "pw_owner"]);
    expect(await Owner.objects.valuesList("name", { flat: true }).all()).toEqual(["Zaizee"]);
    expect(await Pet.objects.count()).toBe(1);
    expect(await Toy.objects.count()).toBe(1);
    const walks = await Walk.objects.orderBy("id").values("place", "pet__name").all();
    expect(walks).toEqual([
      { place: "Huey's park", pet__name: null },
      { place: "Zaizee's park", pet__name: "Zaizee's" },
    ]);
    expect(await Photo.objects.count()).toBe(2);
  });

  it("deleteNullable deletes those, too, and what points at them", async () => {
    const { huey } = await family();
    expect(await deleteInstance(huey, { recursive: true, deleteNullable: true })).toBe(1);
    expect(await Walk.objects.valuesList("place", { flat: true }).all()).toEqual(["Zaizee's park"]);
    expect(await Photo.objects.valuesList("file", { flat: true }).all()).toEqual(["Zaizee.png"]);
  });

  it("follows a model's foreign key to itself to any depth, and still tells of one row", async () => {
    const root = await Branch.objects.create({ name: "root" });
    const child = await Branch.objects.create({ name: "child", parent: root });
    const grandchild = await Branch.objects.create({ name: "grandchild", parent: child });
    await Leaf.objects.create({ branch: grandchild, name: "leaf" });
    const again = await Branch.objects.get({ pk: root.pk });
    expect(await deleteInstance(root, { recursive: true })).toBe(1);
    expect(await Branch.objects.orderBy("id").values("name", "parent").all()).toEqual([
      { name: "child", parent: null },
      { name: "grandchild", parent: child.pk },
    ]);
    expect(await deleteInstance(again, { recursive: true, deleteNullable: true })).toBe(0);
    expect(await deleteInstance(child, { recursive: true, deleteNullable: true })).toBe(1);
    expect(await Branch.objects.count()).toBe(0);
    expect(await Leaf.objects.count()).toBe(0);
  });

  it("is undone as a whole, and heard by who listens to deletes", async () => {
    const { huey } = await family();
    const heard: string[] = [];
    const stops = [
      preDelete.connect(Toy, ({ row }) => heard.push(`before ${row.name}`)),
      postDelete.connect(Owner, () => {
        throw new Error("not this one");
      }),
    ];
    try {
      await expect(deleteInstance(huey, { recursive: true })).rejects.toThrow("not this one");
    } finally {
      for (const stop of stops) stop();
    }
    expect(heard).toEqual(["before ball"]);
    expect(await Toy.objects.count()).toBe(2);
    expect(await Walk.objects.filter({ pet__isnull: true }).count()).toBe(0);
  });
});

describe("deleteInstance", () => {
  it("refuses what is no saved row, and unknown options", async () => {
    await expect(deleteInstance({ pk: 1 })).rejects.toThrow("deleteInstance(row) takes a row of a model");
    await expect(deleteInstance(new Owner({ name: "New" }))).rejects.toThrow("has no primary key");
    const owner = new Owner({ id: 1, name: "Wrong" });
    await expect(deleteInstance(owner, { recursiv: true } as object)).rejects.toThrow('Did you mean "recursive"?');
    await expect(deleteInstance(owner, { recursive: 1 } as never)).rejects.toThrow(
      "recursive is true or false, got number 1",
    );
  });
});
