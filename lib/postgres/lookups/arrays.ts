import { sql } from "kysely";
import { convertInteger, columnType, type ScalarField } from "../../fields/index.js";
import { addComparisons, addSteps, addTransform, type Operand } from "../../lookups/index.js";
import { depthOf, listOf, typeOfLists } from "../fields/array-field.js";
import { onlyPostgres } from "../only-postgres.js";
import { addOperator } from "./operators.js";

const INTEGER: Operand = { family: "number", type: columnType("integer"), convert: convertInteger, scalar: null };
const PLACE = /^(\d{1,9})$/;
const SLICE = /^(\d{1,9})_(\d{1,9})$/;

addComparisons("array", true);
addOperator("array", "contains", "@>");
addOperator("array", "contained_by", "<@");
addOperator("array", "overlap", "&&");

addTransform("array", "len", {
  result: INTEGER,
  compile: ({ lhs, engine, operand }) => {
    onlyPostgres(engine, 'The transform "len" of array fields');
    const depth = sql.raw(String(listOf(operand.type).lead + 1));
    return sql`case when ${lhs} is not null then coalesce(array_length(${lhs}, ${depth}), 0) end`;
  },
});

/** What stands at a place of a list. */
function operandAt(base: ScalarField): Operand {
  return { family: base.family, type: base.type, convert: (value) => base.convert(value), scalar: base };
}

/** Lists within a list are left in lists of one element: PostgreSQL gives a list of lists no other parts. */
const types = new WeakMap<ScalarField, Map<number, Operand["type"]>>();

function typeWithin(base: ScalarField, lead: number): Operand["type"] {
  let known = types.get(base);
  if (known === undefined) types.set(base, (known = new Map<number, Operand["type"]>()));
  let type = known.get(lead);
  if (type === undefined) known.set(lead, (type = typeOfLists(base, lead)));
  return type;
}

function elementOf({ type }: Operand): Operand {
  const { base, lead } = listOf(type);
  if (depthOf(base) === 1) return operandAt(base);
  return { ...operandAt(base), type: typeWithin(listOf(base.type).base, lead + 1) };
}

/** `[1:1]` so many times: through lists of one element. */
function through(lead: number): string {
  return "[1:1]".repeat(lead);
}

addSteps("array", (name) => {
  const slice = SLICE.exec(name);
  const place = PLACE.exec(name);
  if (slice === null && place === null) return null;
  const [, from = "0", to = from] = (slice ?? place) as unknown as [string, string, string?];
  const first = Number(from) + 1;
  return {
    result: slice === null ? elementOf : (operand) => ({ ...operand, scalar: null }),
    compile: ({ lhs, engine, operand }) => {
      onlyPostgres(engine, `The step "${name}" into an array field`);
      const { base, lead } = listOf(operand.type);
      if (slice !== null) return sql`(${lhs})${sql.raw(`${through(lead)}[${first}:${Number(to)}]`)}`;
      if (depthOf(base) === 1) return sql`(${lhs})${sql.raw(`${"[1]".repeat(lead)}[${first}]`)}`;
      return sql`nullif((${lhs})${sql.raw(`${through(lead)}[${first}:${first}]`)}, '{}')`;
    },
  };
});
