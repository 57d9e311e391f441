import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";

class Shelf extends Model(
  "shelf",
  {
    room: fields.bigInteger(),
    number: fields.integer(),
    books: () => fields.hasMany(Book, "shelf"),
  },
  { primaryKey: ["room", "number"] },
) {
  static objects = manager(this);
}

class Author extends Model("author", { id: fields.bigAuto(), name: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}

class Book extends Model("book", {
  id: fields.auto(),
  title: fields.string({
    maxLength: 10,
    validators: [(title: string) => (title === "taboo" ? "is not to be had." : null)],
  }),
  price: fields.decimal({ precision: 6, scale: 2, default: "9.90" }),
  bought: fields.datetime({ null: true }),
  copies: fields.bigInteger({ default: 1n }),
  cover: fields.binary({ null: true }),
  about: fields.json({ null: true }),
  changed: fields.datetime({ autoNow: true }),
  author: () => fields.foreignKey(Author),
  shelf: () => fields.foreignKey(Shelf, { null: true }),
}) {
  static objects = manager(this);
}

describe("A model is a schema of new rows", () => {
  const validate = (value: unknown) => Book["~standard"].validate(value);
  const issuesOf = (value: unknown) => {
    return (validate(value).issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
  };

  it("is what takers of Standard Schema take", async () => {
    const parse = async <S extends StandardSchemaV1>(schema: S, input: unknown) => {
      const result = await schema["~standard"].validate(input);
      if (result.issues !== undefined) throw new Error(result.issues.map(({ message }) => message).join());
      return result.value as StandardSchemaV1.InferOutput<S>;
    };
    const { title, author }: { title: string; author: bigint } = await parse(Book, { title: "Emma", author: 3 });
    expect([title, author]).toEqual(["Emma", 3n]);
    const changed: { price?: string } = await parse(Book.inputSchema({ only: ["price"], partial: true }), {});
    expect(changed).toEqual({});
    await expect(parse(Book, { author: 1 })).rejects.toThrow("is required.");
    expect(Book["~standard"]).toMatchObject({ version: 1, vendor: "dunder-orm" });
  });

  it("gives the values, converted as the fields do, and no others", () => {
    const given = { title: "Emma", author: 3, price: "1.5", about: { tags: ["a"] }, copies: undefined };
    expect(validate(given)).toEqual({
      value: { title: "Emma", author: 3n, price: "1.50", about: { tags: ["a"] } },
    });
    expect(validate({ title: "Emma", author: 3, bought: null })).toEqual({
      value: { title: "Emma", author: 3n, bought: null },
    });
  });

  it("reads what toJSON() writes", () => {
    const row = new Book({
      title: "Emma",
      author: 2n ** 60n,
      bought: new Date("2026-01-31T10:20:30.123Z"),
      copies: -(2n ** 63n),
      cover: new Uint8Array([0, 255, 7]),
      shelf: [5n, 2],
    });
    const json = JSON.parse(JSON.stringify(row)) as Record<string, unknown>;
    delete json["id"];
    delete json["changed"];
    expect(validate(json)).toEqual({
      value: {
        title: "Emma",
        price: "9.90",
        bought: row.bought,
        copies: row.copies,
        cover: row.cover,
        about: null,
        author: 2n ** 60n,
        shelf: [5n, 2],
      },
    });
  });

  it("takes moments with any offset", () => {
    const read = validate({ title: "x", author: 1, bought: "2026-01-31T10:20+02:30" });
    expect(read).toMatchObject({ value: { bought: new Date("2026-01-31T07:50:00Z") } });
  });

  it("tells everything that is wrong, and where", () => {
    expect(issuesOf({ titel: "x", title: "much too long", copies: "1.5", changed: null, cover: "%%%" })).toEqual([
      'titel: is no field that can be given here. Did you mean "title"? Fields: title, price, bought, copies, cover, about, author, shelf.',
      "title: has 13 characters, and at most 10 fit.",
      'copies: expected a whole number, or one in a string, got string "1.5".',
      "changed: is no field that can be given here. Fields: title, price, bought, copies, cover, about, author, shelf.",
      'cover: expected bytes in base64, got string "%%%".',
      "author: is required.",
    ]);
    expect(issuesOf({ title: "taboo", author: null })).toEqual(["title: is not to be had.", "author: cannot be null."]);
    expect(issuesOf({ title: "x", author: undefined })).toEqual(["author: is required."]);
  });

  it.each([
    ["2026-02-30T00:00:00Z", "expected a date"],
    ["2026-01-31T10:20:30", "with its zone"],
    ["2026-01-31", "with its zone"],
    ["yesterday", "with its zone"],
    ["0000-01-01T00:00:00Z", "expected a date"],
  ])("refuses %s as a moment", (bought, message) => {
    expect(issuesOf({ title: "x", author: 1, bought })).toEqual([expect.stringContaining(message)]);
  });

  it.each([null, undefined, "x", 3, [], () => 1])("refuses %s as a whole", (value) => {
    expect(validate(value).issues).toEqual([{ message: expect.stringContaining("expected an object"), path: [] }]);
  });

  it("takes keys for relations, and neither rows nor what would make one", () => {
    const author = new Author({ id: 3n, name: "Jane" });
    expect(issuesOf({ title: "x", author })).toEqual([expect.stringContaining("expected the key of a row of Author")]);
    expect(issuesOf({ title: "x", author: { name: "Jane" } })).toEqual([expect.stringContaining("expected the key")]);
    expect(issuesOf({ title: "x", author: { toString: () => "1" } })).toHaveLength(1);
    expect(issuesOf({ title: "x", author: 1, shelf: 5 })).toHaveLength(1);
    expect(issuesOf({ title: "x", author: 1, shelf: { room: 1 } })).toHaveLength(1);
    expect(issuesOf({ title: "x", author: 1, shelf: ["5", 2, 3] })).toHaveLength(1);
    expect(validate({ title: "x", author: 1, shelf: ["5", 2] })).toMatchObject({ value: { shelf: [5n, 2] } });
  });

  it("is not led by what an object inherits, nor leads it", () => {
    const inherited = Object.create({ title: "x", author: 1 }) as object;
    expect(issuesOf(inherited)).toEqual(["title: is required.", "author: is required."]);
    const sneaky: unknown = JSON.parse('{ "title": "x", "author": 1, "__proto__": { "price": "0" } }');
    expect(issuesOf(sneaky)).toEqual([expect.stringContaining("__proto__: is no field")]);
  });
});

describe("inputSchema()", () => {
  const read = (schema: { "~standard": { validate(value: unknown): unknown } }, value: unknown) => {
    return schema["~standard"].validate(value);
  };

  it("has the fields that it is told", () => {
    const schema = Book.inputSchema({ only: ["title", "price"] });
    expect(read(schema, { title: "x" })).toEqual({ value: { title: "x" } });
    expect(read(schema, { title: "x", author: 1 })).toMatchObject({ issues: [{ path: ["author"] }] });
    const other = Book.inputSchema({ except: ["author", "copies"] });
    expect(read(other, { title: "x", copies: 3 })).toMatchObject({ issues: [{ path: ["copies"] }] });
  });

  it("is for changes where it is partial", () => {
    const schema = Book.inputSchema({ partial: true });
    expect(read(schema, {})).toEqual({ value: {} });
    expect(read(schema, { price: "3" })).toEqual({ value: { price: "3.00" } });
    expect(read(schema, { title: null })).toMatchObject({ issues: [{ message: "cannot be null." }] });
  });

  it("has what is filled in by itself only where it is named", () => {
    const schema = Book.inputSchema({ only: ["id", "title"], partial: true });
    expect(read(schema, { id: 3, title: "x" })).toEqual({ value: { id: 3, title: "x" } });
    expect(read(Book, { id: 3, title: "x", author: 1 })).toMatchObject({ issues: [{ path: ["id"] }] });
  });

  it("refuses wrong names and options", () => {
    const make = (options: unknown) => () => Book.inputSchema(options as never);
    expect(make({ only: ["titel"] })).toThrow(
      '"titel" is no field that values can be given for. Did you mean "title"?',
    );
    expect(make({ except: ["pk"] })).toThrow('"pk" is no field');
    expect(make({ only: "title" })).toThrow("expected a list of field names");
    expect(make({ partial: 1 })).toThrow("expected true or false");
    expect(make({ partail: true })).toThrow('takes no option "partail". Did you mean "partial"?');
    expect(make(null)).toThrow("takes an object of options");
  });

  it("leaves a variant's discriminator alone", () => {
    class Animal extends Model(
      "animal",
      {
        name: fields.string({ maxLength: 9 }),
        kind: fields.string({ maxLength: 9, default: "animal" }),
      },
      { discriminator: "kind" },
    ) {
      static objects = manager(this);
    }
    class Dog extends Animal.variant("dog", { breed: fields.string({ maxLength: 9, null: true }) }) {
      static objects = manager(this);
    }
    expect(read(Dog, { name: "Rex", breed: "x" })).toEqual({ value: { name: "Rex", breed: "x" } });
    expect(read(Dog, { name: "Rex", breed: "x", kind: "cat" })).toMatchObject({ issues: [{ path: ["kind"] }] });
  });
});
