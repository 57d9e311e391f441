import { describe, expect, it } from "vitest";
import { FieldError, fields, manager, Model, Q, type QueryEvent } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  album: () => fields.foreignKey(Album),
  title: fields.string({ maxLength: 50 }),
  position: fields.integer({ default: 0 }),
  released: fields.date({ null: true }),
  data: fields.json({ null: true }),
  live: fields.boolean({ default: false }),
}) {
  static objects = manager(this);
}

type Work = () => unknown;
const any = <T>(value: T): never => value as never;
const tracks = Track.objects;

/** Where a name can stand, and the name that was meant. */
const misspelt: readonly (readonly [string, Work, string])[] = [
  ["filter", () => tracks.filter(any({ titel: "x" })), "title"],
  ["filter by Q", () => tracks.filter(any(Q({ titel: "x" }).or(Q({ title: "y" })))), "title"],
  ["exclude", () => tracks.exclude(any({ positoin: 1 })), "position"],
  ["get", () => tracks.get(any({ titel: "x" })), "title"],
  ["getOrNull", () => tracks.getOrNull(any({ titel: "x" })), "title"],
  ["a relation", () => tracks.filter(any({ albun: 1 })), "album"],
  ["a path", () => tracks.filter(any({ album__nmae: "x" })), "name"],
  ["a reverse path", () => Album.objects.filter(any({ traks__title: "x" })), "tracks"],
  ["a path through a reverse", () => Album.objects.filter(any({ tracks__titel: "x" })), "title"],
  ["a lookup", () => tracks.filter(any({ title__icontians: "x" })), "icontains"],
  ["a lookup of a relation", () => tracks.filter(any({ album__isnul: true })), "isnull"],
  ["a transform", () => tracks.filter(any({ released__yaer: 2000 })), "year"],
  ["a lookup after a transform", () => tracks.filter(any({ released__year__gtee: 2000 })), "gte"],
  ["orderBy", () => tracks.orderBy(any("titel")), "title"],
  ["orderBy downwards", () => tracks.orderBy(any("-album__nmae")), "name"],
  ["selectRelated", () => tracks.selectRelated(any("albun")), "album"],
  ["create", () => tracks.create(any({ titel: "x", album: 1 })), "title"],
  ["bulkCreate", () => tracks.bulkCreate(any([{ titel: "x", album: 1 }])), "title"],
  ["new", () => new Track(any({ titel: "x", album: 1 })), "title"],
  ["update", () => tracks.filter({ pk: 1 }).update(any({ titel: "x" })), "title"],
  ["getOrCreate", () => tracks.getOrCreate(any({ titel: "x" })), "title"],
  [
    "the defaults of getOrCreate",
    () => tracks.getOrCreate(any({ pk: 5 }), any({ defaults: { positoin: 1 } })),
    "position",
  ],
  ["update of a row", () => new Track({ album: 1, title: "x" }).update(any({ titel: "y" })), "title"],
  ["save only", () => new Track({ album: 1, title: "x" }).save({ only: ["titel"] }), "title"],
  ["an undefined value", () => tracks.create(any({ title: "x", album: 1, positoin: undefined })), "position"],
];

const unknown: readonly (readonly [string, Work])[] = [
  ...[
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "_connector",
    "_q",
    "$or",
    "id; drop",
    "title ",
  ].flatMap((name): (readonly [string, Work])[] => {
    const where = JSON.parse(`{${JSON.stringify(name)}: 1}`) as object;
    return [
      [`filter ${name}`, () => tracks.filter(any(where))],
      [`get ${name}`, () => tracks.get(any(where))],
      [`orderBy ${name}`, () => tracks.orderBy(any(name))],
      [`selectRelated ${name}`, () => tracks.selectRelated(any(name))],
      [`update ${name}`, () => tracks.filter({ pk: 1 }).update(any(where))],
      [`create ${name}`, () => tracks.create(any(where))],
      [`a lookup ${name}`, () => tracks.filter(any({ [`title__${name}`]: 1 }))],
      [`through album ${name}`, () => tracks.filter(any({ [`album__${name}`]: 1 }))],
    ];
  }),
  ["an empty name", () => tracks.filter(any({ "": 1 }))],
  ["only underscores", () => tracks.filter(any({ __: 1 }))],
  ["a name that ends early", () => tracks.filter(any({ album__: 1 }))],
  ["a lookup with more after it", () => tracks.filter(any({ title__contains__x: "x" }))],
  ["a field below a field", () => tracks.filter(any({ title__album: 1 }))],
  ["a lookup of another kind", () => tracks.filter(any({ position__contains: "1" }))],
  ["a transform of another kind", () => tracks.filter(any({ title__year: 1 }))],
  ["a text lookup of a relation", () => tracks.filter(any({ album__icontains: "x" }))],
  ["order by a lookup", () => tracks.orderBy(any("title__lower__exact"))],
  ["order by two signs", () => tracks.orderBy(any("--title"))],
  ["order by nothing", () => tracks.orderBy(any(""))],
  ["order by SQL", () => tracks.orderBy(any("title desc; drop table track"))],
  ["order by something else", () => tracks.orderBy(any({ title: "desc" }))],
  ["selectRelated of a field", () => tracks.selectRelated(any("title"))],
  ["selectRelated of many rows", () => Album.objects.selectRelated(any("tracks"))],
  ["selectRelated of nothing", () => tracks.selectRelated()],
  ["selectRelated of something else", () => tracks.selectRelated(any(5))],
  ["a reverse side in new", () => new Album(any({ name: "x", tracks: [] }))],
  ["a reverse side in update", () => Album.objects.filter({ pk: 1 }).update(any({ tracks: [] }))],
];

const WORDS =
  /Fields?: |Lookups: |Lookups of|Relations to|takes names|takes an object|needs the names|leads to many|hold this relation/;

onEngines("A name that is not there", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, [Album, Track], { onQuery: (event) => events.push(event) });

  const refusal = async (work: Work): Promise<FieldError> => {
    const sent = events.length;
    const error: unknown = await Promise.resolve()
      .then(work)
      .then(
        () => null,
        (reason: unknown) => reason,
      );
    expect(error).toBeInstanceOf(FieldError);
    // getOrCreate has looked before it reads its defaults.
    expect(events.slice(sent).filter(({ sql }) => !/^select/i.test(sql))).toEqual([]);
    return error as FieldError;
  };

  describe("is met with the one that was meant:", () => {
    it.each(misspelt)("%s", async (_, work, meant) => {
      const { message } = await refusal(work);
      expect(message).toContain(`Did you mean "${meant}"?`);
      expect(message).toMatch(/Track|Album/);
    });
  });

  describe("is refused with those that there are:", () => {
    it.each(unknown)("%s", async (_, work) => {
      expect((await refusal(work)).message).toMatch(WORDS);
    });
  });

  it("leaves Object.prototype alone", () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
