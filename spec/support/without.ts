import type { DatabaseOptions } from "dunder-orm";

/** What makes queries fast and must never change what they give. */
const PARTS = ["plans", "statements", "readers"] as const;
type Part = (typeof PARTS)[number];

/**
 * The parts that this run of the suite does without, from the variable `DUNDER_TEST_WITHOUT`: `plans`, or
 * `statements,readers`.
 *
 * - `plans`: no compiled query is kept.
 * - `statements`: nothing stays prepared. MySQL's driver always prepares, and keeps one statement.
 * - `readers`: Node runs with `--disallow-code-generation-from-strings`, so rows are read without generated code.
 */
export const without: ReadonlySet<Part> = readParts(process.env["DUNDER_TEST_WITHOUT"]);

function readParts(given = ""): ReadonlySet<Part> {
  return new Set(
    given
      .split(",")
      .filter((name) => name !== "")
      .map(readPart),
  );
}

function readPart(given: string): Part {
  const part = PARTS.find((known) => known === given);
  if (part !== undefined) return part;
  throw new Error(`DUNDER_TEST_WITHOUT names "${given}". It takes ${PARTS.join(", ")}.`);
}

/** Options that switch that part off in a database of an engine; `DUNDER_TEST_NAMES=on` has PostgreSQL's statements named. */
export function optionsWithout(engine: "sqlite" | "postgres" | "mysql"): DatabaseOptions {
  return {
    ...(without.has("plans") && { planCacheSize: 0 }),
    // Behind a pooler they are not prepared unless that is asked for.
    ...(engine === "postgres" && process.env["DUNDER_TEST_NAMES"] === "on" && { preparedStatements: true }),
    ...(without.has("statements") && { preparedStatements: engine === "mysql" ? 1 : false }),
  };
}

/** Node's flags that switch it off. */
export const flagsWithout: string[] = without.has("readers") ? ["--disallow-code-generation-from-strings"] : [];
