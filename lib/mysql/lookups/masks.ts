import { type RawBuilder, sql } from "kysely";
import { type ColumnType, columnType, plainKinds, refuse } from "../../fields/index.js";
import { addComparisons, addLookup, addSteps, addTransform, type Operand } from "../../lookups/index.js";
import { onlyMysql } from "../only-mysql.js";

type ToBits = (value: unknown) => bigint;

/** How values of a type are a number, whose bits are asked about. */
const numbers = new WeakMap<ColumnType, ToBits>();

/** Says which number a value of a type is to the server. */
export function numberBits(type: ColumnType, toBits: ToBits): void {
  numbers.set(type, toBits);
}

/** What a column's bits are compared with: values like its own, or, for one word, that alone. */
function masks(isOne: boolean): (of: Operand) => Operand {
  const known = new WeakMap<ColumnType, Operand>();
  return (of) => {
    const before = known.get(of.type);
    if (before !== undefined) return before;
    const toBits = numbers.get(of.type) ?? (() => refuse("is no column whose bits are known."));
    const type = columnType("custom", {
      customSqlType: of.type.customSqlType,
      customCodec: { toDb: (bits) => bits, fromDb: (bits) => bits },
    });
    const operand: Operand = {
      ...{ family: of.family, type, scalar: null },
      convert: (value) => toBits(of.convert(isOne ? [value] : value)),
    };
    known.set(of.type, operand);
    return operand;
  };
}

const LABELS: Readonly<Record<string, string>> = { sqlite: "SQLite", postgres: "PostgreSQL" };
const INSTEAD = "Lists in fields.json(…) have the lookups contains and has_key on every engine.";

function checked(engine: string, what: string): void {
  onlyMysql({ name: engine, label: LABELS[engine] ?? engine }, what, INSTEAD);
}

/** A column as the number that it is. */
function number(column: object): RawBuilder<unknown> {
  return sql`cast(${column} as unsigned)`;
}

const several = masks(false);
const one = masks(true);

for (const family of ["words", "bits"] as const) {
  addComparisons(family, family === "bits");
  const add = (name: string, value: (of: Operand) => Operand, write: (lhs: object, rhs: object) => object): void => {
    addLookup(family, name, {
      value,
      compile: ({ lhs, rhs, engine }) => {
        checked(engine, `The lookup "${name}" of ${family}`);
        return write(number(lhs), number(rhs));
      },
    });
  };
  add("contains", several, (lhs, rhs) => sql`~${lhs} & ${rhs} = 0`);
  add("contained_by", several, (lhs, rhs) => sql`${lhs} & ~${rhs} = 0`);
  add("overlap", several, (lhs, rhs) => sql`${lhs} & ${rhs} <> 0`);
  if (family === "words") add("has", one, (lhs, rhs) => sql`~${lhs} & ${rhs} = 0`);
  addTransform(family, "len", {
    result: { ...plainKinds.integer, scalar: null },
    compile: ({ lhs, engine }) => {
      checked(engine, `The transform "len" of ${family}`);
      return sql`bit_count(${number(lhs)})`;
    },
  });
}

addSteps("bits", (name) => {
  if (name !== "number") return null;
  return {
    result: { ...plainKinds.bigInteger, scalar: null },
    compile: ({ lhs, engine }) => {
      checked(engine, 'The step "number" of bits');
      return number(lhs);
    },
  };
});
