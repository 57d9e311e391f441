import fc from "fast-check";
import { Q } from "dunder-orm";
import type { TableName } from "./library.js";
import { type Asked, KEY_LOOKUPS, LOOKUPS } from "./lookups.js";
import { type Hop, TABLES } from "./relations.js";

/** One lookup at the end of a path. */
export interface Leaf extends Asked {
  readonly key: string;
  readonly hops: readonly Hop[];
  readonly column: string;
}

export type Tree =
  | { readonly kind: "where"; readonly leaves: readonly Leaf[] }
  | { readonly kind: "and" | "or" | "xor"; readonly items: readonly Tree[] }
  | { readonly kind: "not"; readonly item: Tree };

interface Options {
  /** Relations to many rows may be followed. */
  readonly many: boolean;
}

function leaves(table: TableName, options: Options, hops: readonly Hop[] = []): fc.Arbitrary<Leaf> {
  const { columns, hops: relations } = TABLES[table];
  const path = hops.map((hop) => `${hop.name}__`).join("");
  const own = Object.entries(columns).map(([column, family]) =>
    LOOKUPS[family].map((asked) => ({ ...asked, key: `${path}${column}${asked.suffix}`, hops, column })),
  );
  const usable = relations.filter((relation) => options.many || !relation.many);
  const keys = usable.map((relation) =>
    KEY_LOOKUPS.map((asked) => ({
      ...asked,
      key: `${path}${relation.name}${asked.suffix}`,
      hops: relation.many ? [...hops, relation] : hops,
      column: relation.many ? "id" : relation.name,
    })),
  );
  const further = hops.length < 2 ? usable.map((relation) => leaves(relation.to, options, [...hops, relation])) : [];
  return fc.oneof(
    { weight: 3, arbitrary: fc.oneof(...own) },
    { weight: 1, arbitrary: fc.oneof(...keys) },
    ...further.map((arbitrary) => ({ weight: 1, arbitrary })),
  );
}

/** Predicates on the rows of a table: lookups along random paths, combined at random. */
export function predicates(table: TableName, options: Options): fc.Arbitrary<Tree> {
  const leaf = leaves(table, options);
  const where = fc
    .uniqueArray(leaf, { minLength: 1, maxLength: 3, selector: ({ key }) => key })
    .map((items): Tree => ({ kind: "where", leaves: items }));
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 3, arbitrary: where },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("not" as const), item: tie("tree") }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constantFrom("and", "or", "xor"),
          items: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
        }),
      },
    ),
  }));
  return tree.map((made) => ({ ...made, [fc.toStringMethod]: () => describeTree(made) }));
}

/** The same as a Q, its names unchecked by the compiler. */
export function toQ(tree: Tree): never {
  return expressionOf(tree) as never;
}

type Expression = ReturnType<typeof Q<Record<string, unknown>>>;

function expressionOf(tree: Tree): Expression {
  if (tree.kind === "where") return Q(Object.fromEntries(tree.leaves.map(({ key, value }) => [key, value])));
  if (tree.kind === "not") return expressionOf(tree.item).not();
  return Q[tree.kind]<Expression[]>(...tree.items.map(expressionOf));
}

/** A predicate as one reads it, for the message of a failure. */
export function describeTree(tree: Tree): string {
  if (tree.kind === "where") return tree.leaves.map(({ key, value }) => `${key}: ${text(value)}`).join(", ");
  if (tree.kind === "not") return `not(${describeTree(tree.item)})`;
  return `${tree.kind}(${tree.items.map(describeTree).join("; ")})`;
}

function text(value: unknown): string {
  return JSON.stringify(value);
}
