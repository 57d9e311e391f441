import { describe, expect, it } from "vitest";
import { F, FieldError, fields, Length, manager, Model, Q } from "dunder-orm";
import { metaOf } from "../../../lib/models/index.js";
import { Memo } from "../../../lib/query/memo.js";
import { namesOf } from "../../../lib/query/names-of.js";

class Node extends Model("node", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ default: "" }),
  parent: () => fields.foreignKey(Node, { null: true }),
}) {
  static objects = manager(this);
}

const nodes = Node.objects;
const path = (names: number, end = "name") => "parent__".repeat(names - 1) + end;

describe("What is read of names has bounds", () => {
  it("a path has sixty names, whatever they are", () => {
    expect(() => nodes.filter({ [path(60)]: "x" } as never)).not.toThrow();
    const works: readonly ((name: string) => unknown)[] = [
      (name) => nodes.filter({ [name]: "x" } as never),
      (name) => nodes.orderBy(name as never),
      (name) => nodes.values(name as never),
      (name) => nodes.selectRelated(name as never),
      (name) => nodes.annotate({ x: F(name) } as never),
      (name) => nodes.annotate({ n: F("id") }).filter({ [`n__${name}`]: 1 } as never),
      (name) => nodes.annotate({ n: F("id") }).orderBy(`n__${name}` as never),
    ];
    for (const work of works) {
      for (const name of [
        path(61),
        path(61, "parent"),
        "name" + "__lower".repeat(60),
        "__".repeat(5000),
        "x".repeat(4001),
      ]) {
        expect(() => work(name)).toThrow(FieldError);
        expect(() => work(name)).toThrow(/is too long: a path has 60 names at most/);
      }
    }
  });

  it("so that no more is read of a longer one", () => {
    const meta = metaOf(Node);
    const read = (name: string) => {
      let splits = 0;
      const counted = { length: name.length, split: () => ((splits += 1), name.split("__")) };
      expect(() => namesOf(meta, counted as never, "filter")).toThrow(FieldError);
      return splits;
    };
    expect([read("x".repeat(4001)), read("a__".repeat(1e6))]).toEqual([0, 0]);
  });

  it("conditions and expressions are nested two hundred deep", () => {
    let q = Q({ name: "x" });
    let expression = F("id");
    for (let depth = 0; depth < 150; depth += 1) {
      q = q.not();
      expression = expression.add(1) as never;
    }
    expect(() => nodes.filter(q).annotate({ y: expression })).not.toThrow();
    for (let depth = 0; depth < 50_000; depth += 1) {
      q = (depth % 2 === 0 ? q.not() : q.or(Q({ id: depth }))) as never;
      expression = expression.add(1) as never;
    }
    expect(() => nodes.filter(q)).toThrow(/nested more than 200 deep/);
    expect(() => nodes.annotate({ y: expression })).toThrow(FieldError);
    expect(() => nodes.filter(Length("name").gt(expression))).toThrow(FieldError);
    expect(() => nodes.orderBy(expression.desc())).toThrow(FieldError);
    // Side by side there may be any number.
    expect(() => nodes.filter(Q.or(...Array.from({ length: 50_000 }, (_, id) => Q({ id }))))).not.toThrow();
  });

  it("a chain of the same connector is as flat as a list, of any length", () => {
    const wide = Q.or(...Array.from({ length: 100_000 }, (_, id) => Q({ id })));
    const wider = wide.or(wide).or(wide);
    expect(() => nodes.filter(wider)).not.toThrow();
  });

  it("a model keeps two thousand of each", () => {
    const memo = Memo.of<number>(metaOf(Node), "tested");
    for (let index = 0; index < 3000; index += 1) memo.keep(`n${index}`, index);
    expect(
      Array.from({ length: 3000 }, (_, index) => memo.read.get(`n${index}`)).filter((kept) => kept !== undefined),
    ).toHaveLength(2000);
    expect(Memo.of(metaOf(Node), "tested")).toBe(memo);
  });
});
