import { expect, it } from "vitest";
import { bind } from "../../lib/compile/index.js";
import { databases, type EngineName } from "./databases.js";
import type { Plannable } from "./statements.js";

/** The whole SQL and the parameters of one statement, on each engine. */
type PlanRow = readonly [
  statement: Plannable,
  expected: { readonly [E in EngineName]: readonly [sql: string, parameters: readonly unknown[]] },
];

/** Declares a test for each engine; nothing is connected to. */
export function expectPlans(rows: Readonly<Record<string, PlanRow>>): void {
  for (const engine of ["sqlite", "postgres", "mysql"] as const) {
    it.each(Object.entries(rows))(`${engine}: %s`, (_, [statement, expected]) => {
      const plan = statement.plan(databases[engine]);
      expect(plan.statement.sql).toBe(expected[engine][0]);
      expect(bind(plan, statement.run)).toEqual(expected[engine][1]);
    });
  }
}
