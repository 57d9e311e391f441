import {
  AliasNode,
  FromNode,
  IdentifierNode,
  type OperationNode,
  SelectionNode,
  SelectModifierNode,
  SelectQueryNode,
  type SetOperator,
  SetOperationNode,
} from "kysely";
import { joinedNode, sqlNode } from "../databases/nodes.js";
import { NotSupportedError } from "../errors/index.js";
import { type HeldTerm, isSliced, type Query, type SetSource } from "../query/index.js";
import type { OuterQuery, Scope } from "./scope.js";

const OPERATORS = { union: "union", intersection: "intersect", difference: "except" } as const satisfies Record<
  SetSource["operation"],
  SetOperator
>;

/**
 * Queries' rows as one set: `select … union select …`. None of its parts is more than a plain SELECT: what is ordered,
 * sliced or a set itself stands in a derived table, so that they are taken together as they are nested.
 */
export function setNode(source: SetSource, scope: Scope, base: number, outer: OuterQuery | null): OperationNode {
  const { operation, members, columns } = source;
  checkEngine(source, scope);
  const names = columns.map(({ column }) => column);
  const isNumbered = source.all && operation !== "union" && scope.engine.features.setOperations !== "all";
  const [first, ...others] = members.map(({ query, slot }) => part(query, columns, scope, base + slot, outer));
  if (first === undefined) throw new Error("A set has parts.");
  if (others.length === 0) return source.all ? first : distinct(first, names, scope);
  if (!isNumbered) return combined(OPERATORS[operation], first, others, source.all);
  // Each copy that is taken away is another one: those of all others are counted through.
  const [other, ...more] = others as [SelectQueryNode];
  const taken = operation === "difference" ? [combined("union", other, more, true)] : others;
  const apart = taken.map((node) => numbered(node, names, scope));
  return combined(OPERATORS[operation], numbered(first, names, scope), apart, false);
}

function combined(
  operator: SetOperator,
  first: SelectQueryNode,
  others: readonly SelectQueryNode[],
  all: boolean,
): SelectQueryNode {
  if (others.length === 0) return first;
  return Object.freeze({
    ...first,
    setOperations: others.map((node) => SetOperationNode.create(operator, node, all)),
  });
}

function checkEngine({ operation, members }: SetSource, { engine }: Scope): void {
  const { setOperations, outerInDerivedTables } = engine.features;
  if (setOperations === "union" && operation !== "union") {
    throw new NotSupportedError(
      `This server has no ${OPERATORS[operation].toUpperCase()}, which ${operation}(…) needs.`,
      {
        hint: "MySQL has it from 8.0.31. Or ask by key: filter({ pk__in: other }) and exclude({ pk__in: other }).",
      },
    );
  }
  const outer = members.flatMap(({ query }) => query.outer);
  if (outerInDerivedTables || outer.length === 0) return;
  throw new NotSupportedError(
    `${engine.label} cannot name a column of the query around, OuterRef("${outer[0]?.path}"), within ${operation}(…).`,
    { hint: "Combine conditions instead: Exists(a).or(Exists(b)), or a.or(b)." },
  );
}

function part(
  query: Query,
  columns: readonly HeldTerm[],
  scope: Scope,
  base: number,
  outer: OuterQuery | null,
): SelectQueryNode {
  const node = scope.queries.member(query, columns, scope, base, outer);
  if (!isSliced(query)) return node;
  return selectFrom(
    node,
    columns.map(({ column }) => column),
    scope,
  );
}

/** `select … from (…)` */
export function selectFrom(node: OperationNode, names: readonly string[], { aliases }: Scope): SelectQueryNode {
  const selections = names.map((name) => SelectionNode.create(IdentifierNode.create(name) as never));
  const table = AliasNode.create(node, IdentifierNode.create(aliases.next()));
  return Object.freeze({ ...SelectQueryNode.createFrom([table]), from: FromNode.create([table]), selections });
}

function distinct(node: SelectQueryNode, names: readonly string[], scope: Scope): SelectQueryNode {
  return Object.freeze({
    ...selectFrom(node, names, scope),
    frontModifiers: [SelectModifierNode.create("Distinct")],
  });
}

/** Rows that are alike, numbered apart: sets of these have as many of them as INTERSECT ALL and EXCEPT ALL give. */
function numbered(node: SelectQueryNode, names: readonly string[], scope: Scope): SelectQueryNode {
  let copy = "copy";
  while (names.some((name) => name.toLowerCase() === copy)) copy += "_";
  const columns = joinedNode(
    names.map((name) => IdentifierNode.create(name)),
    ", ",
  );
  const select = selectFrom(node, names, scope);
  const number = sqlNode`row_number() over (partition by ${columns})`;
  const selection = SelectionNode.create(AliasNode.create(number, IdentifierNode.create(copy)));
  return Object.freeze({ ...select, selections: [...(select.selections ?? []), selection] });
}
