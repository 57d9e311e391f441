import { describe, expect, it } from "vitest";
import { Database, FieldError, fields, manager, Model, Q } from "dunder-orm";

const db = new Database("sqlite::memory:");

class Note extends Model(
  "note",
  { id: fields.integer({ primaryKey: true }), a: fields.integer(), b: fields.integer() },
  { database: db },
) {
  static objects = manager(this);
}

const where = (sql: string): string => sql.slice(sql.toLowerCase().indexOf(" where ") + 7).replaceAll('"t0".', "");
type Condition = Parameters<typeof Note.objects.filter>[0];
const asked = (...conditions: unknown[]): { text: string; values: readonly unknown[] } => {
  const { sql, parameters } = Note.objects.filter(...(conditions as [Condition])).sql();
  return { text: where(sql), values: parameters };
};

describe("A Q", () => {
  it("binds every value, in order", () => {
    const q = Q({ a: 1 })
      .or(Q({ b: 2 }))
      .and(Q({ a__gt: 3 }).not());
    expect(asked(q).values.map(Number)).toEqual([1, 2, 3]);
    expect(asked(q).text).not.toMatch(/[123]\b(?!\))/);
  });

  it("is left as it was by every method", () => {
    const one = Q({ a: 1 });
    const before = asked(one);
    one.or(Q({ b: 2 }));
    one.and(Q({ b: 2 }));
    one.not();
    expect(asked(one)).toEqual(before);
    expect(Object.isFrozen(one)).toBe(true);
  });

  it("does not see what happens to its object later", () => {
    const lookups: { a: number } = { a: 1 };
    const q = Q(lookups);
    lookups.a = 2;
    expect(asked(q).values.map(Number)).toEqual([1]);
  });

  it("that is empty asks nothing, wherever it stands", () => {
    const all = Note.objects.sql().sql;
    for (const q of [Q({}), Q.and(), Q.or(), Q.xor(), Q({}).not(), Q({}).or(Q({}))]) {
      expect(Note.objects.filter(q).sql().sql).toBe(all);
    }
    expect(asked(Q({ a: 1 }).or(Q({})))).toEqual(asked(Q({ a: 1 })));
    expect(asked(Q.and(Q({}), Q({ a: 1 })))).toEqual(asked({ a: 1 }));
  });

  it("joins as its methods and functions say", () => {
    expect(asked(Q.or(Q({ a: 1 }), Q({ b: 2 })))).toEqual(asked(Q({ a: 1 }).or(Q({ b: 2 }))));
    expect(asked(Q.and(Q({ a: 1 }), Q({ b: 2 }))).text).toEqual(asked({ a: 1, b: 2 }).text);
    expect(asked({ a: 1 }, Q({ b: 2 })).text).toEqual(asked({ a: 1, b: 2 }).text);
  });

  it("of a thousand parts is no deeper than one of two", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => Q({ a: index }));
    const text = asked(Q.or(...many)).text;
    const chained = asked(many.reduce((all, item) => all.or(item))).text;
    expect(chained).toBe(text);
    let depth = 0;
    let deepest = 0;
    for (const letter of text) {
      if (letter === "(") deepest = Math.max(deepest, (depth += 1));
      if (letter === ")") depth -= 1;
    }
    expect(deepest).toBeLessThan(30);
  });

  it("is nothing that JSON can spell", () => {
    const spelled: unknown = JSON.parse(JSON.stringify(Q({ a: 1 })));
    expect(() => Note.objects.filter(spelled as never)).toThrow(FieldError);
    expect(() => Q({ a: 1 }).or(spelled as never)).toThrow(/combines Q expressions/);
    expect(() => Note.objects.filter(Object.create(Q({ a: 1 })) as never)).toThrow(FieldError);
    expect(() => Q(Q({ a: 1 }) as never)).toThrow(FieldError);
  });
});
