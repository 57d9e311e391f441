import { sql } from "kysely";
import type { LookupFamily } from "../../fields/index.js";
import { addLookup } from "../../lookups/index.js";
import type { Given } from "../../lookups/lookup.js";
import { onlyPostgres } from "../only-postgres.js";

/** A lookup that is an operator of PostgreSQL's; `value` is what it takes, null for what the field's own values are. */
export function addOperator(family: LookupFamily, name: string, operator: string, value: Given | null = null): void {
  const written = sql.raw(operator);
  addLookup(family, name, {
    value,
    compile: ({ lhs, rhs, engine }) => {
      onlyPostgres(engine, `The lookup "${name}" of ${family} fields`);
      return sql`${lhs} ${written} ${rhs}`;
    },
  });
}
