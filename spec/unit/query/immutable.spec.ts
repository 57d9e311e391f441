import { describe, expect, it } from "vitest";
import { Database, fields, manager, Model, type QueryEvent, Q } from "dunder-orm";

const events: QueryEvent[] = [];
const db = new Database("sqlite::memory:", { onQuery: (event) => events.push(event) });

class Owner extends Model("owner", { id: fields.integer({ primaryKey: true }) }, { database: db }) {
  static objects = manager(this);
}

class Note extends Model(
  "note",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string(),
    rank: fields.integer({ default: 0 }),
    parent: () => fields.foreignKey(Note, { null: true }),
    owner: () => fields.foreignKey(Owner, { null: true }),
  },
  { database: db, ordering: ["rank"] },
) {
  static objects = manager(this);
}

describe("A queryset", () => {
  const base = Note.objects.filter({ rank__gt: 1 });
  const refined: readonly (readonly [string, () => { sql(): unknown }])[] = [
    ["filter", () => base.filter({ title: "x" })],
    ["exclude", () => base.exclude({ title: "x" })],
    ["Q", () => base.filter(Q({ title: "x" }).or(Q({ title: "y" })))],
    ["orderBy", () => base.orderBy("-title")],
    ["reverse", () => base.reverse()],
    ["distinct", () => base.distinct()],
    ["limit", () => base.limit(3)],
    ["offset", () => base.offset(3)],
    ["slice", () => base.slice(1, 3)],
    ["or", () => base.or(Note.objects.filter({ title: "x" }))],
    ["and", () => base.and(Note.objects.filter({ title: "x" }))],
    ["union", () => base.union(Note.objects)],
    ["intersection", () => base.intersection(Note.objects)],
    ["difference", () => base.difference(Note.objects)],
    ["asCte", () => base.asCte("some")],
    ["recursive", () => base.recursive("parent")],
    ["selectRelated", () => base.selectRelated("owner")],
  ];

  it.each(refined)("is left as it was by %s, which gives another", (_, refine) => {
    const before = base.sql();
    const other = refine();
    expect(other).not.toBe(base);
    expect(other.sql()).not.toEqual(before);
    expect(base.sql()).toEqual(before);
  });

  it("sends nothing until it is told to", () => {
    const sent = events.length;
    for (const [, refine] of refined) refine();
    base.using(db).none().inTimeZone("Europe/Vienna").iterator();
    expect(events).toHaveLength(sent);
    expect(db.isConnected).toBe(false);
  });

  it("is no promise: it passes through async functions unrun", async () => {
    const given = await Promise.resolve().then(() => base);
    expect(given).toBe(base);
    expect("then" in base).toBe(false);
  });

  it("of the same shape has the same SQL, whatever its values", () => {
    const ask = (rank: number, title: string): string =>
      Note.objects.filter({ rank, title__contains: title }).sql().sql;
    expect(ask(1, "a")).toBe(ask(2, "%_"));
    expect(ask(1, "'; drop table note; --")).toBe(ask(1, "b"));
    expect(Note.objects.filter({ rank: 1 }).sql().sql).not.toBe(Note.objects.filter({ rank: null as never }).sql().sql);
  });

  it("does not see what happens to its arguments later", () => {
    const list = [1, 2, 3];
    const lookups: { rank__in: number[] } = { rank__in: list };
    const notes = Note.objects.filter(lookups);
    const before = JSON.stringify(notes.sql(), (_, value: unknown) =>
      typeof value === "bigint" ? Number(value) : value,
    );
    list.push(4);
    lookups.rank__in = [];
    expect(
      JSON.stringify(notes.sql(), (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
    ).toBe(before);
  });

  it("slices compose, and never widen", () => {
    const bounds = (notes: typeof base): unknown[] => notes.sql().parameters.slice(1).map(Number);
    expect(bounds(base.slice(10, 20).slice(2, 5))).toEqual(bounds(base.slice(12, 15)));
    expect(bounds(base.limit(3).limit(10))).toEqual(bounds(base.limit(3)));
    expect(bounds(base.slice(10, 20).slice(5, 50))).toEqual(bounds(base.slice(15, 20)));
    expect(bounds(base.offset(2).offset(3))).toEqual(bounds(base.offset(5)));
  });
});
