import { FieldError } from "../../errors/index.js";
import { Expression } from "../../expressions/index.js";
import { refuse } from "../../fields/index.js";
import type { ColumnMeta } from "../../models/index.js";
import {
  holdsWindow,
  namesField,
  type Query,
  queryOf,
  Reader,
  readTerm,
  type ReadTerm,
  toldAs,
} from "../../query/index.js";
import type { Computed } from "./computed-columns.js";
import { columnsNamed } from "../rows/row-values.js";
import type { ColumnValues } from "../rows/same-value.js";
import type { InsertGroup } from "./write-plan.js";

/** Reads those values of an update that are expressions. Their slots come after the query's own and `given` others. */
export function readComputed(
  query: Query,
  values: Readonly<Record<string, unknown>>,
  given: number,
  method = "update",
  meetsNew = false,
): Computed {
  const reader = new Reader(query, method);
  reader.meetsNew = meetsNew;
  const base = query.values.length + given;
  let key = "";
  const columns = Object.entries(values).map(([name, expression]) => {
    const [column, ...more] = columnsNamed(query.model, name, method) as readonly [ColumnMeta, ...ColumnMeta[]];
    if (more.length > 0) {
      throw new FieldError(
        `${query.model.name}: ${method}({ ${name} }): a foreign key of several columns is set to a row or a key, not to an ` +
          `expression.`,
      );
    }
    if (column.options.generatedAs !== undefined) {
      throw new FieldError(`${query.model.name}.${name} is computed by the database, and cannot be set.`);
    }
    const [term, part] = readValue(reader, expression as Expression, name);
    key += `${name}=${part}`;
    return { column, value: { term, base } };
  });
  return { columns, values: reader.slots, needs: reader.needs, key };
}

function readValue(reader: Reader, expression: Expression, name: string): ReadTerm {
  try {
    const read = readTerm(reader, expression);
    return holdsWindow(read[0]) ? refuse("what is worked out over a window cannot be set.") : read;
  } catch (error) {
    throw toldAs(error, reader.model, `${reader.method}({ ${name} })`);
  }
}

type Values = Readonly<Record<string, unknown>>;

/** The values as they are, and apart from them those that are expressions; null for none. */
export function withoutExpressions(values: unknown): readonly [plain: unknown, expressions: Values | null] {
  if (values === null || typeof values !== "object") return [values, null];
  let some = false;
  for (const value of Object.values(values)) some ||= Expression.is(value);
  if (!some) return [values, null];
  const entries = Object.entries(values);
  return [
    Object.fromEntries(entries.filter(([, value]) => !Expression.is(value))),
    Object.fromEntries(entries.filter(([, value]) => Expression.is(value))),
  ];
}

/** Values apart from expressions among them, these by the name of their field; null for none. */
export function splitComputed(
  values: ColumnValues,
): readonly [plain: ColumnValues, expressions: Readonly<Record<string, unknown>> | null] {
  let some = false;
  for (const value of values.values()) some ||= typeof value === "object" && Expression.is(value);
  if (!some) return [values, null];
  const entries = [...values];
  const found = entries.filter(([, value]) => Expression.is(value));
  return [
    new Map(entries.filter(([, value]) => !Expression.is(value))),
    Object.fromEntries(found.map(([column, value]) => [column.field, value])),
  ];
}

/** The group of one new row: of its own where some of its values, given by column, are expressions. */
export function withComputed(group: InsertGroup, values: readonly unknown[], method: string): InsertGroup {
  if (group.above === undefined) return withOwnComputed(group, values, method);
  const above = withComputed(group.above, values, method);
  const own = withOwnComputed(group, values, method);
  return above === group.above ? own : { ...own, above };
}

function withOwnComputed(group: InsertGroup, values: readonly unknown[], method: string): InsertGroup {
  const isComputed = (column: ColumnMeta): boolean => Expression.is(values[column.index]);
  const made = group.columns.filter(isComputed);
  if (made.length === 0) return group;
  const { meta } = group;
  const columns = group.columns.filter((column) => !isComputed(column));
  const expressions = Object.fromEntries(made.map((column) => [column.field, values[column.index]]));
  const computed = readComputed(queryOf(meta), expressions, columns.length, method);
  for (const { column, value } of computed.columns) {
    if (!namesField(value.term)) continue;
    throw new FieldError(
      `${meta.name}: ${method}({ ${column.field} }): there is no row yet whose fields an expression could name. ` +
        `Use Value(…), functions of it, and Subquery(…).`,
    );
  }
  const key = `${group.key}${computed.key} `;
  return { ...group, columns, made: [...group.made, ...made], key, keyOfOne: `${key}1 0`, computed };
}
