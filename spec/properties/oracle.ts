import type { Library, Row, TableName } from "./library.js";
import type { Leaf, Tree } from "./predicates.js";
import type { Hop } from "./relations.js";

/** The related rows that conditions of one filter() hold for together, by path; null where there is none. */
type Joined = ReadonlyMap<string, Row | null>;

/**
 * The keys of the rows that a chain of filters gives, in order of keys: a row comes once for each combination of
 * related rows, one combination for each filter, as joins have it.
 */
export function expectedKeys(library: Library, table: TableName, filters: readonly Tree[]): number[] {
  return library[table].flatMap((row) => {
    const times = filters.reduce((product, filter) => product * matches(library, row, filter), 1);
    return Array.from({ length: times }, () => row.id);
  });
}

function matches(library: Library, row: Row, filter: Tree): number {
  const paths = new Map<string, readonly Hop[]>();
  collectPaths(filter, false, paths);
  let combinations: Joined[] = [new Map()];
  for (const hops of paths.values())
    combinations = combinations.flatMap((joined) => extended(library, row, joined, hops));
  return combinations.filter((joined) => holds(library, row, filter, joined)).length;
}

/** Paths through relations to many rows, shorter ones first; under NOT and XOR they are asked one by one instead. */
function collectPaths(tree: Tree, apart: boolean, into: Map<string, readonly Hop[]>): void {
  if (tree.kind === "not") return collectPaths(tree.item, true, into);
  // A combination of one is that one.
  if (tree.kind !== "where") {
    const separate = apart || (tree.kind === "xor" && tree.items.length > 1);
    for (const item of tree.items) collectPaths(item, separate, into);
    return;
  }
  if (apart) return;
  for (const { hops } of tree.leaves) {
    const first = hops.findIndex((hop) => hop.many);
    for (let end = first; first >= 0 && end < hops.length; end += 1) {
      const path = hops.slice(0, end + 1);
      into.set(nameOf(path), path);
    }
  }
}

function nameOf(hops: readonly Hop[]): string {
  return hops.map((hop) => hop.name).join("__");
}

function extended(library: Library, row: Row, joined: Joined, path: readonly Hop[]): Joined[] {
  const parent = rowAt(library, row, path.slice(0, -1), joined);
  const found = parent === null ? [] : (path.at(-1) as Hop).follow(library, parent);
  const rows = found.length === 0 ? [null] : found;
  return rows.map((related) => new Map([...joined, [nameOf(path), related]]));
}

/** The row at the end of a path: the joined one where the path leads to many. */
function rowAt(library: Library, row: Row, hops: readonly Hop[], joined: Joined): Row | null {
  let at: Row | null = row;
  for (let length = 1; length <= hops.length; length += 1) {
    const name = nameOf(hops.slice(0, length));
    if (joined.has(name)) at = joined.get(name) ?? null;
    else at = at === null ? null : ((hops[length - 1] as Hop).follow(library, at)[0] ?? null);
  }
  return at;
}

/** Whether a predicate holds; `joined` is null under NOT and XOR. */
function holds(library: Library, row: Row, tree: Tree, joined: Joined | null): boolean {
  switch (tree.kind) {
    case "where":
      return tree.leaves.every((leaf) => leafHolds(library, row, leaf, joined));
    case "not":
      return !holds(library, row, tree.item, null);
    case "and":
      return tree.items.every((item) => holds(library, row, item, joined));
    case "or":
      return tree.items.some((item) => holds(library, row, item, joined));
    case "xor": {
      const each = tree.items.length > 1 ? null : joined;
      return tree.items.filter((item) => holds(library, row, item, each)).length % 2 === 1;
    }
  }
}

function leafHolds(library: Library, row: Row, leaf: Leaf, joined: Joined | null): boolean {
  if (joined === null && leaf.hops.some((hop) => hop.many)) return someHolds(library, row, leaf);
  const at = rowAt(library, row, leaf.hops, joined ?? new Map());
  return leaf.test(at === null ? null : (at[leaf.column] ?? null));
}

/** Whether there is a related row for which it holds, or none where that will do. */
function someHolds(library: Library, row: Row, { hops, column, test, holdsForNull }: Leaf): boolean {
  const first = hops.findIndex((hop) => hop.many);
  let rows: readonly (Row | null)[] = [row];
  hops.forEach((hop, index) => {
    rows = rows.flatMap((at): readonly (Row | null)[] => {
      const found = at === null ? [] : hop.follow(library, at);
      // Behind the first relation to many a missing row is like a row of nulls; the first itself must be there.
      return found.length === 0 && index !== first ? [null] : found;
    });
  });
  return rows.length === 0 ? holdsForNull : rows.some((at) => test(at === null ? null : (at[column] ?? null)));
}
