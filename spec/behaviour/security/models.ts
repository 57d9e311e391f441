import { expect } from "vitest";
import { fields, manager, Model, OrmError, type QueryEvent } from "dunder-orm";

export class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 60, default: "" }),
  body: fields.text({ default: "" }),
  rank: fields.integer({ default: 0 }),
  price: fields.decimal({ precision: 8, scale: 2, default: "0.00" }),
  made: fields.datetime({ null: true }),
  day: fields.date({ null: true }),
  live: fields.boolean({ default: true }),
  data: fields.json({ null: true }),
  parent: () => fields.foreignKey(Note, { null: true }),
  children: () => fields.hasMany(Note, "parent"),
}) {
  static objects = manager(this);
}

/** A queryset's methods as somebody sees them who hands on what a request said. */
export interface Untyped {
  [method: string]: (...args: unknown[]) => Untyped;
}

export const notes = Note.objects as unknown as Untyped;

/** Runs what may throw at once or later. */
export async function failureOf(work: () => unknown): Promise<unknown> {
  return Promise.resolve()
    .then(work)
    .then(
      () => null,
      (reason: unknown) => reason,
    );
}

/** The work ends in an error of ours before any SQL; a queryset that is described only is asked for its rows. */
export async function expectRefused(events: readonly QueryEvent[], work: () => unknown, what: string): Promise<void> {
  const sent = events.length;
  const error = await failureOf(async () => {
    const made = await work();
    const { all } = (made ?? {}) as { all?: () => unknown };
    if (typeof all === "function") await all.call(made);
  });
  expect(error, what).toBeInstanceOf(OrmError);
  expect(
    events.slice(sent).map(({ sql }) => sql),
    what,
  ).toEqual([]);
  // Whoever logs it shall not be handed the whole of it.
  expect((error as Error).message.length, what).toBeLessThan(4100);
}
