import { ConfigurationError } from "../../errors/index.js";
import { ConstraintPart, type SchemaContext } from "../../models/index.js";
import type { OwnConstraint } from "../../types/model.js";
import { printable } from "../../util/printable.js";
import { onlyPostgres } from "../only-postgres.js";
import { checkFlags, checkKnown } from "../own-options.js";
import { checkedSql, columnsOf, type IndexItem, itemSql, wholeItem } from "./index-items.js";

/** When a constraint is looked at: at the end of the transaction, or at once unless the transaction says otherwise. */
export type Deferrable = "deferred" | "immediate";

/** One part of what no two rows may have alike: a field or an expression, and the operator by which it is compared. */
export type ExclusionElement<Name extends string = string> = readonly [item: IndexItem<Name>, operator: string];

/** Which rows exclude each other. */
export interface ExclusionOptions<Name extends string = string> {
  readonly name: string;
  /** No two rows may be such that all of these hold between them. */
  readonly elements: readonly ExclusionElement<Name>[];
  /** The kind of index that keeps it: "gist" unless given. */
  readonly using?: "gist" | "spgist" | "btree" | "hash";
  /** The rows that it is about, as an SQL condition, which reaches the database as written. */
  readonly where?: string;
  readonly include?: readonly Name[];
  readonly deferrable?: Deferrable;
}

/** Which rows are unique together, beyond what every engine has. */
export interface UniqueOptions<Name extends string = string> {
  readonly fields: readonly Name[];
  readonly name?: string;
  /** False where NULLs are equal to each other (PostgreSQL 15). */
  readonly nullsDistinct?: boolean;
  readonly include?: readonly Name[];
  readonly deferrable?: Deferrable;
}

const OPERATOR = /^[-+*/<>=~!@#%^&|`?]+$/;
const METHODS: readonly unknown[] = [undefined, "gist", "spgist", "btree", "hash"];

function makeExclusion(options: ExclusionOptions): ConstraintPart {
  const where = "exclusionConstraint({ … })";
  checkKnown(options, ["name", "elements", "using", "where", "include", "deferrable"], where);
  const { name, elements, using = "gist", where: condition } = options;
  if (typeof name !== "string" || name === "")
    throw new ConfigurationError(`${where}: expected a name, got ${printable(name)}.`);
  if (!Array.isArray(elements) || elements.length === 0) {
    throw new ConfigurationError(`${where}: elements is a list such as [["room", "="], ["during", "&&"]].`);
  }
  if (!METHODS.includes(using))
    throw new ConfigurationError(`${where}: using is gist, spgist, btree or hash, got ${printable(using)}.`);
  checkShared(options, where);
  if (condition !== undefined) checkedSql(condition, `${where}: where`);
  const items = elements.map((element: unknown) => elementOf(element, where));
  return new ConstraintPart((context) => {
    onlyPostgres(context.engine, `${context.model}: exclusionConstraint(…)`);
    const list = items.flatMap(([item, operator]) =>
      itemSql(item, context, "constraints").map((sql) => `${sql} WITH ${operator}`),
    );
    return [
      `CONSTRAINT ${context.quote(name)} EXCLUDE USING ${using} (${list.join(", ")})`,
      ...included(options, context),
      ...(condition === undefined ? [] : [`WHERE (${condition})`]),
      ...deferred(options),
    ].join(" ");
  });
}

function elementOf(element: unknown, where: string): [ReturnType<typeof wholeItem>, string] {
  const [item, operator] = (Array.isArray(element) ? element : []) as unknown[];
  if (typeof operator === "string" && OPERATOR.test(operator)) return [wholeItem(item, where), operator];
  throw new ConfigurationError(
    `${where}: an element is a pair such as ["during", "&&"], got ${printable(element)} with ${printable(operator)}.`,
  );
}

function makeUnique(options: UniqueOptions): ConstraintPart {
  const where = "uniqueConstraint({ … })";
  checkKnown(options, ["fields", "name", "nullsDistinct", "include", "deferrable"], where);
  checkFlags(options, ["nullsDistinct"], where);
  checkShared(options, where);
  const { fields, name, nullsDistinct } = options;
  if (!Array.isArray(fields) || fields.length === 0) {
    throw new ConfigurationError(`${where}: fields is a list of names, got ${printable(fields)}.`);
  }
  return new ConstraintPart((context) => {
    onlyPostgres(
      context.engine,
      `${context.model}: uniqueConstraint(…)`,
      'Rows unique together are { unique: ["a", "b"] } on every engine.',
    );
    const nulls = nullsDistinct === false ? " NULLS NOT DISTINCT" : "";
    return [
      `CONSTRAINT ${context.quote(name ?? context.name(fields, "uniq"))} UNIQUE${nulls}`,
      `(${columnsOf(fields, context, "constraints")})`,
      ...included(options, context),
      ...deferred(options),
    ].join(" ");
  });
}

type Shared = Pick<ExclusionOptions, "include" | "deferrable">;

function checkShared({ include, deferrable }: Shared, where: string): void {
  if (include !== undefined && !Array.isArray(include)) {
    throw new ConfigurationError(`${where}: include is a list of fields, got ${printable(include)}.`);
  }
  if (deferrable === undefined || deferrable === "deferred" || deferrable === "immediate") return;
  throw new ConfigurationError(`${where}: deferrable is "deferred" or "immediate", got ${printable(deferrable)}.`);
}

function included({ include = [] }: Shared, context: SchemaContext): string[] {
  return include.length === 0 ? [] : [`INCLUDE (${columnsOf(include, context, "constraints")})`];
}

function deferred({ deferrable }: Shared): string[] {
  return deferrable === undefined ? [] : [`DEFERRABLE INITIALLY ${deferrable.toUpperCase()}`];
}

type NameIn<E> = E extends readonly [infer I, unknown]
  ? I extends `-${infer F}`
    ? F
    : I extends string
      ? I
      : I extends { readonly field: infer F extends string }
        ? F
        : never
  : never;

/**
 * A constraint by which rows exclude each other: no two bookings of one room may overlap. Kinds of values that have no
 * order in a "gist" index, numbers say, take the extension "btree_gist".
 *
 * @example
 * ```ts
 * class Booking extends Model("booking", { room: fields.integer(), during: datetimeRangeField() }, {
 *   constraints: [exclusionConstraint({ name: "one_at_a_time", elements: [["room", "="], ["during", "&&"]] })],
 * }) {}
 * // CONSTRAINT "one_at_a_time" EXCLUDE USING gist ("room" WITH =, "during" WITH &&)
 * ```
 * @throws ConfigurationError for what is no constraint; NotSupportedError by createTables on other engines.
 */
export const exclusionConstraint = makeExclusion as unknown as <
  const L extends readonly ExclusionElement[],
  const Name extends string = never,
>(
  options: Omit<ExclusionOptions, "elements" | "include"> & {
    readonly elements: L;
    readonly include?: readonly Name[];
  },
) => OwnConstraint<NameIn<L[number]> | Name>;

/**
 * Rows unique together, looked at when the transaction ends, or with NULLs that are equal.
 *
 * @example
 * ```ts
 * class Step extends Model("step", { list: fields.integer(), position: fields.integer() }, {
 *   constraints: [uniqueConstraint({ fields: ["list", "position"], deferrable: "deferred" })],
 * }) {}
 * // CONSTRAINT "step_list_position_uniq" UNIQUE ("list", "position") DEFERRABLE INITIALLY DEFERRED
 * ```
 */
export const uniqueConstraint = makeUnique as unknown as <const Name extends string>(
  options: UniqueOptions<Name>,
) => OwnConstraint<Name>;
