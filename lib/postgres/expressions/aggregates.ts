import { type OperationNode, RawNode, sql } from "kysely";
import { type ColumnType, type LookupFamily, refuse, ScalarField } from "../../fields/index.js";
import type { OwnAggregateDefinition } from "../../functions/own.js";
import { float, small } from "../../functions/operands.js";
import type { Operand } from "../../lookups/index.js";
import { typeOfLists } from "../fields/array-field.js";
import type { ArrayAggFactory, BitFactory, PairFactory } from "../types/aggregates.js";
import { aggregateCall, callOf, optionsOf, ownAggregate, ownFunction } from "./own.js";

const SHARED = ["distinct", "filter", "default"];

/** Types of lists of what is no field's own. */
const listTypes = new WeakMap<ColumnType, ScalarField>();

function listOperand(arg: Operand | null): Operand {
  const { family, type, convert, scalar } = arg ?? refuse("ArrayAgg takes a field or an expression.");
  let base = listTypes.get(type);
  if (base === undefined) {
    base = new ScalarField({ kind: scalar?.kind ?? family, family, type, convert }, { null: true });
    listTypes.set(type, base);
  }
  return { family: "array", type: listTypeOf(base), convert: convertList, scalar: null };
}

const types = new WeakMap<ScalarField, ColumnType>();

function listTypeOf(base: ScalarField): ColumnType {
  let type = types.get(base);
  if (type === undefined) types.set(base, (type = typeOfLists(base)));
  return type;
}

function convertList(value: unknown): unknown {
  return Array.isArray(value) ? value : refuse("expected a list.");
}

const arrayAgg = ownAggregate(
  { name: "ArrayAgg", whole: true, options: [], takes: null, result: listOperand },
  ({ arg, distinct, order }) => {
    const sorted = order.length === 0 ? sql.raw("") : sql` order by ${sql.join([...order])}`;
    return sql`array_agg(${distinct ? sql`distinct ${arg}` : arg}${sorted})`;
  },
);

/** Of a group's values the bits that all have, or one of them, or an odd number of them. */
function bits(name: string, called: string): BitFactory {
  const result = (arg: Operand | null): Operand =>
    arg !== null && /nteger$/.test(arg.type.storage)
      ? { ...arg, scalar: null }
      : refuse(`${name} is of whole numbers.`);
  const takes: readonly LookupFamily[] = ["number"];
  const definition = ownAggregate(
    { name, whole: false, options: [], takes, result },
    ({ arg }) => sql`${sql.raw(called)}(${arg})`,
  );
  return ((of: unknown, options?: unknown) =>
    aggregateCall(definition, of, optionsOf(options, SHARED, name))) as unknown as BitFactory;
}

/** Two arguments, for aggregates of two: without the brackets that functions are written in. */
const pair = ownFunction(
  "A pair",
  [2, 2],
  (operands) => (operands.every(({ family }) => family === "number") ? float : refuse("it is of two numbers.")),
  ({ args }) => sql.join([...args]),
);

function unbracketed(arg: object): object {
  const node = (arg as { toOperationNode(): OperationNode }).toOperationNode();
  if (!RawNode.is(node) || node.parameters.length !== 1) return arg;
  const inner = new FilledNode(node.parameters[0] as OperationNode);
  return { toOperationNode: () => inner };
}

/** A node whose values are in their places: of a class of its own, so that nobody looks into it for others. */
class FilledNode implements OperationNode {
  declare readonly kind: OperationNode["kind"];

  constructor(node: OperationNode) {
    Object.assign(this, node);
  }
}

function ofPairs(name: string, called: string, sampled?: string): PairFactory {
  const result = (): Operand => (name === "RegrCount" ? small : float);
  const more = sampled === undefined ? [] : ["sample"];
  const definition: OwnAggregateDefinition = ownAggregate(
    {
      name,
      whole: true,
      ordered: false,
      distinct: false,
      options: more,
      takes: null,
      result,
      emptyIsNull: name !== "RegrCount",
    },
    ({ arg, options }) =>
      sql`${sql.raw(options.sample === true && sampled !== undefined ? sampled : called)}(${unbracketed(arg)})`,
  );
  const made = (y: unknown, x: unknown, options?: unknown): unknown => {
    const read = optionsOf(options, ["filter", "default", ...more], name);
    return aggregateCall(definition, callOf(pair, [y, x]), read);
  };
  return made as unknown as PairFactory;
}

/**
 * The values of a group as a list, NULLs among them unless a filter leaves them out: in an order, or each once.
 *
 * @example
 * ```ts
 * await Album.objects.annotate({ titles: ArrayAgg("tracks__title", { orderBy: "tracks__position" }) }).all();
 * // SELECT …, array_agg("title" ORDER BY "position") AS "titles"
 * ```
 * @throws NotSupportedError on other engines, when it runs: `JsonAgg` does the same on all of them.
 */
export const ArrayAgg = ((of: unknown, options?: unknown) =>
  aggregateCall(arrayAgg, of, optionsOf(options, [...SHARED, "orderBy"], "ArrayAgg"))) as unknown as ArrayAggFactory;
/** The bits that all of a group's whole numbers have. */
export const BitAnd = bits("BitAnd", "bit_and");
/** The bits that one of them has at least. */
export const BitOr = bits("BitOr", "bit_or");
/** The bits that an odd number of them has. */
export const BitXor = bits("BitXor", "bit_xor");
/**
 * How far two numbers go together, from -1 to 1: the first is what depends on the second.
 *
 * @example
 * ```ts
 * await Track.objects.aggregate({ together: Corr("position", "id") }); // SELECT corr("position", "id")
 * ```
 */
export const Corr = ofPairs("Corr", "corr");
/** Their covariance; `{ sample: true }` for that of a sample. */
export const CovarPop = ofPairs("CovarPop", "covar_pop", "covar_samp");
export const RegrAvgX = ofPairs("RegrAvgX", "regr_avgx");
export const RegrAvgY = ofPairs("RegrAvgY", "regr_avgy");
/** Rows that have both. */
export const RegrCount = ofPairs("RegrCount", "regr_count");
export const RegrIntercept = ofPairs("RegrIntercept", "regr_intercept");
export const RegrR2 = ofPairs("RegrR2", "regr_r2");
export const RegrSlope = ofPairs("RegrSlope", "regr_slope");
export const RegrSXX = ofPairs("RegrSXX", "regr_sxx");
export const RegrSXY = ofPairs("RegrSXY", "regr_sxy");
export const RegrSYY = ofPairs("RegrSYY", "regr_syy");
