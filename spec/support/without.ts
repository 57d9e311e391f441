import type { DatabaseOptions } from "dunder-orm";

/** What makes queries fast and must never change what they give. */
const PARTS = ["plans", "statements", "readers"] as const;
type Part = (typeof PARTS)[number];

/**
 * The part that this run of the suite does without, from the variable `DUNDER_TEST_WITHOUT`; null where it is unset.
 *
 * - `plans`: no compiled query is kept.
 * - `statements`: nothing stays prepared. MySQL's driver always prepares, and keeps one statement.
 * - `readers`: Node runs with `--disallow-code-generation-from-strings`, so rows are read without generated code.
 */
export const without: Part | null = readPart(process.env["DUNDER_TEST_WITHOUT"]);

function readPart(given: string | undefined): Part | null {
  if (given === undefined || given === "") return null;
  const part = PARTS.find((known) => known === given);
  if (part !== undefined) return part;
  throw new Error(`DUNDER_TEST_WITHOUT names "${given}". It is one of ${PARTS.join(", ")}.`);
}

/** Options that switch that part off in a database of an engine. */
export function optionsWithout(engine: "sqlite" | "postgres" | "mysql"): DatabaseOptions {
  if (without === "plans") return { planCacheSize: 0 };
  if (without === "statements") return { preparedStatements: engine === "mysql" ? 1 : false };
  return {};
}

/** Node's flags that switch it off. */
export const flagsWithout: string[] = without === "readers" ? ["--disallow-code-generation-from-strings"] : [];
