import { IdentifierNode, type OperationNode } from "kysely";
import { joinedNode, sqlNode } from "../databases/nodes.js";
import type { ColumnMeta, ModelMeta } from "../models/index.js";
import { type HeldTerm, type Query, valuesOf } from "../query/index.js";
import { fittedNode } from "./assignments.js";
import { scopeFor, type Target } from "./compile-query.js";
import { compilePlan, type Plan } from "./plan.js";
import { bareTable } from "./sources.js";

/** Rows of a query as new rows of a model. */
interface InsertFromShape {
  readonly meta: ModelMeta;
  readonly query: Query;
  /** What the query's values are for, one each. */
  readonly columns: readonly ColumnMeta[];
  /** What has one value in all rows; these come after the query's. */
  readonly constants: readonly ColumnMeta[];
}

/** The plan for an insert of a query's rows. */
export function compileInsertFrom(target: Target, { meta, query, columns, constants }: InsertFromShape): Plan {
  const scope = scopeFor(target, null, false);
  const items = query.picked?.items ?? [];
  const held = items.map(({ name, value }, at): HeldTerm => {
    const { operand, nullable } = value.term;
    return { kind: "held", name, column: `c${at}`, of: null, operand, nullable };
  });
  const rows = scope.query(() => scope.queries.member(query, held, scope, 0, null));
  const alias = IdentifierNode.create(scope.aliases.next());
  const selected = columns.map((column, at) => {
    const { column: name, operand } = held[at] as HeldTerm;
    return fittedNode(sqlNode`${alias}.${IdentifierNode.create(name)}`, operand.type, column, scope);
  });
  const base = valuesOf(query).length;
  const fixed = constants.map((column, at) => scope.parameter(base + at, scope.encoder(column.type)));
  const names: OperationNode[] = [...columns, ...constants].map(({ name }) => IdentifierNode.create(name));
  const into = sqlNode`insert into ${bareTable(meta)} (${joinedNode(names, ", ")})`;
  const node = sqlNode`${into} select ${joinedNode([...selected, ...fixed], ", ")} from ${rows} as ${alias}`;
  return compilePlan(target.engine, node, { rows: false, twins: scope.tables.twins });
}
