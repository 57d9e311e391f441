import { IdentifierNode, type OperationNode } from "kysely";
import { literalNode, sqlNode } from "../databases/nodes.js";
import { FieldError } from "../errors/index.js";
import type { ColumnMeta, ModelMeta } from "../models/index.js";
import { changed, type PlacedTerm, queryOf } from "../query/index.js";
import { type Assignment, assignmentNode, type ComputedColumn, computedAssignments } from "./assignments.js";
import type { Scope } from "./scope.js";
import { SelectWriter } from "./select.js";

/** What an insert does about rows that are there already. */
export interface ConflictShape {
  /** Columns unique together by which rows are told apart; none: any that are. */
  readonly target: readonly ColumnMeta[];
  /** The condition of the partial index that these are unique by, as SQL, and the constraint to be named in their place. */
  readonly indexWhere: string | null;
  readonly constraint: string | null;
  /** Columns set to what the new row has. */
  readonly taken: readonly ColumnMeta[];
  /** Columns set to one value for all rows. */
  readonly plain: readonly ColumnMeta[];
  /** Columns set to what is worked out from the row that is there, and the new one. */
  readonly computed: readonly ComputedColumn[];
  /** What holds of the rows that are set; others stay as they are. */
  readonly where: PlacedTerm | null;
  /** Where the slots of these begin: those of `plain`, then those of `computed`. */
  readonly base: number;
  /** Who asked for it, for messages. */
  readonly method: string;
}

export function conflictNode(scope: Scope, meta: ModelMeta, conflict: ConflictShape): OperationNode {
  const { target, taken, plain, base, method } = conflict;
  const { operations } = scope.engine;
  const named = ({ name }: ColumnMeta): OperationNode => IdentifierNode.create(name);
  const inPlace = conflict.computed.map(({ column, value }) => {
    return { column, value: { term: value.term, base: base + plain.length } };
  });
  // Before the others, since MySQL assigns in turn and what is read must be what was there.
  const assignments = computedAssignments(queryOf(meta), scope, inPlace, method);
  plain.forEach((column, index) => {
    assignments.push({ column, value: scope.parameter(base + index, scope.encoder(column.type)) });
  });
  for (const column of taken) assignments.push({ column, value: operations.incoming(named(column)) });
  // One that the database makes itself cannot be set to what it is while it makes one (MySQL).
  const still = [...meta.columns.filter(isPlain), ...meta.primaryKey][0] as ColumnMeta;
  const guarded = assignments.map((assignment) => assignmentNode(ofOwnKind(scope, meta, assignment)));
  return operations.onConflict({
    target: target.map(named),
    indexWhere: conflict.indexWhere === null ? null : literalNode(conflict.indexWhere),
    constraint: conflict.constraint === null ? null : IdentifierNode.create(conflict.constraint),
    assignments: guarded,
    where: conflict.where === null ? null : conditionNode(scope, meta, conflict.where, method),
    column: named(still),
  });
}

/** What holds of a row that is there, and of the new one. */
function conditionNode(scope: Scope, meta: ModelMeta, where: PlacedTerm, method: string): OperationNode {
  const writer = new SelectWriter(changed(queryOf(meta), { filters: [], named: meta }), scope);
  const node = writer.term(where);
  if (!writer.sources.hasJoins) return node;
  throw new FieldError(
    `${meta.name}: ${method}(…): where is about the fields of the row that is there, and of the new one. ` +
      `Those of related rows are not at hand: use Exists(…).`,
  );
}

/** Of a table with rows of several models, those of others stay as they are. */
function ofOwnKind(scope: Scope, { kind, table }: ModelMeta, { column, value }: Assignment): Assignment {
  if (kind === null || kind.value === null) return { column, value };
  const there = ({ name }: ColumnMeta): OperationNode =>
    sqlNode`${IdentifierNode.create(table)}.${IdentifierNode.create(name)}`;
  const incoming = scope.engine.operations.incoming(IdentifierNode.create(kind.column.name));
  const isOwn = sqlNode`${there(kind.column)} = ${incoming}`;
  return { column, value: sqlNode`case when ${isOwn} then ${value} else ${there(column)} end` };
}

function isPlain({ generated, options }: ColumnMeta): boolean {
  return !generated && options.generatedAs === undefined;
}
