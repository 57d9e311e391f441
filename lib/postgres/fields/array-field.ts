import { ConfigurationError } from "../../errors/index.js";
import { type ColumnType, columnType, type FieldOptions, Refusal, refuse, ScalarField } from "../../fields/index.js";
import { needsParts, partsNeededBy } from "../../models/index.js";
import { printable } from "../../util/printable.js";
import { onlyPostgres } from "../only-postgres.js";
import { postgresTypes } from "../../databases/postgres/types.js";
import { parseArray } from "../values/array-text.js";
import { decoderOf, encoderOf, listText, listType } from "./element.js";
import type { ArrayFieldFactory } from "../types/array.js";

/** What a list is of. */
export interface ListOf {
  readonly base: ScalarField;
  /** Lists of one element around it, which a place in a list of lists leaves. */
  readonly lead: number;
}

const lists = new WeakMap<ColumnType, ListOf>();

/** What the values of a type of lists are made of. */
export function listOf(type: ColumnType): ListOf {
  return lists.get(type) ?? refuse("is no list whose elements are known.");
}

/** How deep the lists of a field go: 1 for a list of plain values. */
export function depthOf(base: ScalarField): number {
  const inner = lists.get(base.type);
  return inner === undefined ? 1 : 1 + depthOf(inner.base);
}

/** The type of lists of a field's values; `lead` lists of one element stand around each. */
export function typeOfLists(base: ScalarField, lead = 0): ColumnType {
  const leaf = leafOf(base);
  const encode = encoderOf(leaf.type);
  const depth = depthOf(base);
  const type = columnType("custom", {
    customSqlType: (engine) => {
      onlyPostgres(engine, "arrayField(…)", "fields.json<string[]>() keeps a list on every engine.");
      return listType(sqlTypeOf(base.type));
    },
    customCodec: {
      toDb: (value) => listText(led(encoded(value as readonly unknown[], depth, encode), lead)),
      fromDb: (text) => unled(parseArray(text as string, decoderOf(leaf.type)), lead),
    },
  });
  lists.set(type, { base, lead });
  needsParts(type, partsNeededBy(base.type));
  return type;
}

function sqlTypeOf(type: ColumnType): string {
  return type.customSqlType === null ? postgresTypes.sqlType(type) : type.customSqlType("postgres");
}

function leafOf(base: ScalarField): ScalarField {
  const inner = lists.get(base.type);
  return inner === undefined ? base : leafOf(inner.base);
}

function encoded(values: readonly unknown[], depth: number, encode: (value: unknown) => unknown): unknown[] {
  return depth === 1
    ? values.map(encode)
    : values.map((value) => encoded(value as readonly unknown[], depth - 1, encode));
}

function led(values: readonly unknown[], lead: number): readonly unknown[] {
  return lead === 0 || values.length === 0 ? values : led([values], lead - 1);
}

function unled(values: unknown[], lead: number): unknown[] {
  return lead === 0 || values.length === 0 ? values : unled(values[0] as unknown[], lead - 1);
}

/** To a list that the column can hold: every element converted, none missing, lists in it all of one length. */
function converted(
  base: ScalarField,
  size: number | null,
  each: (value: unknown) => unknown,
): (value: unknown) => unknown[] {
  const isDeep = depthOf(base) > 1;
  return (value) => {
    if (!Array.isArray(value)) return refuse(`expected a list, got ${printable(value)}.`);
    if (size !== null && value.length > size) refuse(`has ${value.length} elements, and at most ${size} fit.`);
    const list = Array.from(value, (item: unknown, at) => elementAt(base, item, at, each));
    if (isDeep) checkGrid(list as unknown[][]);
    return list;
  };
}

function elementAt(base: ScalarField, item: unknown, at: number, each: (value: unknown) => unknown): unknown {
  if (item === null && base.options.null === true) return null;
  if (item === null || item === undefined) {
    return refuse(
      `element ${at} is ${item === null ? "null" : "undefined"}. Give the elements' field { null: true }, or leave it out.`,
    );
  }
  try {
    return each(item);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`element ${at}: ${error.message}`, { cause: error });
  }
}

/** PostgreSQL has no lists of lists of different lengths, nor of empty ones. */
function checkGrid(lists: readonly unknown[][]): void {
  const lengths = new Set(lists.map((list) => JSON.stringify(lengthsOf(list))));
  if (lengths.size > 1) refuse("has lists of different lengths in it, which PostgreSQL cannot keep.");
  if (lists.some((list) => list.length === 0)) refuse("has an empty list in it, which PostgreSQL cannot keep.");
}

function lengthsOf(list: unknown): number[] {
  return Array.isArray(list) ? [list.length, ...lengthsOf(list[0])] : [];
}

/** How many elements at most fit into a list. */
export interface SizeOption {
  readonly size?: number;
}

function declareArray(base: unknown, given: FieldOptions & SizeOption = {}): ScalarField {
  const { size, ...options } = given;
  if (!(base instanceof ScalarField)) {
    throw new ConfigurationError(
      `arrayField(field): expected the field that elements are like, such as fields.integer(), got ${printable(base)}.`,
    );
  }
  if (size !== undefined && !(Number.isSafeInteger(size) && size > 0)) {
    throw new ConfigurationError(
      `arrayField(field, { size }): expected a whole number above 0, got ${printable(size)}.`,
    );
  }
  const convert = converted(base, size ?? null, (item) => base.convert(item));
  const validate = converted(base, null, (item) => base.validate(item));
  const check = (value: unknown): string | null => {
    try {
      validate(value);
      return null;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
  };
  return new ScalarField({ kind: "array", family: "array", type: typeOfLists(base), convert, check }, options);
}

/**
 * A list of values that are all of one kind, in a column of PostgreSQL's own type for it. Elements are declared like
 * fields; with `{ null: true }` they may be null.
 *
 * @example
 * ```ts
 * class Post extends Model("post", {
 *   tags: arrayField(fields.string({ maxLength: 30 }), { default: () => [] }),
 *   grid: arrayField(arrayField(fields.integer())),
 * }) {
 *   static objects = manager(this);
 * }
 * // "tags" varchar(30)[] COLLATE "C" NOT NULL, "grid" integer[][] NOT NULL
 * await Post.objects.filter({ tags__contains: ["news"], tags__0: "a", grid__0__1: 7 }).all();
 * // WHERE "tags" @> $1 AND ("tags")[1] = $2 AND …
 * ```
 * @throws ConfigurationError for what is no field; NotSupportedError by createTables on other engines.
 */
export const arrayField = declareArray as unknown as ArrayFieldFactory;
