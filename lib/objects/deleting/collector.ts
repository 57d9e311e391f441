import type { DatabaseCore } from "../../execute/database-core.js";
import type { ColumnMeta } from "../../models/index.js";
import { type Query, rowsHolding, type Tuple, withColumns } from "../../query/index.js";
import { type DeleteEdge, type DeleteGraph, type DeleteNode, targetOf } from "./delete-graph.js";
import { fetchRows } from "../reading/fetch.js";
import { FoundRows } from "../reading/found-rows.js";
import { inBatches } from "../reading/key-batches.js";

/** Rows of a table by what some columns of theirs hold. */
export interface Selection {
  readonly edge: DeleteEdge;
  readonly columns: readonly ColumnMeta[];
  readonly tuples: readonly Tuple[];
  /** The columns are the primary key's, and rows hold more behind it: they were read. */
  readonly isRead: boolean;
}

/** How a delete is to be collected. */
export interface Collecting {
  readonly database: DatabaseCore;
  readonly graph: DeleteGraph;
  /** Every row is looked at, and what stands in the way does not end it: for a dry run. */
  readonly isDry: boolean;
  /** The comment behind each statement. */
  readonly comment: string | null;
}

/**
 * Finds out what a delete is to do, table by table and level by level, and changes nothing. Rows that need not be known
 * are not read.
 */
export class Collector {
  readonly found = new Map<DeleteNode, FoundRows>();
  /** Rows of leaves, to be deleted by what they point at. */
  readonly leaves: Selection[] = [];
  /** Rows whose foreign key is to be set to something else: by what it holds, or where rows had to be read by key. */
  readonly updates: Selection[] = [];
  /** Keys of rows that point along a loosened edge. */
  readonly loose = new Map<DeleteEdge, Tuple[]>();
  /** Keys of rows that stand in the way, or do unless they are deleted along. */
  readonly blocking = new Map<DeleteEdge, Tuple[]>();
  readonly #how: Collecting;

  constructor(how: Collecting) {
    this.#how = how;
  }

  /** Collects from rows of the root; `check` is called after each level. */
  async collect(rows: readonly Tuple[], check: (collector: this) => void): Promise<void> {
    const { root } = this.#how.graph;
    let open = new Map<DeleteNode, Tuple[]>();
    await this.#addWithAbove(root, rows, open);
    while (open.size > 0) {
      const next = new Map<DeleteNode, Tuple[]>();
      for (const [node, fresh] of open) {
        for (const edge of node.incoming) await this.#follow(edge, fresh, next);
      }
      check(this);
      open = next;
    }
  }

  /** True for a row that is to be deleted. */
  isFound(node: DeleteNode, row: Tuple): boolean {
    return this.found.get(node)?.has(row) ?? false;
  }

  /** Adds rows of a table; gives those that are new. */
  #add(node: DeleteNode, rows: readonly Tuple[]): Tuple[] {
    let found = this.found.get(node);
    if (found === undefined) this.found.set(node, (found = new FoundRows(node.model.primaryKey.length)));
    return found.add(rows);
  }

  /** Adds rows of a table, and those that they extend, and notes all that are new. */
  async #addWithAbove(node: DeleteNode, rows: readonly Tuple[], noted: Map<DeleteNode, Tuple[]>): Promise<void> {
    const fresh = this.#add(node, rows);
    append(noted, node, fresh);
    const { above } = node;
    if (above === null || fresh.length === 0) return;
    const width = node.model.primaryKey.length;
    const keys = fresh.map((row) => (row.length === width ? row : row.slice(0, width)));
    const { primaryKey } = above.model;
    const isKnown = above.columns.length === width;
    const extended = isKnown ? keys : await this.#readOf(above, primaryKey, keys);
    await this.#addWithAbove(above, extended, noted);
  }

  async #follow(edge: DeleteEdge, rows: readonly Tuple[], next: Map<DeleteNode, Tuple[]>): Promise<void> {
    const { child, rule } = edge;
    const { columns } = edge.relation;
    if (rule === "do nothing" && !edge.isLoosened) return;
    const tuples = this.#unknown(edge, targetsOf(edge, rows));
    if (tuples.length === 0) return;
    const selection = { edge, columns, tuples, isRead: false };
    if (this.#needsNoReading(edge)) {
      (rule === "cascade" ? this.leaves : this.updates).push(selection);
      return;
    }
    const pointing = await this.#read(selection);
    if (pointing.length === 0) return;
    if (edge.isLoosened) append(this.loose, edge, pointing);
    if (rule === "do nothing") return;
    if (rule === "protect" || rule === "restrict") append(this.blocking, edge, pointing);
    else if (rule !== "cascade")
      this.updates.push({ edge, columns: child.model.primaryKey, tuples: pointing, isRead: true });
    else await this.#addWithAbove(child, pointing, next);
  }

  /** What keys hold that point at rows; those of rows are known that took with them what they extend. */
  #unknown({ child, relation }: DeleteEdge, tuples: readonly Tuple[]): readonly Tuple[] {
    return relation === child.model.parent?.link ? tuples.filter((key) => !this.isFound(child, key)) : tuples;
  }

  #needsNoReading({ child, rule }: DeleteEdge): boolean {
    if (this.#how.isDry || rule === "protect" || rule === "restrict" || rule === "do nothing") return false;
    if (rule === "cascade") return child.isLeaf;
    const isCalled = typeof rule === "object" && typeof rule.onDeleteSet === "function";
    return !isCalled && (!child.isReached || child.isLeaf);
  }

  async #read({ edge, columns, tuples }: Selection): Promise<Tuple[]> {
    return this.#readOf(edge.child, columns, tuples);
  }

  async #readOf(node: DeleteNode, columns: readonly ColumnMeta[], tuples: readonly Tuple[]): Promise<Tuple[]> {
    const { database } = this.#how;
    const { model, columns: wanted } = node;
    const rows: Tuple[] = [];
    for (const batch of inBatches(database, columns, tuples)) {
      const query = withColumns(this.commented(rowsHolding(model, columns, batch)), wanted);
      for (const row of await fetchRows(database, query)) rows.push(row as Tuple);
    }
    return rows;
  }

  commented(query: Query): Query {
    const { comment } = this.#how;
    return comment === null ? query : { ...query, comment };
  }
}

/** What foreign keys of an edge hold that point at rows; NULL is pointed at by none. */
function targetsOf(edge: DeleteEdge, rows: readonly Tuple[]): Tuple[] {
  return rows
    .map((row) => targetOf(edge, row))
    .filter((tuple) => !tuple.some((value) => value === null || value === undefined));
}

function append<K>(lists: Map<K, Tuple[]>, key: K, rows: readonly Tuple[]): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [...rows]);
  else for (const row of rows) list.push(row);
}
