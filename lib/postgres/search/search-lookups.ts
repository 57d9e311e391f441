import { sql, ValueNode, type OperationNode } from "kysely";
import { addLookup } from "../../lookups/index.js";
import { onlyPostgres } from "../only-postgres.js";
import { QUERY, vectorSql } from "./operands.js";

/** A text that was given is read as a plain query; an expression is a query already. */
function asQuery(rhs: object): object {
  const node = (rhs as { toOperationNode(): OperationNode }).toOperationNode();
  return ValueNode.is(node) ? sql`plainto_tsquery(${rhs})` : rhs;
}

for (const [family, names] of [
  ["text", ["search"]],
  ["tsvector", ["search", "exact"]],
] as const) {
  for (const name of names) {
    addLookup(family, name, {
      value: QUERY,
      compile: ({ lhs, rhs, engine, operand }) => {
        onlyPostgres(engine, `The lookup "${name}"`, "icontains looks for a part of a text on every engine.");
        return sql`${vectorSql([lhs], [operand], undefined)} @@ ${asQuery(rhs)}`;
      },
    });
  }
}
