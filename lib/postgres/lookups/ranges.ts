import { sql } from "kysely";
import { type ColumnType, plainKinds, refuse } from "../../fields/index.js";
import { addComparisons, addLookup, addSteps, addTransform, type Operand } from "../../lookups/index.js";
import {
  converted,
  convertedList,
  isRange,
  type RangeOf,
  rangeOf,
  RANGES,
  rangeTypes,
} from "../fields/range-fields.js";
import { onlyPostgres } from "../only-postgres.js";
import { Range } from "../values/range.js";
import { addOperator } from "./operators.js";

const BOOLEAN: Operand = { ...plainKinds.boolean, scalar: null };

/** A value by itself is the range that has it alone; so one operator serves for both. */
function asRange(of: RangeOf, given: unknown, takesValues: boolean): Range<unknown> {
  if (isRange(given) || !takesValues) return converted(of, given);
  const value = of.element.convert(given);
  return converted(of, new Range(value, value, "[]"));
}

function rangeOperand(operand: Operand, takesValues: boolean): Operand {
  const of = rangeOf(operand.type);
  return { ...operand, scalar: null, convert: (given) => asRange(of, given, takesValues) };
}

function multirangeOperand(operand: Operand, takesValues: boolean): Operand {
  const of = rangeOf(operand.type);
  const convert = (given: unknown): unknown =>
    convertedList(of, Array.isArray(given) ? given : [asRange(of, given, takesValues)]);
  return { ...operand, scalar: null, convert };
}

const OPERATORS: Readonly<Record<string, string>> = {
  contains: "@>",
  contained_by: "<@",
  overlap: "&&",
  fully_lt: "<<",
  fully_gt: ">>",
  not_lt: "&>",
  not_gt: "&<",
  adjacent_to: "-|-",
};

const QUESTIONS: Readonly<Record<string, string>> = {
  isempty: "isempty",
  lower_inc: "lower_inc",
  lower_inf: "lower_inf",
  upper_inc: "upper_inc",
  upper_inf: "upper_inf",
};

for (const [family, operandOf] of [
  ["range", rangeOperand],
  ["multirange", multirangeOperand],
] as const) {
  addComparisons(family, true);
  for (const [name, operator] of Object.entries(OPERATORS)) {
    addOperator(family, name, operator, (operand) => operandOf(operand, name === "contains"));
  }
  for (const [name, called] of Object.entries(QUESTIONS)) {
    addTransform(family, name, {
      result: BOOLEAN,
      compile: ({ lhs, engine }) => {
        onlyPostgres(engine, `The transform "${name}" of ranges`);
        return sql`${sql.raw(called)}(${lhs})`;
      },
    });
  }
  addSteps(family, (name) => {
    if (name !== "startswith" && name !== "endswith") return null;
    const end = sql.raw(name === "startswith" ? "lower" : "upper");
    return {
      result: ({ type }) => {
        const { element } = rangeOf(type);
        return { family: element.family, type: element.type, convert: element.convert, scalar: null };
      },
      compile: ({ lhs, engine, operand }) => {
        onlyPostgres(engine, `The transform "${name}" of ranges`);
        const isZoneless = rangeOf(operand.type) === RANGES.timestamp;
        return isZoneless ? sql`(${end}(${lhs}) at time zone 'UTC')` : sql`${end}(${lhs})`;
      },
    };
  });
}

/** The ranges that a field's values can lie in. */
function rangesFor({ family, storage }: { family: string; storage: ColumnType["storage"] }): keyof typeof RANGES {
  if (family === "date" || family === "datetime") return family;
  return storage === "decimal" || storage === "float" ? "decimal" : "bigInteger";
}

function around({ family, type }: Operand): Operand {
  const name = rangesFor({ family, storage: type.storage });
  const of = RANGES[name];
  const convert = (given: unknown): unknown => {
    if (!isRange(given)) return refuse("expected a Range such as new Range(from, to).");
    return converted(of, name === "decimal" ? written(given) : given);
  };
  return { family: "range", type: rangeTypes[name] as ColumnType, convert, scalar: null };
}

/** Floats as the decimals that they are written as. */
function written(range: Range<unknown>): Range<unknown> {
  const text = (end: unknown): unknown => (typeof end === "number" ? plainText(end) : end);
  return new Range(text(range.lower), text(range.upper), range.bounds, range.isEmpty);
}

function plainText(number: number): string {
  const text = String(number);
  return text.includes("e") ? refuse(`${text} is too large or too small for the end of a range.`) : text;
}

for (const family of ["number", "date", "datetime"] as const) {
  addLookup(family, "contained_by", {
    value: around,
    compile: ({ lhs, rhs, engine, operand }) => {
      onlyPostgres(engine, 'The lookup "contained_by"', "range, gte and lt ask the same on every engine.");
      const name = rangesFor({ family: operand.family, storage: operand.type.storage });
      const type = { bigInteger: "bigint", decimal: "numeric", date: "date", datetime: "timestamptz" }[name as "date"];
      return sql`cast(${lhs} as ${sql.raw(type)}) <@ cast(${rhs} as ${sql.raw(RANGES[name].range)})`;
    },
  });
}
