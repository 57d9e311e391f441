import type { ColumnType } from "../fields/index.js";
import { scopeFor, type Target } from "./compile-query.js";
import { compilePlan, type Plan } from "./plan.js";
import { rawEncoder, statementNode } from "./raw.js";

/** The plan for a whole statement of one's own, whose rows have columns of these types, and may have others. */
export function compileRaw(target: Target, template: object, types: readonly ColumnType[]): Plan {
  const scope = scopeFor(target);
  const encode = rawEncoder(target.engine);
  const node = statementNode(template, (slot) => scope.parameter(slot, encode));
  const plan = compilePlan(target.engine, node, { types, rows: true });
  return Object.freeze({ ...plan, statement: Object.freeze({ ...plan.statement, named: true }) });
}
