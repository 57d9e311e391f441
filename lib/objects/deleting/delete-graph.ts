import type { OnDelete } from "../../fields/index.js";
import {
  type ColumnMeta,
  type ForeignKeyMeta,
  isConstant,
  type ModelMeta,
  oneOfWith,
  type Referrer,
  referrersOf,
  registryGeneration,
  tableKey,
} from "../../models/index.js";
import type { Tuple } from "../../query/index.js";
import { homeDatabase, routingGeneration } from "../rows/routing.js";
import { deletesAloud, signalGeneration } from "../signals/signal.js";

/** A table that a delete may reach. */
export interface DeleteNode {
  readonly model: ModelMeta;
  /** The foreign keys that point at it. */
  readonly incoming: DeleteEdge[];
  /** What is to be known of each of its rows: the primary key, then what else tells which rows point at which. */
  readonly columns: ColumnMeta[];
  /** Where rows of it go with others: true for the root, too. */
  isReached: boolean;
  /** Rows of it go without being looked at: nothing depends on which they are. */
  isLeaf: boolean;
  /** The table of the model's parent, whose rows go with those that extend them; null where they stay. */
  above: DeleteNode | null;
}

/** A foreign key along which a delete may go. */
export interface DeleteEdge {
  readonly child: DeleteNode;
  readonly parent: DeleteNode;
  readonly relation: ForeignKeyMeta;
  /** What becomes of rows that point along it: what was declared, unless the delete goes by a policy of its own. */
  readonly rule: OnDelete;
  /** The columns of the parent that the key holds, by their places among `DeleteNode.columns`; -1 for a kind. */
  readonly places: readonly number[];
  /** The key's own columns among those of the child, where that has to be known; else none. */
  held: readonly number[];
  /** It closes a circle of tables and can be NULL: set so before rows are deleted, it leaves an order for them. */
  isLoosened: boolean;
}

/** What a delete of rows of one model may reach, and in which order tables are emptied. */
export interface DeleteGraph {
  readonly root: DeleteNode;
  /** Reached tables, leaves apart: those first that point at others. Tables that no order can satisfy come together. */
  readonly order: readonly (readonly DeleteNode[])[];
}

/** Which rule a delete takes for a foreign key. Its name tells it from others. */
export interface DeletePolicy {
  readonly name: string;
  ruleOf(relation: ForeignKeyMeta): OnDelete;
}

/** Foreign keys do what they were declared to. */
const AS_DECLARED: DeletePolicy = { name: "declared", ruleOf: (relation) => relation.onDelete };

const graphs = new WeakMap<ModelMeta, { readonly stamp: string; readonly graph: DeleteGraph | null }>();

/**
 * The graph of a model; null where no other rows depend on its own, and nobody wants to hear of them. `keepsParents`:
 * rows that they extend stay.
 */
export function deleteGraphOf(
  model: ModelMeta,
  keepsParents: boolean,
  policy: DeletePolicy = AS_DECLARED,
): DeleteGraph | null {
  const extendsNothing = model.parent === null || keepsParents;
  if (extendsNothing && referrersOf(model).length === 0 && !deletesAloud(model)) return null;
  const stamp = `${registryGeneration()} ${routingGeneration()} ${signalGeneration()} ${extendsNothing} ${policy.name}`;
  const known = graphs.get(model);
  if (known?.stamp === stamp) return known.graph;
  const graph = newGraph(model, keepsParents, policy);
  graphs.set(model, { stamp, graph });
  return graph;
}

function newGraph(model: ModelMeta, keepsParents: boolean, policy: DeletePolicy): DeleteGraph | null {
  const nodes = new Map<string, DeleteNode>();
  const root = nodeOf(nodes, model);
  const reached = reachedFrom(root, nodes, { keepsParents, policy });
  for (const node of reached) node.isLeaf = node !== root && isLeaf(node, reached, policy);
  const inner = reached.filter((node) => !node.isLeaf);
  loosen(inner);
  const isAlone = root.above === null && !isAwaited(root);
  if (isAlone && !deletesAloud(model)) return null;
  const order = inOrder(inner);
  for (const group of order)
    for (const edge of edgesWithin(group))
      edge.held = edge.relation.columns.map((column) => placeOf(edge.child, column));
  return { root, order };
}

/** Tables that rows may be deleted from along with those of a root. */
function reachedFrom(
  root: DeleteNode,
  nodes: Map<string, DeleteNode>,
  { keepsParents, policy }: { readonly keepsParents: boolean; readonly policy: DeletePolicy },
): DeleteNode[] {
  const reached = [root];
  for (const node of reached) {
    node.isReached = true;
    addReferrers(nodes, node, root.model, policy);
    const { parent } = node.model;
    if (parent !== null && !(node === root && keepsParents)) node.above = nodeOf(nodes, parent.model);
    const children = node.incoming.filter(({ rule }) => rule === "cascade").map(({ child }) => child);
    for (const other of node.above === null ? children : [node.above, ...children]) {
      if (!reached.includes(other)) reached.push(other);
    }
  }
  return reached;
}

/** True where there is something to do about rows that point at a table's. */
function isAwaited({ incoming }: DeleteNode): boolean {
  return incoming.some(({ rule, child }) => rule !== "do nothing" || child.isReached);
}

function nodeOf(nodes: Map<string, DeleteNode>, model: ModelMeta): DeleteNode {
  const key = tableKey(model);
  let node = nodes.get(key);
  if (node === undefined) {
    node = { model, incoming: [], columns: [...model.primaryKey], isReached: false, isLeaf: false, above: null };
    nodes.set(key, node);
  }
  return node;
}

/** Adds the foreign keys that point at a table, of models that are where the model deleted from is. */
function addReferrers(
  nodes: Map<string, DeleteNode>,
  parent: DeleteNode,
  start: ModelMeta,
  policy: DeletePolicy,
): void {
  const home = homeDatabase(start);
  const seen = new Set<string>();
  for (const referrer of referrersOf(parent.model)) {
    const name = constraintKey(referrer);
    if (homeDatabase(referrer.model) !== home || seen.has(name)) continue;
    seen.add(name);
    const child = nodeOf(nodes, referrer.model);
    const relation = child.model.relations[referrer.relation.name];
    const places = placesIn(parent, referrer.relation);
    if (relation?.type !== "foreignKey" || places === null) continue;
    const rule = policy.ruleOf(relation);
    parent.incoming.push({ child, parent, relation, rule, places, held: [], isLoosened: false });
  }
}

/** Names the columns of a foreign key: several classes may be declared for one table. */
function constraintKey({ model, relation }: Referrer): string {
  // The foreign keys of a generic relation have the same columns.
  const kind = relation.targetColumn.constant ?? "";
  return `${tableKey(model)}(${relation.columns.map(({ name }) => name).join()})${kind}`;
}

/** Sees to it that what a foreign key points at is read; null where the class declares no such columns. */
function placesIn(node: DeleteNode, { targetColumns }: ForeignKeyMeta): number[] | null {
  const targets = targetColumns.map((target) => {
    return isConstant(target) ? target : node.model.columns.find(({ name }) => name === target.name);
  });
  if (targets.includes(undefined)) return null;
  return (targets as ColumnMeta[]).map((target) => (isConstant(target) ? -1 : placeOf(node, target)));
}

/** What an edge's key holds that points at a row of the parent. */
export function targetOf({ places, relation }: DeleteEdge, row: Tuple): Tuple {
  return places.map((place, at) => (place < 0 ? relation.targetColumns[at]?.constant : row[place]));
}

/** Sees to it that a column is read. */
function placeOf({ columns }: DeleteNode, column: ColumnMeta): number {
  if (!columns.includes(column)) columns.push(column);
  return columns.indexOf(column);
}

/** True for a table whose rows can be deleted by what they point at, unseen: nobody wants to hear of each. */
function isLeaf(node: DeleteNode, reached: readonly DeleteNode[], policy: DeletePolicy): boolean {
  const { model, incoming } = node;
  if (incoming.length > 0 || deletesAloud(model) || takesAbove(node, reached)) return false;
  const tables = reached.map((node) => tableKey(node.model));
  return Object.values(model.relations).every((relation) => {
    const isChecked = relation.type === "foreignKey" && policy.ruleOf(relation) === "restrict";
    return !isChecked || !tables.includes(tableKey(relation.target));
  });
}

/** True for a table whose rows take those with them which they extend, where they do not always go with these. */
function takesAbove(node: DeleteNode, reached: readonly DeleteNode[]): boolean {
  const { above } = node;
  return (
    above !== null && reached.some((other) => other !== above && other.incoming.some(({ child }) => child === node))
  );
}

/** Tables whose rows point at a table's, directly or by way of others. */
function below(node: DeleteNode, follows: (edge: DeleteEdge) => boolean): Set<DeleteNode> {
  const found = new Set<DeleteNode>();
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const edge of at.incoming) {
      if (!follows(edge) || found.has(edge.child)) continue;
      found.add(edge.child);
      open.push(edge.child);
    }
  }
  return found;
}

function loosen(nodes: readonly DeleteNode[]): void {
  for (const node of nodes) {
    for (const edge of node.incoming) {
      const closesCircle = edge.child === node || below(edge.child, ({ child }) => child.isReached).has(node);
      edge.isLoosened = closesCircle && edge.child.isReached && canBeNull(edge);
    }
  }
}

function canBeNull({ child, relation }: DeleteEdge): boolean {
  // One of the columns for several models holds a key, unless there may be none.
  return (oneOfWith(child.model, relation)?.nullable ?? true) && looseColumns(relation).length > 0;
}

/** The columns that are set NULL where a foreign key is to point at nothing. */
export function looseColumns({ columns }: ForeignKeyMeta): ColumnMeta[] {
  return columns.filter((column) => column.nullable && !column.primaryKey);
}

function inOrder(nodes: readonly DeleteNode[]): DeleteNode[][] {
  const order: DeleteNode[][] = [];
  const seen = new Set<DeleteNode>();
  const isStiff = ({ child, isLoosened }: DeleteEdge): boolean => !isLoosened && nodes.includes(child);
  const visit = (node: DeleteNode): void => {
    if (seen.has(node)) return;
    const under = below(node, isStiff);
    const group = nodes.filter((other) => other === node || (under.has(other) && below(other, isStiff).has(node)));
    for (const member of group) seen.add(member);
    for (const member of group) for (const edge of member.incoming) if (isStiff(edge)) visit(edge.child);
    order.push(group);
  };
  nodes.forEach(visit);
  return order;
}

/** Foreign keys that make a circle of a group's tables and hold until rows are deleted. */
export function edgesWithin(group: readonly DeleteNode[]): DeleteEdge[] {
  return group.flatMap((node) => node.incoming.filter(({ child, isLoosened }) => !isLoosened && group.includes(child)));
}
