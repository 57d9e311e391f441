import { expect, it } from "vitest";
import { ConfigurationError, fields, FieldError, manager, Model, ValidationError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Author, Blog, Entry, models } from "./data.js";

/** Fields named like lookups and transforms: the field comes first. */
class Range extends Model("range_table", {
  id: fields.integer({ primaryKey: true }),
  exact: fields.integer(),
  year: fields.integer(),
  isnull: fields.boolean({ default: false }),
  parent: () => fields.foreignKey(Range, { null: true }),
  in: () => fields.hasMany(Range, "parent"),
}) {
  static objects = manager(this);
}

const wrong = (where: object) => where as never;

const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    "an unknown field",
    () => Blog.objects.filter(wrong({ nmae: 1 })),
    /Blog has no field "nmae" in filter\(\{ nmae \}\).*name.*entries/,
  ],
  ["an unknown field, with the nearest", () => Blog.objects.exclude(wrong({ nmae: 1 })), /did you mean.*name/i],
  ["an unknown lookup", () => Blog.objects.filter(wrong({ name__contians: "x" })), /contains/],
  [
    "a lookup of another family",
    () => Blog.objects.filter(wrong({ id__contains: "x" })),
    /Blog\.id has no lookup or transform "contains"/,
  ],
  ["two lookups", () => Blog.objects.filter(wrong({ name__exact__iexact: "x" })), /name__exact__iexact/],
  [
    "a name behind a scalar",
    () => Blog.objects.filter(wrong({ name__first: "x" })),
    /Blog\.name has no lookup or transform "first"/,
  ],
  ["a lookup of values on a relation", () => Entry.objects.filter(wrong({ blog__gt: 1 })), /Blog has no field "gt"/],
  [
    "an unknown name behind a relation",
    () => Entry.objects.filter(wrong({ blog__nmae: 1 })),
    /Blog has no field "nmae"/,
  ],
  ["the model's name for its reverse side", () => Blog.objects.filter(wrong({ entry__year: 1 })), /entries/],
  ["Django's default accessor", () => Blog.objects.filter(wrong({ entry_set__year: 1 })), /entries/],
  ["the column instead of the field", () => Entry.objects.filter(wrong({ blog_id: 1 })), /blog/],
  ["a trailing underscore pair", () => Blog.objects.filter(wrong({ name__: 1 })), /name__/],
  ["a property of objects", () => Blog.objects.filter(wrong({ constructor: 1 })), /Blog has no field "constructor"/],
  ["toString", () => Blog.objects.filter(wrong({ toString: 1 })), /Blog has no field "toString"/],
  ["__proto__", () => Blog.objects.filter(wrong(JSON.parse('{"__proto__": 1}') as object)), /no field/],
  ["SQL", () => Blog.objects.filter(wrong({ 'name" = 1; --': 1 })), /no field/],
  ["SQL in an order", () => Blog.objects.orderBy('name"; drop table blog' as "name"), /no field/],
  ["an object for a scalar", () => Blog.objects.filter(wrong({ name: { $ne: "" } })), /name/],
  ["an array for a scalar", () => Blog.objects.filter(wrong({ name: ["b1"] })), /name/],
  ["an object for a number", () => Author.objects.filter(wrong({ age: {} })), /age/],
  ["a date for text", () => Blog.objects.filter(wrong({ name: new Date(0) })), /name/],
  ["a number for text", () => Blog.objects.filter(wrong({ name: 1 })), /expected a string/],
  ["a string for a number", () => Author.objects.filter(wrong({ age: "30" })), /expected a/],
  ["NaN", () => Author.objects.filter({ age: Number.NaN }), /age/],
  ["Infinity", () => Author.objects.filter({ age__lt: Number.POSITIVE_INFINITY }), /age__lt/],
  ["true for a number", () => Author.objects.filter(wrong({ age: true })), /age/],
  ["a string for a list", () => Blog.objects.filter(wrong({ name__in: "b1" })), /expected a list/],
  ["one bound for a range", () => Author.objects.filter(wrong({ age__range: [1] })), /pair/],
  [
    "a condition that is none",
    () => Blog.objects.filter(wrong("name" as unknown as object)),
    /takes an object of lookups/,
  ],
  ["null for conditions", () => Blog.objects.filter(null as never), /takes an object of lookups/],
  ["a row for conditions", () => Blog.objects.filter(wrong(new Blog({ name: "x" }))), /takes an object of lookups/],
];

onEngines("Names", (engine) => {
  useDatabase(engine, [...models, Range]);

  it.each(refused)("trap 59: %s is refused", (_title, call, message) => {
    expect(call).toThrow(FieldError);
    expect(call).toThrow(message);
  });

  it("trap 59: a field comes before a transform, and that before a lookup", async () => {
    const top = await Range.objects.create({ exact: 1, year: 2000 });
    const below = await Range.objects.create({ exact: 2, year: 2001, parent: top, isnull: true });
    const keys = async (where: object) =>
      (await Range.objects.filter(wrong(where)).orderBy("id").all()).map((row) => row.pk);
    expect(await keys({ exact: 1 })).toEqual([top.pk]);
    expect(await keys({ exact__exact: 2 })).toEqual([below.pk]);
    expect(await keys({ parent__exact: 1 })).toEqual([below.pk]);
    expect(await keys({ parent__exact__exact: 1 })).toEqual([below.pk]);
    expect(await keys({ parent__isnull: false })).toEqual([below.pk]);
    expect(await keys({ in__exact: 2 })).toEqual([top.pk]);
    expect(await keys({ in__year: 2001 })).toEqual([top.pk]);
    expect(await keys({ in__pk__in: [below.pk] })).toEqual([top.pk]);
  });

  it("trap 59: a field with two underscores in its name is refused", () => {
    class Bad extends Model("bad", { id: fields.integer({ primaryKey: true }), first__name: fields.text() }) {
      static objects = manager(this);
    }
    expect(() => Bad.meta.fields).toThrow(ConfigurationError);
    expect(() => Bad.meta.fields).toThrow(/first__name/);
  });

  it("trap 59: unknown names are refused where rows are made", async () => {
    await expect(Blog.objects.create({ name: "x", nmae: 1 } as never)).rejects.toThrow(/nmae/);
    expect(() => new Blog({ name: "x", nmae: 1 } as never)).toThrow(/nmae/);
    expect(() => new Blog({ name: 3 } as never)).toThrow(ValidationError);
    expect(await Blog.objects.count()).toBe(0);
  });
});
