import { describe, expect, it } from "vitest";
import { ConfigurationError, Database, fields, manager, Model, set } from "dunder-orm";

const any = <T>(value: T): never => value as never;
const id = fields.integer({ primaryKey: true });

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error("It should have been refused.");
}

describe("A field", () => {
  it("takes the options that there are", () => {
    expect(refusal(() => fields.string(any({ maxLenght: 5 })))).toMatch(
      /string\(\).*"maxLenght".*Did you mean "maxLength"/,
    );
    expect(refusal(() => fields.integer(any({ nul: true })))).toMatch(/Did you mean "null"/);
    expect(refusal(() => fields.datetime(any({ autonow: true })))).toMatch(/Did you mean "autoNow"/);
    expect(refusal(() => fields.foreignKey(class {}, any({ ondelete: "cascade" })))).toMatch(/Did you mean "onDelete"/);
  });

  it("takes the options that its kind has, and knows how others call them", () => {
    expect(refusal(() => fields.integer(any({ maxLength: 5 })))).toMatch(/no option "maxLength".*generatedAs\.$/s);
    expect(refusal(() => fields.text(any({ autoNow: true })))).toMatch(/Options:.*collation\.$/s);
    expect(refusal(() => fields.integer(any({ min: 1 })))).toMatch(/no option "min"\. Here it is "validators"\./);
    expect(refusal(() => fields.string(any({ nullable: true })))).toMatch(/Here it is "null"/);
    expect(refusal(() => fields.string(any({ length: 5 })))).toMatch(/Here it is "maxLength"/);
    expect(refusal(() => fields.boolean(any({ length: 5 })))).not.toMatch(/maxLength/);
  });

  it.each([0, -1, 1.5, Number.NaN, "5"])("takes no maxLength of %s", (maxLength) => {
    expect(refusal(() => fields.string({ maxLength: any(maxLength) }))).toMatch(/maxLength.*whole number above 0/);
  });

  it.each([
    [{}],
    [{ precision: 5 }],
    [{ scale: 2 }],
    [{ precision: 2, scale: 3 }],
    [{ precision: 0, scale: 0 }],
    [{ precision: 66, scale: 2 }],
    [{ precision: 60, scale: 31 }],
    [{ precision: 5.5, scale: 2 }],
    [{ precision: "5", scale: 2 }],
  ])("of decimals needs a precision and a scale that fit, not %j", (options) => {
    expect(refusal(() => fields.decimal(any(options)))).toMatch(/precision, scale/);
  });

  it.each([[[]], [null], [undefined], ["a"], [["a", 1]], [[true]], [{}], [[null]]])("enumerates no %j", (values) => {
    expect(refusal(() => fields.enumeration(any(values)))).toMatch(/enumeration/);
  });

  it("of one's own needs its three functions", () => {
    const whole = { sqlType: () => "text", toDb: String, fromDb: String };
    for (const name of ["sqlType", "toDb", "fromDb"]) {
      expect(refusal(() => fields.custom(any({ ...whole, [name]: undefined })))).toContain(`custom({ ${name} })`);
    }
  });

  it("that points elsewhere takes the rules that there are", () => {
    expect(refusal(() => fields.foreignKey(class {}, { onDelete: any("delete") }))).toMatch(/"cascade".*"delete"/);
    expect(refusal(() => fields.hasMany(class {}, any(undefined)))).toMatch(/names the foreign key/);
  });
});

describe("A model", () => {
  it("takes the options that there are", () => {
    expect(refusal(() => Model("x", { id }, any({ orderings: ["id"] })))).toMatch(/Did you mean "ordering"/);
    expect(refusal(() => Model(any(undefined), { id }))).toMatch(/table's name/);
    expect(refusal(() => Model("", { id }))).toMatch(/table's name/);
    expect(refusal(() => Model("x", any(null)))).toMatch(/object of fields/);
    expect(refusal(() => Model("x", any("id")))).toMatch(/object of fields/);
  });

  it.each(["pk", "save", "then", "constructor", "isSparse", "toJSON"])("has no field called %s", (name) => {
    class Wrong extends Model("wrong", { [name]: fields.integer() }) {}
    expect(refusal(() => Wrong.meta)).toMatch(new RegExp(`Wrong\\.${name}.*column`));
  });

  it.each(["toString", "valueOf"])("has no field called %s, which every object has", (name) => {
    class Wrong extends Model("wrong", { [name]: fields.integer() }) {}
    expect(refusal(() => Wrong.meta)).toMatch(new RegExp(`Wrong\\.${name}`));
  });

  it.each(["a__b", "a_", "1a", "a b", "_a", "ä", "a-b", ""])("has no field called %j", (name) => {
    class Wrong extends Model("wrong", { [name]: fields.integer() }) {}
    expect(refusal(() => Wrong.meta)).toMatch(/starts with a letter/);
  });

  it("has fields that are fields", () => {
    for (const wrong of [5, "integer", null, {}, [], () => 5, () => undefined]) {
      class Wrong extends Model("wrong", { name: any(wrong) }) {}
      expect(refusal(() => Wrong.meta)).toMatch(/Wrong\.name: expected a field such as fields\.integer\(\)/);
    }
  });

  it("has one primary key", () => {
    class Two extends Model("two", {
      a: fields.integer({ primaryKey: true }),
      b: fields.integer({ primaryKey: true }),
    }) {}
    expect(refusal(() => Two.meta)).toMatch(/Two: several fields say primaryKey.*primaryKey: \["a", "b"\]/);
    class Twice extends Model(
      "twice",
      { a: fields.integer({ primaryKey: true }), b: fields.integer() },
      { primaryKey: ["a", "b"] },
    ) {}
    expect(refusal(() => Twice.meta)).toMatch(/Twice: the primary key is declared twice/);
    class Misspelt extends Model("misspelt", { name: fields.string() }, { primaryKey: [any("nmae")] }) {}
    expect(refusal(() => Misspelt.meta)).toMatch(/primaryKey names "nmae".*Did you mean "name"/);
    class Nullable extends Model("nullable", { a: fields.integer({ primaryKey: true, null: true }) }) {}
    expect(refusal(() => Nullable.meta)).toMatch(/Nullable\.a: a primary key cannot be null/);
    class Unclear extends Model("unclear", { id: fields.integer() }) {}
    expect(refusal(() => Unclear.meta)).toMatch(/Unclear\.id is no primary key/);
    class None extends Model("none", { name: fields.string() }, { primaryKey: [] }) {}
    expect(refusal(() => None.meta)).toMatch(/primaryKey/);
  });

  it("has one column a field, of a usable name", () => {
    class Same extends Model("same", { id, aB: fields.integer(), a_b: fields.integer() }) {}
    expect(refusal(() => Same.meta)).toMatch(/Same: "aB" and "a_b" are both kept in column "a_b"/);
    class Long extends Model("x".repeat(64), { id }) {}
    expect(refusal(() => Long.meta)).toMatch(/not a usable name/);
    class Nul extends Model("nul", { id, a: fields.integer({ column: "a\0" }) }) {}
    expect(refusal(() => Nul.meta)).toMatch(/not a usable name/);
    class Empty extends Model("empty", { id, a: fields.integer({ column: "" }) }) {}
    expect(refusal(() => Empty.meta)).toMatch(/not a usable name/);
  });

  it("orders by fields that it has", () => {
    class Wrong extends Model("wrong", { id, name: fields.string() }, { ordering: ["-nmae"] }) {}
    Wrong.bind(new Database("sqlite::memory:"));
    expect(() => manager(Wrong).sql()).toThrow(/Wrong.*"nmae".*ordering.*Did you mean "name"/);
  });

  it("has columns in snake_case, a foreign key's with _id, or as they are told", () => {
    class Thing extends Model("thing", {
      id,
      someName: fields.string(),
      HTTPServer: fields.string(),
      other: fields.integer({ column: "Any Thing" }),
      bigParent: () => fields.foreignKey(Thing, { null: true }),
      named: () => fields.foreignKey(Thing, { null: true, column: "of" }),
    }) {}
    expect(Thing.meta.columns.map((column) => column.name)).toEqual([
      "id",
      "some_name",
      "http_server",
      "Any Thing",
      "big_parent_id",
      "of",
    ]);
    expect(Thing.meta).toBe(Thing.meta);
  });

  it("does not see what happens to its declaration later", () => {
    const declared = { id, name: fields.string() };
    class Thing extends Model("thing", declared) {}
    Object.assign(declared, { more: fields.string() });
    expect(Object.keys(Thing.meta.fields)).toEqual(["id", "name"]);
  });
});

describe("A relation", () => {
  class Album extends Model("album", { id }) {}

  it("is declared as a function", () => {
    class Track extends Model("track", { id, album: any(fields.foreignKey(Album)) }) {}
    expect(refusal(() => Track.meta)).toMatch(
      /Track\.album: a relation is declared as a function.*album: \(\) => fields\.foreignKey/,
    );
  });

  it.each([undefined, null, "Album", 5, {}, class Stranger {}])("points at a model, not at %s", (target) => {
    class Track extends Model("track", { id, album: () => fields.foreignKey(target) }) {}
    const message = refusal(() => Track.meta);
    expect(message).toMatch(/Track\.album: expected a class made with Model\(…\)/);
    if (target === undefined) expect(message).toMatch(/imported.*declared before/);
  });

  it("is refused by whichever side is used first, and named again by the next", () => {
    class Far extends Model("far", { id, bad: () => fields.hasMany(Near, "nowhere") }) {}
    class Near extends Model("near", { id, far: () => fields.foreignKey(Far) }) {}
    const wrong =
      /Far\.bad \(fields\.hasMany\(Near, "nowhere"\)\): Near has no foreign key "nowhere".*Foreign keys of Near: far/;
    expect(refusal(() => Near.meta)).toMatch(wrong);
    expect(refusal(() => Far.meta)).toMatch(wrong);
    expect(refusal(() => Near.meta)).toMatch(wrong);
  });

  it("names what was meant", () => {
    class Owner extends Model("owner", { id, pets: () => fields.hasMany(Pet, "ownr") }) {}
    class Pet extends Model("pet", { id, owner: () => fields.foreignKey(Owner) }) {}
    expect(refusal(() => Owner.meta)).toMatch(/Did you mean "owner"/);
    expect(Pet.name).toBe("Pet");
  });

  it("has two sides that point at each other", () => {
    class Other extends Model("other", { id }) {}
    class Owner extends Model("owner", { id, pets: () => fields.hasMany(Pet, "owner") }) {}
    class Pet extends Model("pet", { id, owner: () => fields.foreignKey(Other) }) {}
    expect(refusal(() => Owner.meta)).toMatch(/Owner\.pets.*Pet\.owner points at Other, not at Owner/);
    expect(Pet.name).toBe("Pet");
  });

  it("to one row has a one-to-one on the other side", () => {
    class Owner extends Model("owner", { id, pet: () => fields.hasOne(Pet, "owner") }) {}
    class Pet extends Model("pet", { id, owner: () => fields.foreignKey(Owner) }) {}
    expect(refusal(() => Owner.meta)).toMatch(/Owner\.pet.*several rows of Pet.*oneToOne.*hasMany/);
    expect(Pet.name).toBe("Pet");
  });

  it("names no scalar as its other side", () => {
    class Owner extends Model("owner", { id, pets: () => fields.hasMany(Pet, "name") }) {}
    class Pet extends Model("pet", { id, name: fields.string() }) {}
    expect(refusal(() => Owner.meta)).toMatch(/Pet has no foreign key "name".*none/);
    expect(Pet.name).toBe("Pet");
  });

  it("set to null may be null", () => {
    class Track extends Model("track", { id, album: () => fields.foreignKey(Album, { onDelete: "set null" }) }) {}
    expect(refusal(() => Track.meta)).toMatch(/Track\.album: onDelete: "set null" needs \{ null: true \}/);
  });

  it("set to something else has something else to be set to", () => {
    const declared = (options: object) => {
      class Track extends Model("track", { id, album: () => fields.foreignKey(Album, any(options)) }) {}
      return () => Track.meta;
    };
    expect(refusal(declared({ onDelete: "set default" }))).toMatch(
      /Track\.album: onDelete: "set default" needs a default/,
    );
    expect(refusal(declared({ onDelete: "set default", default: null }))).toMatch(/needs a default/);
    expect(refusal(declared({ onDelete: set(null) }))).toMatch(
      /Track\.album: onDelete: set\(null\) needs \{ null: true \}/,
    );
    expect(refusal(() => set(undefined))).toMatch(/needs a value/);
    expect(refusal(declared({ onDelete: set }))).toMatch(/or set\(value\), got function set/);
    expect(declared({ onDelete: set(null), null: true })).not.toThrow();
    expect(declared({ onDelete: "set default", null: true })).not.toThrow();
  });

  it("that is a key leads to a key at last", () => {
    class A extends Model("a", { b: () => fields.oneToOne(B, { primaryKey: true }) }) {}
    class B extends Model("b", { a: () => fields.oneToOne(A, { primaryKey: true }) }) {}
    expect(refusal(() => A.meta)).toMatch(/only point at each other/);
    expect(B.name).toBe("B");
  });

  it("is known from both sides once, circular or not", () => {
    class Person extends Model("person", {
      id,
      boss: () => fields.foreignKey(Person, { null: true }),
      team: () => fields.hasMany(Person, "boss"),
      home: () => fields.oneToOne(House, { null: true }),
    }) {}
    class House extends Model("house", { id, tenant: () => fields.hasOne(Person, "home") }) {}
    expect(Object.keys(Person.meta.fields)).toEqual(["id", "boss", "team", "home"]);
    expect(Object.keys(House.meta.relations)).toEqual(["tenant"]);
    expect(Person.meta.columns.map((column) => column.name)).toEqual(["id", "boss_id", "home_id"]);
    expect(Object.isFrozen(Person.meta.fields)).toBe(true);
  });

  it("whose thunk throws is heard", () => {
    class Track extends Model("track", {
      id,
      album: () => {
        throw new ReferenceError("Cannot access 'Album' before initialization");
      },
    }) {}
    expect(() => Track.meta).toThrow(/before initialization/);
  });
});

describe("A database", () => {
  it.each([
    [{ pol: {} }, /Did you mean "pool"/],
    [{ pool: { mx: 5 } }, /Did you mean "max"/],
    [{ pool: { max: 0 } }, /pool\.max.*from 1/],
    [{ pool: { max: Number.NaN } }, /pool\.max/],
    [{ pool: { max: "5" } }, /pool\.max/],
    [{ pool: { min: -1 } }, /pool\.min/],
    [{ pool: { acquireTimeout: Infinity } }, /pool\.acquireTimeout/],
    [{ statementTimeout: -1 }, /statementTimeout/],
    [{ onQuery: "log" }, /onQuery.*function/],
    [{ planCacheSize: -1 }, /planCacheSize/],
    [{ timeZone: "Nowhere/Land" }, /timeZone/],
    [{ timeZone: 5 }, /timeZone/],
    [{ echo: "yes" }, /echo/],
    [{ pool: 5 }, /pool/],
    [{ preparedStatements: "yes" }, /preparedStatements/],
  ])("takes no options %j", (options, message) => {
    expect(refusal(() => new Database("sqlite::memory:", any(options)))).toMatch(message);
  });

  it.each([
    ["", /URL is missing/],
    [" ", /URL is missing/],
    ["notes.sqlite", /does not say which engine/],
    ["postgress://host/name", /unknown engine, "postgress".*Did you mean "postgres"/],
    ["oracle://host/name", /unknown engine.*Engines:/],
    ["postgres:host/name", /lacks the "\/\/"/],
    ["postgres://host", /names no database/],
    ["postgres://host:99999/name", /port/],
    ["postgres://host:x/name", /port/],
    ["mysql://us%er@host/name", /%25/],
    ["sqlite:", /names no file/],
  ])("has no URL %j", (url, message) => {
    expect(refusal(() => new Database(url))).toMatch(message);
  });

  it.each([undefined, 5, {}, [], { url: "sqlite:x" }, { scheme: "oracle" }])("is not configured by %j", (config) => {
    expect(refusal(() => new Database(any(config)))).toMatch(/takes a URL|No engine|URL is missing/);
  });

  it.each([
    "postgres://ann:s3cr3t@host:bad/x",
    "postgress://ann:s3cr3t@host/x",
    "mysql://ann:s3cr3t/x@host",
    "pg://ann:s3cr3t@h/x?password=s3cr3t",
  ])("shows no password of %s", (url) => {
    try {
      new Database(url);
    } catch (error) {
      return expect(`${String(error)} ${(error as Error).stack}`).not.toContain("s3cr3t");
    }
    throw new Error("It should have been refused.");
  });
});

describe("A many-to-many relation", () => {
  class Tag extends Model("tag", { name: fields.text() }) {}
  const messageOf = (declared: object, Target?: { readonly meta: unknown }) => {
    class Post extends Model("post", declared as { tags: () => never }) {}
    return refusal(() => (Target ?? Post).meta);
  };

  it("takes the options that there are", () => {
    expect(refusal(() => fields.manyToMany(Tag, any({ thru: Tag })))).toMatch(/manyToMany.*"thru".*Options: through/);
    expect(refusal(() => fields.manyToMany(Tag, { through: any("post_tags") }))).toMatch(
      /through is a model, or a function/,
    );
    expect(refusal(() => fields.manyToMany(Tag, { through: Tag, table: "x" }))).toMatch(/table names the table/);
    expect(refusal(() => fields.manyToMany(Tag, { throughFields: ["a", "b"] }))).toMatch(/throughFields names two/);
    expect(refusal(() => fields.manyToMany(Tag, { through: Tag, throughFields: any(["a"]) }))).toMatch(/throughFields/);
    expect(refusal(() => fields.manyToMany(Tag, { reverse: any(5) }))).toMatch(/reverse names the field/);
    expect(refusal(() => fields.manyToMany(Tag, { reverse: "posts", table: "x" }))).toMatch(
      /table is for the field "posts" of the other model to say/,
    );
  });

  it("goes through a model made for it, with a unique pair of keys and a table of its own", () => {
    class BlogPost extends Model("blog", {
      tags: () => fields.manyToMany(Tag),
      old: () => fields.manyToMany(Tag, { table: "o" }),
    }) {}
    const { through } = BlogPost.tags;
    expect(through.meta.table).toBe("blog_tags");
    expect(through.name).toBe("BlogPost_tags");
    expect(Object.keys(through.meta.fields)).toEqual(["id", "blogPost", "tag"]);
    expect(through.meta.columns.map(({ name }) => name)).toEqual(["id", "blog_post_id", "tag_id"]);
    expect(through.meta.options.constraints).toEqual([{ unique: ["blogPost", "tag"] }]);
    expect(BlogPost.tags.through).toBe(through);
    expect(BlogPost.old.through.meta.table).toBe("o");
    expect((BlogPost.meta.relations as Record<string, unknown>)["tags"]).toMatchObject({
      kind: "manyToMany",
      target: Tag.meta,
    });
    class Node extends Model("node", { links: () => fields.manyToMany(Node) }) {}
    expect(Object.keys(Node.links.through.meta.fields)).toEqual(["id", "fromNode", "toNode"]);
    class Id extends Model("id", { tags: () => fields.manyToMany(Tag) }) {}
    expect(Object.keys(Id.tags.through.meta.fields)).toEqual(["id", "fromId", "toTag"]);
  });

  it("has another side that agrees with it", () => {
    expect(messageOf({ tags: () => fields.manyToMany(Tag, { reverse: "post" }) })).toMatch(
      /Post\.tags.*Tag has no many-to-many field "post".*fields of Tag: none/,
    );
    class Left extends Model("left", { others: () => fields.manyToMany(Right), name: fields.text() }) {}
    class Right extends Model("right", { others: () => fields.manyToMany(Left, { reverse: "othres" }) }) {}
    expect(refusal(() => Right.meta)).toMatch(/Left has no many-to-many field "othres"\. Did you mean "others"/);
    class Third extends Model("third", { lefts: () => fields.manyToMany(Fourth, { reverse: "others" }) }) {}
    class Fourth extends Model("fourth", { others: () => fields.manyToMany(Tag) }) {}
    expect(refusal(() => Third.meta)).toMatch(/Fourth\.others leads to Tag, not to Third/);
    class Loop extends Model("loop", {
      to: () => fields.manyToMany(Loop),
      from: () => fields.manyToMany(Loop, { reverse: "to" }),
    }) {}
    expect(refusal(() => Loop.meta)).toMatch(/Loop\.to is symmetrical.*\{ symmetrical: false \}/);
    expect(messageOf({ tags: () => fields.manyToMany(Tag, { symmetrical: true }) })).toMatch(
      /Post\.tags: only a relation of a model to itself can be symmetrical, and this one leads to Tag/,
    );
  });

  it("goes through a model of one's own with one key to each side, or says which", () => {
    class User extends Model("user", {}) {}
    class Tie extends Model("tie", {
      user: () => fields.foreignKey(User),
      by: () => fields.foreignKey(User),
      tag: () => fields.foreignKey(Tag),
    }) {}
    const of = (options: object) => {
      class Owner extends Model("user", { tags: () => fields.manyToMany(Tag, options) }) {}
      return refusal(() => Owner.meta);
    };
    expect(of({ through: () => Tie })).toMatch(/Owner\.tags: Tie has no foreign key to Owner/);
    expect(of({ through: () => 5 })).toMatch(/through is a class made with Model\(…\), got number 5/);
    class Member extends Model("member", { tags: () => fields.manyToMany(Tag, { through: Pair }) }) {}
    class Pair extends Model("pair", {
      member: () => fields.foreignKey(Member),
      by: () => fields.foreignKey(Member),
      tag: () => fields.foreignKey(Tag),
    }) {}
    expect(refusal(() => Member.meta)).toMatch(/Pair has several foreign keys to Member: member, by.*throughFields/);
    class Wrong extends Model("member", {
      tags: () => fields.manyToMany(Tag, { through: Ties, throughFields: ["membr", "tag"] }),
    }) {}
    class Ties extends Model("ties", { member: () => fields.foreignKey(Wrong), tag: () => fields.foreignKey(Tag) }) {}
    expect(refusal(() => Wrong.meta)).toMatch(/throughFields names "membr".*Ties to Wrong\. Did you mean "member"/);
  });

  it("is declared as a function", () => {
    expect(messageOf({ tags: fields.manyToMany(Tag) })).toMatch(/tags: \(\) => fields\.manyToMany/);
    expect(messageOf({ tags: () => fields.manyToMany(any(undefined)) })).toMatch(
      /Post\.tags: expected a class made with Model/,
    );
  });
});
