import { sql } from "kysely";
import { quoteText } from "../../databases/postgres/schema.js";
import { fields, type ScalarField } from "../../fields/index.js";
import { text as TEXT } from "../../functions/operands.js";
import { addComparisons, addLookup, addSteps, type Operand } from "../../lookups/index.js";
import { arrayField } from "../fields/array-field.js";
import { onlyPostgres } from "../only-postgres.js";
import { addOperator } from "./operators.js";

function listOperand(options: object): Operand {
  const { type, convert } = arrayField(fields.text(options) as never) as unknown as ScalarField;
  return { family: "array", type, convert, scalar: null };
}

const KEYS = listOperand({});
const VALUES = listOperand({ null: true });

addComparisons("hstore", false);
addOperator("hstore", "contains", "@>");
addOperator("hstore", "contained_by", "<@");
addOperator("hstore", "has_key", "?", TEXT);

for (const [name, operator] of [
  ["has_keys", "?&"],
  ["has_any_keys", "?|"],
] as const) {
  addLookup("hstore", name, {
    value: KEYS,
    compile: ({ lhs, rhs, engine }) => {
      onlyPostgres(engine, `The lookup "${name}" of hstore fields`);
      return sql`${lhs} ${sql.raw(operator)} cast(${rhs} as text[])`;
    },
  });
}

addSteps("hstore", (name) => {
  const list = name === "keys" ? KEYS : name === "values" ? VALUES : null;
  return {
    result: list ?? TEXT,
    compile: ({ lhs, engine }) => {
      onlyPostgres(engine, `The step "${name}" into an hstore field`);
      if (list !== null) return sql`${sql.raw(name === "keys" ? "akeys" : "avals")}(${lhs})`;
      return sql`(${lhs} -> ${sql.raw(quoteText(name))}) collate "C"`;
    },
  };
});
