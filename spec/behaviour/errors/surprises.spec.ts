import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigurationError, Database, FieldError, fields, manager, Model, NotLoadedError } from "dunder-orm";

const db = new Database("sqlite::memory:");

class Person extends Model(
  "person",
  { name: fields.string({ maxLength: 50 }), passport: () => fields.hasOne(Passport, "holder") },
  { database: db },
) {
  static objects = manager(this);
}

class Passport extends Model(
  "passport",
  { holder: () => fields.oneToOne(Person), number: fields.string({ maxLength: 20 }) },
  { database: db },
) {
  static objects = manager(this);
}

describe("What is easily written by mistake", () => {
  it("a column declared again in the class body", async () => {
    class Hidden extends Model("hidden", { title: fields.string({ maxLength: 9 }) }, { database: db }) {
      static objects = manager(this);
      override title = "mine";
    }
    await expect(Hidden.objects.create({ title: "x" })).rejects.toThrow(ConfigurationError);
    expect(() => new Hidden({ title: "x" })).toThrow(/Hidden\.title is declared again in the class body/);
  });

  it("a class field that reads a column", () => {
    class Eager extends Model("eager", { title: fields.string({ maxLength: 9 }) }, { database: db }) {
      size = this.title.length;
    }
    expect(() => new Eager({ title: "x" })).toThrow(/Eager: a field or the constructor of the class failed/);
  });

  it("a queryset taken for its rows", () => {
    const people = Person.objects.filter({ name: "x" });
    expect(() => JSON.stringify({ people })).toThrow(/Person: a queryset is not its rows\. Run it first/);
    expect(`${people as unknown as string}`).toBe("a QuerySet of Person, not run yet");
    expect(inspect(people)).toContain("await ….all()");
  });

  it("a one-to-one row read before it is loaded", async () => {
    await db.createTables([Person, Passport]);
    const person = await Person.objects.create({ name: "Ann" });
    const passport = person.passport as unknown as Passport;
    expect(() => passport.number).toThrow(NotLoadedError);
    expect(() => passport.number).toThrow(/Load it with await row\.passport\.load\(\)/);
    expect(await person.passport.load()).toBeNull();
    expect(await person.passport.load()).toBeNull();
    expect(() => passport.number).toThrow(/this Person has no passport/);
  });

  it("a slice that is to be changed", async () => {
    await expect(Person.objects.limit(1).delete()).rejects.toThrow(
      /objects\.filter\(\{ pk__in: sliced \}\)\.delete\(…\)/,
    );
  });

  it("a row that was deleted", async () => {
    const person = await Person.objects.create({ name: "Bob" });
    await person.delete();
    await expect(person.refresh()).rejects.toThrow(/never saved, or it was deleted/);
    expect(() => Passport.objects.filter({ holder: person })).toThrow(FieldError);
  });

  it("text for db.execute, a promise for a value, two models for a table", async () => {
    await expect(db.execute("select 1" as never)).rejects.toThrow(/takes SQL written with Kysely's tag/);
    expect(() => Person.objects.filter({ name: Promise.resolve("x") } as never)).toThrow(/is an await missing\?/);
    class Twin extends Model("person", { name: fields.text() }) {}
    await expect(db.createTables([Person, Twin])).rejects.toThrow(/Person and Twin are both kept in table "person"/);
  });

  it("a foreign key to no row", async () => {
    await expect(Passport.objects.create({ holder: 999, number: "1" })).rejects.toThrow(
      /A row that is pointed at does not exist/,
    );
  });
});
