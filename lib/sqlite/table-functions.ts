import { driverLacks, driverOf } from "../databases/sqlite/refusal.js";
import type { SqliteSetup } from "../databases/sqlite/setup.js";
import { ConfigurationError, FieldError } from "../errors/index.js";
import { type ColumnMeta, metaOf, type ModelMeta } from "../models/index.js";
import type { Rows, SpecsOf } from "../types/specs.js";
import type { NULLABLE, VALUE } from "../types/phantoms.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { type Access, checkName, optionsOf } from "./access.js";
import { reader, writer } from "./kinds.js";

type Named<C> = SpecsOf<Rows<C>>;
type ValueIn<S> = S extends { readonly [VALUE]: infer T; readonly [NULLABLE]: infer Null }
  ? true extends Null
    ? T | null
    : T
  : unknown;

/** How a table is worked out that SQLite asks a function for. */
export interface TableDefinition<C, P extends readonly (keyof Named<C> & string)[]> {
  /** Fields of the model whose values the function is given: a query says them, by filter or in a join. */
  readonly parameters?: P;
  /** Gives the rows: objects with all other fields. What a query does not say is undefined. */
  readonly rows: (
    ...parameters: { -readonly [I in keyof P]: ValueIn<Named<C>[P[I]]> | undefined }
  ) => Iterable<{ readonly [K in Exclude<keyof Named<C>, P[number]>]: ValueIn<Named<C>[K]> }>;
  readonly directOnly?: boolean;
}

type Codec = (value: unknown) => unknown;

export function defineTable<C, const P extends readonly (keyof Named<C> & string)[]>(
  { setup }: Access,
  model: C,
  given: TableDefinition<C, P>,
): void {
  const meta = metaOf(model);
  const where = `table(${meta.name})`;
  const options = optionsOf<TableDefinition<C, P>>(given, ["parameters", "rows", "directOnly"], where);
  checkModel(meta, where);
  const { rows, directOnly = false } = options;
  if (typeof rows !== "function") {
    throw new ConfigurationError(`${where}: rows is a function that gives rows, got ${printable(rows)}.`);
  }
  const parameters = (options.parameters ?? []).map((name) => columnNamed(meta, name, where));
  const columns = meta.columns.filter((column) => !parameters.includes(column));
  if (columns.length === 0) throw new ConfigurationError(`${where}: its rows have no field that is no parameter.`);
  const generate = rowsOf(meta, rows as (...parameters: unknown[]) => Iterable<object>, { parameters, columns });
  const run = current(setup, meta, { parameters: parameters.map(({ field }) => field).join(), generate });
  setup.add(`table ${meta.table.toLowerCase()}`, (database) => {
    if (typeof database.table !== "function") {
      throw driverLacks(
        driverOf(database),
        "tables made by functions",
        "",
        "Use better-sqlite3, which is the default.",
      );
    }
    database.table(meta.table, {
      columns: columns.map(({ name }) => name),
      parameters: parameters.map(({ name }) => name),
      safeIntegers: true,
      directOnly,
      rows: run,
    });
  });
}

type Generate = (...given: unknown[]) => Generator<never>;

interface Defined {
  readonly parameters: string;
  readonly generate: Generate;
}

const defined = new WeakMap<SqliteSetup, Map<string, Defined>>();

/** The function that holds now: statements that are prepared go on asking the one that they were prepared with. */
function current(setup: SqliteSetup, meta: ModelMeta, given: Defined): Generate {
  const tables = defined.get(setup) ?? new Map<string, Defined>();
  defined.set(setup, tables);
  const known = tables.get(meta.table);
  if (known !== undefined && known.parameters !== given.parameters) {
    throw new ConfigurationError(
      `table(${meta.name}): it was defined with other parameters already: ${known.parameters || "none"}.`,
    );
  }
  tables.set(meta.table, given);
  return function* generate(...parameters) {
    yield* (tables.get(meta.table) ?? given).generate(...parameters);
  };
}

function checkModel(meta: ModelMeta, where: string): void {
  checkName(meta.table, where);
  if (meta.options.managed === false) return;
  throw new ConfigurationError(
    `${where}: the table is worked out, and never created: give the model { managed: false }.`,
  );
}

function columnNamed(meta: ModelMeta, name: unknown, where: string): ColumnMeta {
  const found = meta.columns.find(({ field }) => field === name);
  if (found !== undefined) return found;
  const fields = meta.columns.map(({ field }) => field);
  const near = typeof name === "string" ? didYouMean(name, fields) : "";
  throw new ConfigurationError(
    `${where}: ${printable(name)} is no field of ${meta.name} that could be a parameter.${near} Fields: ${fields.join(", ")}.`,
  );
}

/** The generator that the driver asks: values are read as fields have them, and written as columns do. */
function rowsOf(
  meta: ModelMeta,
  rows: (...parameters: unknown[]) => Iterable<object>,
  { parameters, columns }: { parameters: readonly ColumnMeta[]; columns: readonly ColumnMeta[] },
) {
  const readers = parameters.map(readerOf);
  const writers = columns.map((column): Codec => writerOf(meta, column));
  return function* generate(...given: unknown[]): Generator<never> {
    const taken = readers.map((read, index) => (given[index] === undefined ? undefined : read(given[index])));
    for (const row of rows(...taken)) {
      checkRow(meta, row, columns);
      yield columns.map(({ field }, index) =>
        (writers[index] as Codec)((row as Record<string, unknown>)[field]),
      ) as never;
    }
  };
}

function readerOf({ type, family, scalar }: ColumnMeta): Codec {
  const { customCodec } = type;
  if (customCodec !== null) return (value) => (value === null ? null : customCodec.fromDb(value));
  return reader({ type, family, convert: scalar.convert, scalar });
}

function writerOf(meta: ModelMeta, { type, family, scalar, field }: ColumnMeta): Codec {
  const { customCodec } = type;
  if (customCodec !== null) return (value) => (value === null || value === undefined ? null : customCodec.toDb(value));
  return writer({ type, family, convert: scalar.convert, scalar }, `${meta.name}.${field}: the function of its rows`);
}

function checkRow(meta: ModelMeta, row: unknown, columns: readonly ColumnMeta[]): void {
  if (row === null || typeof row !== "object") {
    throw new FieldError(`${meta.name}: the function of its rows gave ${printable(row)} for one.`);
  }
  const fields = columns.map(({ field }) => field);
  const unknown = Object.keys(row).find((name) => !fields.includes(name));
  if (unknown === undefined) return;
  throw new FieldError(
    `${meta.name}: the function of its rows gave one with "${unknown}".${didYouMean(unknown, fields)} ` +
      `It has: ${fields.join(", ")}.`,
  );
}
