import {
  AliasNode,
  FromNode,
  IdentifierNode,
  JoinNode,
  type OperationNode,
  SelectionNode,
  SelectQueryNode,
  SetOperationNode,
  WhereNode,
} from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import { type ColumnMeta, linksOf, type ModelMeta, type RelationMeta } from "../models/index.js";
import type { RecursiveSource } from "../query/index.js";
import { allOf } from "./all-of.js";
import type { Scope } from "./scope.js";
import { columnNode, equal, heldNode, linked, type Source, Sources, tableNode } from "./sources.js";
import { rowValue } from "./row-value.js";

/** How steps are counted: not at all, or with what brings the count to an end. */
interface Counting {
  readonly isCounted: boolean;
  /** The most steps. */
  readonly most: OperationNode | null;
  /** The columns by which a row is known again; empty where steps come to an end without. */
  readonly marks: readonly ColumnMeta[];
}

/**
 * The model's rows that a relation leads to, found by their keys: `with recursive tree(k) as (select id from … union select
 * c.id from tree join … as c on c.parent_id = tree.k)`. UNION takes each row in once, so that circles come to an end;
 * where steps are counted, no row is like another, and a path ends where it meets a row it remembers.
 */
export function recursionNode(source: RecursiveSource, scope: Scope, base: number): OperationNode {
  const name = `tree_${scope.aliases.next()}`;
  const { member, depth, maxDepth } = source;
  const model = modelOf(source);
  const carried = carriedBy(source);
  const counting: Counting = {
    isCounted: depth !== null || maxDepth !== null,
    most: maxDepth === null ? null : scope.parameter(base + maxDepth, null),
    marks: depth !== null && maxDepth === null ? model.primaryKey : [],
  };
  const anchor = scope.queries.root(member.query, names(carried, counting), scope, base + member.slot, (root) => [
    ...carried.map((column) => columnNode(root, column)),
    ...(counting.isCounted ? [literalNode("0")] : []),
    ...counting.marks.map((column) => columnNode(root, column)),
  ]);
  const further = SetOperationNode.create("union", step(name, carried, counting, source, scope), false);
  scope.tables.addRecursive(name, Object.freeze({ ...anchor, setOperations: [further] }));
  return found(name, source, scope);
}

function modelOf({ hops }: RecursiveSource): ModelMeta {
  return (hops.at(-1) as RelationMeta).target;
}

/** The columns that a step needs: the key, and those that the relation leads on from. */
function carriedBy(source: RecursiveSource): readonly ColumnMeta[] {
  const [first] = source.hops;
  const from = linksOf(first as RelationMeta).map(({ here }) => here);
  return [...new Set([...modelOf(source).primaryKey, ...from])];
}

/** Their names in the table: k1, k2, …, then the number of steps, and the marks. */
function names(carried: readonly ColumnMeta[], { isCounted, marks }: Counting): string[] {
  return [
    ...carried.map((_, at) => `k${at + 1}`),
    ...(isCounted ? ["depth"] : []),
    ...marks.map((_, at) => `m${at + 1}`),
  ];
}

/** One more step from the rows of the step before. */
function step(
  name: string,
  carried: readonly ColumnMeta[],
  counting: Counting,
  source: RecursiveSource,
  { aliases }: Scope,
): SelectQueryNode {
  const [first, ...further] = source.hops.map((relation): Source => {
    return { ...new Sources(relation.target, aliases, aliases.next()).root, relation };
  }) as [Source, ...Source[]];
  const next = further.at(-1) ?? first;
  const before: Source = { ...next, alias: name };
  const at = (column: ColumnMeta) => heldNode(before, `k${carried.indexOf(column) + 1}`);
  const links = linksOf(first.relation as RelationMeta).map(({ here, there }) => {
    return equal(columnNode(first, there), at(here));
  });
  const joins = [joined(first, allOf(links) as OperationNode)];
  further.forEach((to, index) => {
    const from = further[index - 1] ?? first;
    joins.push(joined(to, linked(to.relation as RelationMeta, from, to)));
  });
  const depth = heldNode(before, "depth");
  const selected = [
    ...carried.map((column) => columnNode(next, column)),
    ...(counting.isCounted ? [sqlNode`${depth} + 1`] : []),
    ...counting.marks.map((column, index) =>
      marked(columnNode(next, column), heldNode(before, `m${index + 1}`), depth),
    ),
  ];
  const where = bound(counting, before, next);
  const table = IdentifierNode.create(name);
  return Object.freeze({
    ...SelectQueryNode.createFrom([table]),
    from: FromNode.create([table]),
    joins,
    selections: selected.map((node) => SelectionNode.create(node as never)),
    ...(where !== null && { where: WhereNode.create(where) }),
  });
}

function joined({ meta, alias }: Source, on: OperationNode): JoinNode {
  return JoinNode.createWithOn("InnerJoin", tableNode(meta, alias), on);
}

/**
 * A path remembers its row after 1, 2, 4, 8, … steps (Brent): one that goes round in a circle meets it again, however
 * long the way into the circle was.
 */
function marked(row: OperationNode, mark: OperationNode, depth: OperationNode): OperationNode {
  return sqlNode`case when ((${depth} + 1) & ${depth}) = 0 then ${row} else ${mark} end`;
}

function bound({ most, marks }: Counting, before: Source, next: Source): OperationNode | null {
  if (most !== null) return sqlNode`${heldNode(before, "depth")} < ${most}`;
  if (marks.length === 0) return null;
  const same = marks.map((column, index) => equal(columnNode(next, column), heldNode(before, `m${index + 1}`)));
  return sqlNode`not (${joinedNode(same, " and ")})`;
}

/** The rows with the keys found, each once, and how few steps lead to it. */
function found(name: string, source: RecursiveSource, { aliases }: Scope): OperationNode {
  const { depth, columns } = source;
  const model = modelOf(source);
  const sources = new Sources(model, aliases, aliases.next());
  const row = sources.root;
  const keys = model.primaryKey.map((_, index) => IdentifierNode.create(`k${index + 1}`));
  const own = columns.slice(0, model.columns.length).map(({ of, column }) => {
    const node = columnNode(row, of as ColumnMeta);
    // In the table of a model with a parent the key has another name than among its columns.
    return model.parent === null ? node : AliasNode.create(node, IdentifierNode.create(column));
  });
  const key = model.primaryKey.map((column) => columnNode(row, column));
  const table = IdentifierNode.create(name);
  const from = joinedNode([tableNode(model, row.alias), ...sources.joinNodes()], " ");
  if (depth === null) {
    const rows = sqlNode`(select ${joinedNode(own, ", ")} from ${from} where`;
    return sqlNode`${rows} ${rowValue(key)} in (select ${joinedNode(keys, ", ")} from ${table}))`;
  }
  const least: Source = { ...row, alias: aliases.next() };
  const grouped = sqlNode`(select ${joinedNode(keys, ", ")}, min(${IdentifierNode.create("depth")}) as ${IdentifierNode.create("depth")} from ${table} group by ${joinedNode(keys, ", ")})`;
  const links = key.map((node, index) => equal(heldNode(least, `k${index + 1}`), node));
  const steps = AliasNode.create(heldNode(least, "depth"), IdentifierNode.create(depth));
  return sqlNode`(select ${joinedNode([...own, steps], ", ")} from ${from} inner join ${grouped} as ${IdentifierNode.create(least.alias)} on ${joinedNode(links, " and ")})`;
}
