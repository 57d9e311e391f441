import { IdentifierNode, type OperationNode } from "kysely";
import { sqlNode } from "../databases/nodes.js";
import { FieldError, NotSupportedError } from "../errors/index.js";
import type { ColumnType } from "../fields/index.js";
import type { ColumnMeta } from "../models/index.js";
import { changed, partsOf, type PlacedTerm, type Query, type Term } from "../query/index.js";
import type { Scope } from "./scope.js";
import { SelectWriter } from "./select.js";

/** A column set to what is worked out for each row. */
export interface ComputedColumn {
  readonly column: ColumnMeta;
  readonly value: PlacedTerm;
}

/** A column and what it is set to. */
export interface Assignment {
  readonly column: ColumnMeta;
  readonly value: OperationNode;
}

export function assignmentNode({ column, value }: Assignment): OperationNode {
  return sqlNode`${IdentifierNode.create(column.name)} = ${value}`;
}

/** Values worked out from a row's own columns, each made a value of the column that it is for. */
export function computedAssignments(
  query: Query,
  scope: Scope,
  given: readonly ComputedColumn[],
  method = "update",
): Assignment[] {
  if (given.length === 0) return [];
  const computed = inOrder(scope, query, given);
  const values = computedValues(query, scope, computed, method);
  return computed.map(({ column }, at) => ({ column, value: values[at] as OperationNode }));
}

/** The values of these alone. */
export function computedValues(
  query: Query,
  scope: Scope,
  computed: readonly ComputedColumn[],
  method = "update",
): OperationNode[] {
  // Tables that the query joins are no part of it.
  const writer = new SelectWriter(changed(query, { filters: [], named: query.model }), scope);
  const values = computed.map((item) => fitted(item, writer, scope));
  if (writer.sources.hasJoins) {
    throw new FieldError(
      `${query.model.name}: ${method}(…) works values out from a row's own fields. For those of related rows use Subquery(…).`,
    );
  }
  return values;
}

/** Puts those that read a column before the one that sets it, as far as the engine needs that. */
function inOrder(scope: Scope, { model }: Query, computed: readonly ComputedColumn[]): ComputedColumn[] {
  if (!scope.engine.features.assignsInTurn) return [...computed];
  const left = [...computed];
  const ordered: ComputedColumn[] = [];
  while (left.length > 0) {
    const next = left.findIndex(({ column }, index) => {
      return left.every(({ value }, other) => other === index || !reads(value.term, column));
    });
    if (next < 0) {
      const names = left.map(({ column }) => column.field).join(", ");
      throw new NotSupportedError(
        `${model.name}: ${scope.engine.label} sets ${names} one after another, so each cannot be worked out from the ` +
          `others. Set them in several updates.`,
      );
    }
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

function reads(term: Term, column: ColumnMeta): boolean {
  if (term.kind === "column") return term.path.hops.length === 0 && term.path.column === column;
  // What its text names is not known: a word like the column's is taken for it.
  if (term.kind === "raw" && term.spelled.includes(column.name)) return true;
  return partsOf(term).some((part) => reads(part, column));
}

export function fitted({ column, value }: ComputedColumn, writer: SelectWriter, scope: Scope): OperationNode {
  return fittedNode(writer.term(value), value.term.operand.type, column, scope);
}

/** A value of a type, made one of a column. */
export function fittedNode(node: OperationNode, type: ColumnType, column: ColumnMeta, scope: Scope): OperationNode {
  return isHeldAlike(type, column.type) ? node : asColumn(node, type, column, scope);
}

function isHeldAlike(from: ColumnType, to: ColumnType): boolean {
  const isUntold = from.storage === "custom" && from.customCodec === null;
  return isUntold || (from.storage === to.storage && from.scale === to.scale);
}

function asColumn(node: OperationNode, from: ColumnType, { type, scalar }: ColumnMeta, scope: Scope): OperationNode {
  const options = { to: scalar.kind, precision: type.precision, scale: type.scale };
  return scope.engine.functions.call("cast", [node], { types: [from], result: type, options, timeZone: null });
}
