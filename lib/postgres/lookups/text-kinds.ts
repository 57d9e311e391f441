import { sql } from "kysely";
import { columnType, convertInteger } from "../../fields/index.js";
import { text as TEXT } from "../../functions/operands.js";
import { addComparisons, addTransform, type Operand } from "../../lookups/index.js";
import { onlyPostgres } from "../only-postgres.js";
import { inetField } from "../fields/text-kinds.js";
import type { ScalarField } from "../../fields/index.js";
import { addOperator } from "./operators.js";

const INTEGER: Operand = { family: "number", type: columnType("integer"), convert: convertInteger, scalar: null };
const { type, convert } = inetField() as unknown as ScalarField;
const INET: Operand = { family: "inet", type, convert, scalar: null };

const NETWORKS: Readonly<Record<string, string>> = {
  net_contained: "<<",
  net_contained_or_equal: "<<=",
  net_contains: ">>",
  net_contains_or_equals: ">>=",
  net_overlaps: "&&",
};

for (const family of ["inet", "macaddr", "enum"] as const) addComparisons(family, true);
for (const [name, operator] of Object.entries(NETWORKS)) addOperator("inet", name, operator, INET);

for (const [name, called, result] of [
  ["host", "host", TEXT],
  ["family", "family", INTEGER],
  ["prefixlen", "masklen", INTEGER],
] as const) {
  addTransform("inet", name, {
    result,
    compile: ({ lhs, engine }) => {
      onlyPostgres(engine, `The transform "${name}" of addresses`);
      return sql`${sql.raw(called)}(${lhs})`;
    },
  });
}
