import type { DatabaseCore } from "../../execute/database-core.js";
import { ProtectedError, RestrictedError } from "../../errors/index.js";
import { atomic } from "../../execute/index.js";
import { type ColumnMeta, META, type ModelMeta } from "../../models/index.js";
import { type Query, rowsHolding, type Tuple, withColumns, withLock } from "../../query/index.js";
import type { DeletePreview, DeleteResult } from "../../types/index.js";
import { blockersOf, describeBlockers } from "./blockers.js";
import { deleteRows } from "../writing/change.js";
import { Collector, type Selection } from "./collector.js";
import { type DeleteGraph, deleteGraphOf, type DeleteNode, type DeletePolicy, looseColumns } from "./delete-graph.js";
import { fetchRows, isEmpty } from "../reading/fetch.js";
import { inSteps } from "./delete-steps.js";
import { inBatches } from "../reading/key-batches.js";
import type { StatefulRow } from "../rows/row-state.js";
import { asksVersion } from "../writing/row-version.js";
import { isSameRow } from "../rows/same-row.js";
import { valuesInstead } from "./set-rules.js";
import { deletesAloud, heard, type Signal } from "../signals/signal.js";
import { updateRows } from "../writing/update-line.js";

/** Rows to be deleted: those of a query, which for one row may be known already by its key. */
export interface Deleted {
  readonly query: Query;
  readonly key: Tuple | null;
  /** Rows that they extend, in the table of their model's parent, stay. */
  readonly keepsParents?: boolean;
  /** What foreign keys are to do instead of what they were declared to. */
  readonly policy?: DeletePolicy | undefined;
  /** The one row that it is, where that is at hand. */
  readonly row?: object;
}

/** Deletes rows and does about those that point at them what their foreign keys say: in one transaction, or not at all. */
export async function deleteCascading(database: DatabaseCore, deleted: Deleted): Promise<DeleteResult> {
  const { query, keepsParents = false, policy } = deleted;
  const counts = new Counts();
  const graph = deleteGraphOf(query.model, keepsParents, policy);
  if (isEmpty(query)) return counts.result;
  if (graph === null) {
    counts.add(query.model, await deleteRows(database, query));
    return counts.result;
  }
  const whole = async (): Promise<void> => {
    const { comment } = query;
    const collector = new Collector({ database, graph, isDry: false, comment });
    await collector.collect(await rootRows(database, graph, deleted), refuseProtected);
    refuseRestricted(collector);
    const aloud = await heardRows(database, graph, collector, deleted.row);
    await sendAll(heard.preDelete, [...aloud.values()].flat());
    await new Deletion({ database, graph, collector, aloud }, counts).run();
  };
  await atomic(database, whole, {});
  return counts.result;
}

/** What `deleteCascading` would do. */
export async function previewDelete(database: DatabaseCore, deleted: Deleted): Promise<DeletePreview> {
  const { query, keepsParents = false } = deleted;
  const counts = new Counts();
  if (isEmpty(query)) return { ...counts.result, updates: {}, blockers: [] };
  const graph = deleteGraphOf(query.model, keepsParents) ?? unpointedAt(query.model);
  const collector = new Collector({ database, graph, isDry: true, comment: query.comment });
  await collector.collect(await rootRows(database, graph, { query, key: null }), () => undefined);
  for (const [{ model }, found] of collector.found) counts.add(model, found.rows.length);
  const updates = new Counts();
  for (const selection of collector.updates) {
    const { child, relation } = selection.edge;
    updates.addNamed(`${child.model.name}.${relation.name}`, remaining(collector, selection).tuples.length);
  }
  return {
    ...counts.result,
    updates: updates.result.byModel,
    blockers: blockersOf(collector, ["protect", "restrict"]),
  };
}

function unpointedAt(model: ModelMeta): DeleteGraph {
  const root = { model, incoming: [], columns: [...model.primaryKey], isReached: true, isLeaf: false, above: null };
  return { root, order: [[root]] };
}

/** How many rows were deleted of each model. */
class Counts {
  readonly #byName = new Map<string, number>();

  add({ name }: ModelMeta, rows: number): void {
    this.addNamed(name, rows);
  }

  addNamed(name: string, rows: number): void {
    if (rows > 0) this.#byName.set(name, (this.#byName.get(name) ?? 0) + rows);
  }

  get result(): DeleteResult {
    let total = 0;
    for (const rows of this.#byName.values()) total += rows;
    return { total, byModel: Object.fromEntries(this.#byName) };
  }
}

/** The rows that a delete begins with. */
async function rootRows(database: DatabaseCore, { root }: DeleteGraph, { query, key, row }: Deleted): Promise<Tuple[]> {
  if (key !== null && key.length === root.columns.length) return [key];
  const rows = withColumns(query, root.columns);
  return (await fetchRows(
    database,
    row !== undefined && asksVersion(query) ? withLock(rows, {}) : rows,
  )) as unknown as Tuple[];
}

function refuseProtected(collector: Collector): void {
  const blockers = blockersOf(collector, ["protect"]);
  if (blockers.length > 0) throw new ProtectedError(...describeBlockers(blockers));
}

function refuseRestricted(collector: Collector): void {
  const blockers = blockersOf(collector, ["restrict"]);
  if (blockers.length > 0) throw new RestrictedError(...describeBlockers(blockers));
}

/** Of rows that are to be updated those that are not deleted instead. */
function remaining(collector: Collector, selection: Selection): Selection {
  const { edge, columns, tuples } = selection;
  if (!selection.isRead) return selection;
  const kept = tuples.filter((row) => !collector.isFound(edge.child, row));
  return { ...selection, tuples: kept.map((row) => row.slice(0, columns.length)) };
}

/** The rows to be deleted that somebody wants to hear of, in the order in which they go. */
async function heardRows(
  database: DatabaseCore,
  { order }: DeleteGraph,
  collector: Collector,
  given: object | undefined,
): Promise<Map<DeleteNode, readonly object[]>> {
  const aloud = new Map<DeleteNode, readonly object[]>();
  for (const node of order.flat().filter(({ model }) => deletesAloud(model))) {
    const { model } = node;
    // A row that another one extends goes as that.
    const extending = order.flat().filter(({ above }) => above === node);
    const isExtended = (key: Tuple): boolean => extending.some((other) => collector.isFound(other, key));
    const found = (collector.found.get(node)?.rows ?? []).map((row) => keyOf(node, row));
    const keys = extending.length === 0 ? found : found.filter((key) => !isExtended(key));
    const rows: object[] = [];
    for (const batch of keys.length === 0 ? [] : inBatches(database, model.primaryKey, keys)) {
      const query = collector.commented(rowsHolding(model, model.primaryKey, batch));
      rows.push(...(await fetchRows(database, query)));
    }
    // The row that a program has at hand is the one that it hears of.
    const known = rows.map((row) => (given !== undefined && isSameRow(given, row) ? given : row));
    aloud.set(node, known);
  }
  return aloud;
}

async function sendAll(signal: Signal, rows: readonly object[]): Promise<void> {
  for (const row of rows) await signal.send((row as StatefulRow)[META], { row });
}

interface Collected {
  readonly database: DatabaseCore;
  readonly graph: DeleteGraph;
  readonly collector: Collector;
  /** Rows that are to be told of once they are deleted. */
  readonly aloud: ReadonlyMap<DeleteNode, readonly object[]>;
}

/** Carries out what was collected. */
class Deletion {
  readonly #database: DatabaseCore;
  readonly #graph: DeleteGraph;
  readonly #collector: Collector;
  readonly #aloud: Collected["aloud"];
  readonly #counts: Counts;

  constructor({ database, graph, collector, aloud }: Collected, counts: Counts) {
    this.#database = database;
    this.#graph = graph;
    this.#collector = collector;
    this.#aloud = aloud;
    this.#counts = counts;
  }

  async run(): Promise<void> {
    const { leaves, updates, loose, found } = this.#collector;
    for (const { edge, columns, tuples } of leaves) {
      this.#counts.add(edge.child.model, await this.#delete(edge.child, columns, tuples));
    }
    for (const selection of updates) await this.#point(remaining(this.#collector, selection));
    for (const [{ child, relation }, rows] of loose) {
      const keys = rows.filter((row) => found.get(child)?.has(row)).map((row) => keyOf(child, row));
      const nulls = new Map(looseColumns(relation).map((column) => [column, null]));
      await this.#update(child, child.model.primaryKey, keys, nulls);
    }
    for (const group of this.#graph.order) await this.#deleteGroup(group);
  }

  /** Points rows at something else. */
  async #point({ edge, columns, tuples }: Selection): Promise<void> {
    if (tuples.length === 0) return;
    await this.#update(edge.child, columns, tuples, await valuesInstead(edge));
  }

  async #update(
    { model }: DeleteNode,
    columns: readonly ColumnMeta[],
    tuples: readonly Tuple[],
    values: Map<ColumnMeta, unknown>,
  ): Promise<void> {
    if (tuples.length === 0) return;
    for (const batch of inBatches(this.#database, columns, tuples)) {
      await updateRows(this.#database, this.#collector.commented(rowsHolding(model, columns, batch)), values);
    }
  }

  async #deleteGroup(group: readonly DeleteNode[]): Promise<void> {
    const { found } = this.#collector;
    for (const { node, rows, isCircle } of inSteps(group, found)) {
      const keys = rows.map((row) => keyOf(node, row));
      const deleted = await this.#delete(node, node.model.primaryKey, keys);
      // In a circle the database deletes rows along with others, and does not tell.
      this.#counts.add(node.model, isCircle ? keys.length : deleted);
    }
    for (const node of group) await sendAll(heard.postDelete, this.#aloud.get(node) ?? []);
  }

  async #delete({ model }: DeleteNode, columns: readonly ColumnMeta[], tuples: readonly Tuple[]): Promise<number> {
    let deleted = 0;
    if (tuples.length === 0) return deleted;
    for (const batch of inBatches(this.#database, columns, tuples)) {
      deleted += await deleteRows(this.#database, this.#collector.commented(rowsHolding(model, columns, batch)));
    }
    return deleted;
  }
}

function keyOf({ model: { primaryKey } }: DeleteNode, row: Tuple): Tuple {
  return row.length === primaryKey.length ? row : row.slice(0, primaryKey.length);
}
