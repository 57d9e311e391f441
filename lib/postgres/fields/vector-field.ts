import { sql } from "kysely";
import { ConfigurationError, FieldError } from "../../errors/index.js";
import { Expression, value } from "../../expressions/index.js";
import { columnType, type FieldOptions, refuse, ScalarField } from "../../fields/index.js";
import { float } from "../../functions/operands.js";
import { addComparisons } from "../../lookups/index.js";
import { printable } from "../../util/printable.js";
import { callOf, ownFunction } from "../expressions/own.js";
import { onlyPostgres } from "../only-postgres.js";
import type { DistanceFactory, VectorFieldFactory } from "../types/vector.js";

/** pgvector's own limit. */
const MOST = 16_000;

addComparisons("vector", false);

/** Numbers as the server keeps them: 32 bits each. */
function convertVector(size: number | null): (given: unknown) => number[] {
  return (given) => {
    const isList = Array.isArray(given) || given instanceof Float32Array;
    if (!isList) return refuse(`expected a list of numbers, got ${printable(given)}.`);
    const list: unknown[] = Array.from(given as ArrayLike<unknown>);
    if (size !== null && list.length !== size) return refuse(`has ${list.length} numbers, and must have ${size}.`);
    if (list.length === 0) return refuse("has no numbers.");
    return list.map((item, at) => {
      if (typeof item !== "number" || !Number.isFinite(Math.fround(item))) {
        return refuse(`number ${at} is ${printable(item)}, and must be a finite number of 32 bits.`);
      }
      return shortest(Math.fround(item));
    });
  };
}

/** The number with the fewest digits that 32 bits keep as that: as the server writes it. */
function shortest(single: number): number {
  for (let digits = 6; digits <= 9; digits += 1) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short + 0;
  }
  return single + 0;
}

function declare(size: unknown, options: FieldOptions = {}): ScalarField {
  if (!(typeof size === "number" && Number.isInteger(size) && size > 0 && size <= MOST)) {
    throw new ConfigurationError(
      `vectorField(size): expected a whole number from 1 to ${MOST}, got ${printable(size)}.`,
    );
  }
  const type = columnType("custom", {
    customSqlType: (engine) => {
      onlyPostgres(engine, "vectorField(…)");
      return `vector(${size})`;
    },
    customCodec: {
      toDb: (list) => `[${(list as number[]).join(",")}]`,
      fromDb: (text) => JSON.parse(text as string) as unknown,
    },
  });
  return new ScalarField({ kind: "vector", family: "vector", type, convert: convertVector(size) }, options);
}

const anyLength = convertVector(null);

function distance(name: string, operator: string): DistanceFactory {
  const definition = ownFunction(
    name,
    [2, 2],
    ([of]) => (of?.family === "vector" ? float : refuse(`${name} is of vectors, not of a ${of?.family}.`)),
    ({ args }) => sql`(${args[0]} ${sql.raw(operator)} cast(${args[1]} as vector))`,
  );
  const made = (of: unknown, to: unknown): Expression => callOf(definition, [of, vectorOf(to, name)]);
  return made as unknown as DistanceFactory;
}

function vectorOf(given: unknown, name: string): unknown {
  if (Expression.is(given) || typeof given === "string") return given;
  try {
    return value(`[${anyLength(given).join(",")}]`);
  } catch (error) {
    throw new FieldError(`${name}(vector, to): ${(error as Error).message}`, { cause: error });
  }
}

/**
 * A place in a space of so many dimensions, such as a model's embedding of a text. The extension "vector" has it.
 *
 * @example
 * ```ts
 * class Passage extends Model("passage", { text: fields.text(), embedding: vectorField(3) }, {
 *   indexes: [hnswIndex({ field: "embedding", opclass: "vector_cosine_ops" })],
 * }) {
 *   static objects = manager(this);
 * }
 * await Passage.objects.orderBy(CosineDistance("embedding", [0.1, 0.2, 0.3])).limit(5).all();
 * // ORDER BY ("embedding" <=> cast($1 as vector)) LIMIT 5
 * ```
 */
export const vectorField = declare as unknown as VectorFieldFactory;
/** The straight way between two places. */
export const L2Distance = distance("L2Distance", "<->");
/** The sum of the distances in each dimension. */
export const L1Distance = distance("L1Distance", "<+>");
/** 0 for places in the same direction, 2 for those in opposite ones. */
export const CosineDistance = distance("CosineDistance", "<=>");
/** The inner product, less than 0 for what goes together, so that the least comes first. */
export const MaxInnerProduct = distance("MaxInnerProduct", "<#>");
