import { expect, it } from "vitest";
import { fields, manager, Model, QuerySet } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

const stamps = { made: fields.datetime({ autoNowAdd: true }), label: fields.string({ default: "none" }) };

class Person extends Model("person", {
  id: fields.integer({ primaryKey: true }),
  first: fields.string({ maxLength: 20 }),
  last: fields.string({ maxLength: 20 }),
  boss: () => fields.foreignKey(Person, { null: true }),
  ...stamps,
}) {
  static objects = manager(this);
  visits = 0;
  readonly #secret = "kept";
  tags: string[] = [];

  get fullName(): string {
    return `${this.first} ${this.last}`;
  }

  set fullName(text: string) {
    const [first = "", last = ""] = text.split(" ");
    this.first = first;
    this.last = last;
  }

  greet(): string {
    return `${this.fullName}, ${this.#secret}, ${this.visits}`;
  }
}

/** The same rows seen otherwise. */
class Manager extends Person {
  static override objects = new QuerySet<Manager>(this).filter({ label: "boss" });
  override greet(): string {
    return `Boss ${this.last}`;
  }
}

class NoteQuery extends QuerySet<Note> {
  done(): this {
    return this.filter({ completed: true });
  }

  titled(text: string): this {
    return this.filter({ title__icontains: text });
  }
}

class Note extends Model("note", {
  title: fields.string(),
  completed: fields.boolean({ default: false }),
}) {
  static objects: NoteQuery = NoteQuery.asManager(this);
  static open = manager(this).filter({ completed: false });
}

onEngines("A model's class", (engine) => {
  // The proxy goes where its model goes.
  useDatabase(engine, [Person, Note]);

  it("gives its rows getters, setters, methods and fields of their own, however they are made", async () => {
    const made = await Person.objects.create({ first: "Ann", last: "Lee" });
    await Person.objects.create({ first: "Bo", last: "Ray", boss: made });
    const boss = (await Person.objects.selectRelated("boss").get({ first: "Bo" })).boss!;
    const [bulk] = await Person.objects.bulkCreate([{ first: "Ann", last: "Lee" }]);
    const [got] = await Person.objects.getOrCreate({ pk: made.pk });
    const streamed: Person[] = [];
    for await (const person of Person.objects.filter({ pk: made.pk })) streamed.push(person);
    const sparse = await (await Person.objects.get({ first: "Bo" })).boss!.load();
    for (const person of [made, await Person.objects.get({ pk: made.pk }), boss, bulk!, got, streamed[0]!, sparse]) {
      expect(person).toBeInstanceOf(Person);
      expect(person.fullName).toBe("Ann Lee");
      expect(person.greet()).toBe("Ann Lee, kept, 0");
      expect(person.tags).toEqual([]);
      person.tags.push("own");
      person.visits += 1;
      expect(person.isDirty()).toBe(false);
    }
    made.fullName = "Eve Fox";
    expect(made.dirtyFields()).toEqual(["first", "last"]);
    await made.save();
    expect((await Person.objects.get({ pk: made.pk })).fullName).toBe("Eve Fox");
    expect(made.visits).toBe(1);
  });

  it("can be subclassed as a proxy of the same rows", async () => {
    const row = await Person.objects.create({ first: "Al", last: "Top", label: "boss" });
    const boss = await Manager.objects.get({ pk: row.pk });
    expect(boss).toBeInstanceOf(Manager);
    expect(boss).toBeInstanceOf(Person);
    expect(boss.greet()).toBe("Boss Top");
    expect(String(boss)).toBe(`Manager(id=${row.pk})`);
    expect(await Manager.objects.count()).toBe(1);
    expect(boss.equals(row)).toBe(true);
    await boss.update({ first: "Cy" });
    expect((await Person.objects.get({ pk: row.pk })).first).toBe("Cy");
    const minion = await Person.objects.create({ first: "M", last: "N", boss });
    expect(minion.boss?.pk).toBe(row.pk);
    expect(await Person.objects.filter({ boss }).count()).toBe(1);
    await expect(Manager.objects.get({ pk: minion.pk })).rejects.toBeInstanceOf(Manager.DoesNotExist);
    const made = await new Manager({ first: "New", last: "One", label: "boss" }).save();
    expect(await Manager.objects.count()).toBe(2);
    expect((await Person.objects.get({ pk: made.pk })).greet()).toBe("New One, kept, 0");
  });

  it("takes managers of its own, whose methods survive chaining", async () => {
    await Note.objects.bulkCreate([{ title: "a", completed: true }, { title: "ab" }, { title: "b", completed: true }]);
    expect(await Note.objects.done().titled("A").count()).toBe(1);
    expect((await Note.objects.orderBy("-title").done().all()).map((note) => note.title)).toEqual(["b", "a"]);
    expect((await Note.open.all()).map((note) => note.title)).toEqual(["ab"]);
    expect(Note.objects.done()).toBeInstanceOf(NoteQuery);
  });

  it("tells what it is made of", () => {
    expect(Person.meta.name).toBe("Person");
    expect(Person.meta.table).toBe("person");
    expect(Object.keys(Person.meta.fields)).toEqual(["id", "first", "last", "boss", "made", "label"]);
    expect(Person.meta.columns.map((column) => column.name)).toEqual([
      "id",
      "first",
      "last",
      "boss_id",
      "made",
      "label",
    ]);
    expect(Object.keys(Person.meta.relations)).toEqual(["boss"]);
    expect(Object.isFrozen(Person.meta)).toBe(true);
    expect(() => {
      (Person.meta.fields as Record<string, unknown>)["x"] = 1;
    }).toThrow(TypeError);
  });
});
