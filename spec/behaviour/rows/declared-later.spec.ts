import { inspect } from "node:util";
import { beforeAll, expect, it } from "vitest";
import {
  ConfigurationError,
  Count,
  Exists,
  F,
  FieldError,
  fields,
  manager,
  Model,
  NotLoadedError,
  OuterRef,
  Prefetch,
  QuerySet,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

// Each model leads to one that is declared further down, or back to one that is declared above.

class LabelQuery extends QuerySet<Label> {
  independent(): this {
    return this.filter({ major: false }).orderBy("name");
  }

  signing(start: string): this {
    return this.filter({ artists__name__startswith: start }).distinct();
  }
}

class Label extends Model("label", {
  name: fields.string(),
  major: fields.boolean({ default: false }),
  artists: () => fields.hasMany(Artist, "label"),
}) {
  static objects: LabelQuery = LabelQuery.asManager(this);
  static small: LabelQuery = LabelQuery.asManager(this).independent();
  static late = this.objects.filter({ artists__albums__year__gt: 2000 }).distinct().orderBy("name");
  static counted = manager(this)
    .annotate({ signed: Count("artists") })
    .filter({ signed__gte: 1 })
    .orderBy("-signed", "name")
    .values("name", "signed");
  static full = manager(this).prefetchRelated("artists__albums").fetchMode("raise").orderBy("name");
  static names = manager(this).valuesList("name", { flat: true }).orderBy("-name").slice(0, 2);
}

class Artist extends Model("artist", {
  name: fields.string(),
  label: () => fields.foreignKey(Label, { null: true }),
  albums: () => fields.hasMany(Album, "artist"),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
  static signed = manager(this).selectRelated("label").filter({ label__isnull: false }).orderBy("name");
  static busy = manager(this).filter(Exists(manager(this).filter({ pk: OuterRef("pk"), albums__year: 2001 })));
  static owners = Label.objects.filter({ artists__isnull: false }).distinct().orderBy("name");
}

class Album extends Model("album", {
  title: fields.string(),
  year: fields.integer(),
  artist: () => fields.foreignKey(Artist),
}) {
  static objects = manager(this);
  static recent = manager(this).filter({ year__gte: 2000 }).orderBy(F("year").desc(), "title");
  static either = manager(this)
    .filter({ year: 1999 })
    .or(manager(this).filter({ artist__label__name: "Ost" }))
    .orderBy("title");
  static ofSigned = manager(this).filter({ artist__in: Artist.signed }).orderBy("title");
}

/** Leads nowhere, so that its own querysets are made at once; what they are given is not. */
class Report extends Model("report", { year: fields.integer() }) {
  static objects = manager(this);
  static ofAlbums = manager(this)
    .filter({ year__in: Album.recent.values("year") })
    .orderBy("year");
}

class Tag extends Model("tag", {
  name: fields.string(),
  artists: () => fields.manyToMany(Artist, { reverse: "tags" }),
  groups: () => fields.manyToMany(Group, { through: () => Grouping }),
}) {
  static objects = manager(this);
  static full = manager(this).prefetchRelated(
    Prefetch("artists", Artist.objects.exclude({ label: null }).orderBy("name"), { toAttr: "signed" }),
  );
}

class Group extends Model("tag_group", { name: fields.string() }) {
  static objects = manager(this);
}

class Grouping extends Model("tag_grouping", {
  tag: () => fields.foreignKey(Tag),
  group: () => fields.foreignKey(Group),
}) {
  static objects = manager(this);
}

class Small extends Label {
  static override objects: LabelQuery = LabelQuery.asManager(this).independent();
}

class Owner extends Model("owner", { name: fields.string(), pet: () => fields.foreignKey(Animal, { null: true }) }) {
  static objects = manager(this);
  static ofNoisy = manager(this).filter({ pet__name__startswith: "R" });
}

class Animal extends Model(
  "animal",
  { name: fields.string(), kind: fields.string({ default: "animal" }), owners: () => fields.hasMany(Owner, "pet") },
  { discriminator: "kind", ordering: ["id"] },
) {
  static objects = manager(this);
  static named = manager(this).exclude({ name: "" });
  static again = this.objects.filter({ name__contains: "e" });
}

class Dog extends Animal.variant("dog", { size: fields.integer({ null: true }) }) {
  static objects = manager(this);
  static large = manager(this).filter({ size__gt: 50 });
}

class Cat extends Animal.variant("cat", { lives: fields.smallInteger({ default: 9 }) }) {
  static objects = manager(this);
  static lucky = manager(this).filter({ lives__gt: 5, name__ne: "" });
}

const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

onEngines("A queryset described in the body of a class, before those it leads to", (engine) => {
  const used = useDatabase(engine, [Label, Artist, Album, Tag, Group, Grouping, Report, Owner, Animal]);

  beforeAll(async () => {
    const [ost, west] = await Label.objects.bulkCreate([
      { name: "Ost" },
      { name: "West" },
      { name: "Big", major: true },
    ]);
    const artists = await Artist.objects.bulkCreate([
      { name: "Ärzte", label: ost! },
      { name: "Bo", label: west! },
      { name: "Cy", label: null },
      { name: "Ä2", label: ost! },
    ]);
    const [a, b, c] = artists;
    await Album.objects.bulkCreate([
      { title: "One", year: 1999, artist: c! },
      { title: "Two", year: 2001, artist: a! },
      { title: "Three", year: 2010, artist: b! },
    ]);
    await (await Tag.objects.create({ name: "loud" })).artists.add(...artists);
    await Report.objects.bulkCreate([{ year: 1999 }, { year: 2001 }, { year: 2010 }]);
  });

  it("has what it was told once it is used", async () => {
    expect(names(await Label.small.all())).toEqual(["Ost", "West"]);
    expect(names(await Label.small.signing("Ä").all())).toEqual(["Ost"]);
    expect(names(await Label.late.all())).toEqual(["Ost", "West"]);
    expect(await Label.counted.all()).toEqual([
      { name: "Ost", signed: 2 },
      { name: "West", signed: 1 },
    ]);
    expect(await Label.names.all()).toEqual(["West", "Ost"]);
    expect(names(await Artist.busy.all())).toEqual(["Ärzte"]);
    expect(names(await Artist.owners.all())).toEqual(["Ost", "West"]);
    expect((await Album.recent.all()).map(({ title }) => title)).toEqual(["Three", "Two"]);
    expect((await Album.either.all()).map(({ title }) => title)).toEqual(["One", "Two"]);
    expect((await Album.ofSigned.all()).map(({ title }) => title)).toEqual(["Three", "Two"]);
    expect((await Report.ofAlbums.all()).map(({ year }) => year)).toEqual([2001, 2010]);
    expect(names(await Small.objects.all())).toEqual(["Ost", "West"]);
    expect(await Small.objects.first()).toBeInstanceOf(Small);
  });

  it("joins and fetches along, and forbids what it was told to", async () => {
    const signed = await Artist.signed.all();
    expect(signed.map(({ label }) => label!.name)).toEqual(["West", "Ost", "Ost"]);
    const [, ost] = await Label.full.all();
    expect([...ost!.artists].flatMap((artist) => [...artist.albums]).map(({ title }) => title)).toEqual(["Two"]);
    await expect(ost!.artists.filter({ name: "Bo" }).all()).resolves.toEqual([]);
    await expect([...ost!.artists][0]!.tags.all()).rejects.toThrow(NotLoadedError);
    const [tag] = await Tag.full.all();
    expect(names(tag!.signed)).toEqual(["Bo", "Ä2", "Ärzte"]);
  });

  it("is refined further, run in every way, and gives the same each time", async () => {
    const further = Album.recent.filter({ year__lt: 2005 });
    expect(await further.count()).toBe(1);
    expect(await Album.recent.count()).toBe(2);
    expect(await Album.recent.filter({ year__lt: 2005 }).exists()).toBe(true);
    expect((await Album.recent.first())!.title).toBe("Three");
    expect(Album.recent.sql()).toEqual(
      Album.objects.filter({ year__gte: 2000 }).orderBy(F("year").desc(), "title").sql(),
    );
    const streamed: string[] = [];
    for await (const { title } of Album.recent) streamed.push(title);
    expect(streamed).toEqual(["Three", "Two"]);
    expect(await Album.recent.using(used.db).update({ year: 2020 })).toBe(2);
    expect(await Album.objects.filter({ pk__in: Album.recent }).count()).toBe(2);
  });

  it("leaves a table open for variants that are declared after it", async () => {
    await Dog.objects.bulkCreate([
      { name: "Rex", size: 60 },
      { name: "Bob", size: 5 },
    ]);
    await Cat.objects.create({ name: "Mia" });
    await Owner.objects.create({ name: "Ann", pet: await Animal.objects.get({ name: "Rex" }) });
    expect(names(await Animal.named.all())).toEqual(["Rex", "Bob", "Mia"]);
    expect(names(await Animal.again.all())).toEqual(["Rex"]);
    expect(names(await Dog.large.all())).toEqual(["Rex"]);
    expect(names(await Cat.lucky.all())).toEqual(["Mia"]);
    expect(names(await Owner.ofNoisy.all())).toEqual(["Ann"]);
  });

  it("goes to the database that it was told", async () => {
    class Left extends Model("left_side", {
      id: fields.integer({ primaryKey: true }),
      right: () => fields.hasMany(Right, "left"),
    }) {
      static objects = manager(this);
      static here = manager(this).using(used.db).filter({ right__isnull: true }).none();
    }
    class Right extends Model("right_side", { left: () => fields.foreignKey(Left) }) {
      static objects = manager(this);
    }
    expect(await Left.here.all()).toEqual([]);
    expect(Right.meta.name).toBe("Right");
  });
});

it("tells a mistake when it is used, and where it was described", () => {
  class Shelf extends Model("shelf", { books: () => fields.hasMany(Book, "shelf") }) {
    static objects = manager(this);
    static wrong = describedHere(() =>
      manager(this)
        .filter({ book__title: "x" } as never)
        .orderBy("id"),
    );
    static wrongAlong = manager(this).prefetchRelated("boks" as never);
    static wrongMode = manager(this).fetchMode("rise" as never);
    static wrongWhere = manager(this).where("x" as never);
  }
  class Book extends Model("book", { title: fields.string(), shelf: () => fields.foreignKey(Shelf) }) {
    static objects = manager(this);
  }
  expect(Book.meta.name).toBe("Book");
  for (const time of ["first", "second"]) {
    const thrown = thrownBy(() => Shelf.wrong.sql());
    expect(thrown, time).toBeInstanceOf(FieldError);
    expect(thrown.message).toMatch(/^Shelf has no field "book".*filter\(\{ book__title \}\).*Did you mean "books"\?/s);
    expect((thrown.cause as Error).message).toMatch(/described here/);
    expect((thrown.cause as Error).stack).toMatch(/describedHere/);
    expect((thrown.cause as Error).stack).not.toMatch(/refinable/);
  }
  expect(() => Shelf.wrong.filter({ id: 1 })).toThrow(/no field "book"/);
  expect(() => Shelf.wrongAlong.limit(1)).toThrow(/Shelf has no relation "boks" in prefetchRelated/);
  expect(() => Shelf.wrongMode.limit(1)).toThrow(/fetchMode\(…\) takes one of/);
  expect(() => Shelf.wrongWhere.limit(1)).toThrow(/where\(…\) takes a function/);
});

function describedHere<T>(describe: () => T): T {
  return describe();
}

it("tells a mistake at once where the model is there", () => {
  expect(() => {
    class Alone extends Model("alone", { title: fields.string() }) {
      static wrong = manager(this).filter({ titel: "x" } as never);
    }
    return Alone;
  }).toThrow(/Alone has no field "titel"/);
});

it("cannot be run before the classes are there, and can be afterwards", () => {
  const seen: unknown[] = [];
  class Early extends Model("early", { later: () => fields.hasMany(Later, "early") }) {
    static objects = manager(this);
    static some = manager(this).filter({ later__isnull: false });
    static {
      seen.push(thrownBy(() => this.some.sql()));
      seen.push(inspect(this.some));
    }
  }
  class Later extends Model("later", { early: () => fields.foreignKey(Early) }) {
    static objects = manager(this);
  }
  expect(Later.meta.name).toBe("Later");
  expect(seen[0]).toBeInstanceOf(ReferenceError);
  expect(seen[1]).toBe("[a QuerySet of Early, not run yet: await ….all()]");
  expect(thrownBy(() => Early.some.sql()).message).toMatch(/has no database/);
});

it("waits for what a bundler or an older module system leaves undefined until then", () => {
  const later: { Other?: typeof Base; Through?: typeof Base } = {};
  const other = () => later.Other as typeof Base;
  class Base extends Model("base_one", {
    others: () => fields.manyToMany(other() as never, { through: later.Through as never }),
  }) {
    static objects = manager(this);
    static some = manager(this).filter({ others__isnull: true } as never);
  }
  expect(() => Base.some.limit(1)).not.toThrow();
  later.Other = class Other extends Model("other_one", { name: fields.string() }) {
    static objects = manager(this);
  } as never;
  expect(thrownBy(() => Base.some.sql())).toBeInstanceOf(ConfigurationError);
  expect(thrownBy(() => Base.some.sql()).message).toMatch(
    /Base\.others: through is a class made with Model\(…\), got undefined/,
  );
  later.Through = class Between extends Model("between", {
    base: () => fields.foreignKey(Base),
    other: () => fields.foreignKey(other()),
  }) {
    static objects = manager(this);
  } as never;
  expect(Object.keys(Base.meta.relations)).toEqual(["others"]);
  expect(thrownBy(() => Base.some.sql()).message).toMatch(/has no database/);
});

function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown.");
}
