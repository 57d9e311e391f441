import { type RawBuilder, sql } from "kysely";
import { FieldError } from "../errors/index.js";
import { checkIdentifier } from "../models/index.js";
import type { UntypedKysely } from "../databases/kysely-bridge.js";
import type { Database } from "../objects/instances/database.js";
import type { CompiledSql } from "../types/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { databaseGiven, readOptions } from "./options.js";

/** What is known of a table without a model. */
export interface TableDeclaration<Column extends string = string> {
  readonly columns: readonly Column[];
  readonly schema?: string;
  readonly database?: Database;
}

type Values<Column extends string> = { readonly [C in Column]?: unknown };

interface Compilable {
  compile(): CompiledSql;
}

interface Conditions<B> {
  where(column: string, operator: "=" | "in" | "is", value: unknown): B;
  where(condition: RawBuilder<boolean>): B;
}

const NEVER = sql<boolean>`1 = 0`;

/**
 * A table without a model: statements go through Kysely, with the driver's own values, which are always bound. Names of
 * columns are those of the declaration, and no others.
 *
 * @example
 * ```ts
 * const tracks = new Table("track", { columns: ["id", "title", "position"], database: db });
 * await tracks.update({ position: 3 }).where({ title: "The Bird" }).execute(); // UPDATE "track" SET "position" = 3 WHERE …
 * await tracks.select("title").where({ position: [1, 2] }).execute(); // SELECT "title" FROM "track" WHERE "position" IN (1, 2)
 * ```
 * @throws FieldError for other columns, for values that are none, and where it has no database.
 */
export class Table<Column extends string = string> {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly #schema: string | null;
  readonly #database: Database | null;

  constructor(name: string, declaration: TableDeclaration<Column>) {
    const where = `new Table("${name}", { columns })`;
    const { columns, schema, database } = readOptions(where, declaration, ["columns", "schema", "database"]);
    if (!Array.isArray(columns) || columns.length === 0) {
      throw new FieldError(`${where}: columns is a list of names, got ${printable(columns)}.`);
    }
    this.name = checkIdentifier(where, name);
    this.columns = (columns as Column[]).map((column) => checkIdentifier(where, column) as Column);
    const twice = this.columns.find((column, at) => this.columns.indexOf(column) !== at);
    if (twice !== undefined) throw new FieldError(`${where}: columns names "${twice}" twice.`);
    this.#schema = schema === undefined ? null : checkIdentifier(where, schema as string);
    this.#database = database === undefined ? null : databaseGiven(where, database);
  }

  /** The same table in a database. */
  bind(database: Database): Table<Column> {
    const { name, columns } = this;
    return new Table(name, { columns, database, ...(this.#schema !== null && { schema: this.#schema }) });
  }

  /** Rows, of these columns or of all. */
  select<const C extends Column = Column>(...columns: readonly C[]): TableQuery<Column, Record<C, unknown>[]> {
    const chosen = columns.length === 0 ? (this.columns as readonly C[]) : columns;
    for (const column of chosen) this.#check(column);
    return this.#query((kysely) => kysely.selectFrom(this.name).select([...chosen]), readAll<Record<C, unknown>>);
  }

  /** An INSERT of rows: objects, or with `columns` lists. Gives their number. */
  insert(
    rows: Values<Column> | readonly (Values<Column> | readonly unknown[])[],
    options: { readonly columns?: readonly Column[] } = {},
  ): TableStatement<number> {
    const given = this.#rows("insert", rows, options);
    return this.#query((kysely) => kysely.insertInto(this.name).values(given), countOf("numInsertedOrUpdatedRows"));
  }

  /** The same in the place of rows that are alike in unique columns. Refused by PostgreSQL, which has no such thing. */
  replace(
    rows: Values<Column> | readonly (Values<Column> | readonly unknown[])[],
    options: { readonly columns?: readonly Column[] } = {},
  ): TableStatement<number> {
    const given = this.#rows("replace", rows, options);
    // What is there counts among the rows on MySQL: what was given is what is told.
    return this.#query(
      (kysely) => kysely.replaceInto(this.name).values(given),
      async (builder) => {
        await builder.execute();
        return given.length;
      },
    );
  }

  /** An UPDATE, of the whole table unless `where` says of which rows. Gives their number. */
  update(values: Values<Column>): TableQuery<Column, number> {
    const set = this.#values("update(values)", values);
    return this.#query((kysely) => kysely.updateTable(this.name).set(set), countOf("numUpdatedRows"));
  }

  /** A DELETE, of the whole table unless `where` says of which rows. Gives their number. */
  delete(): TableQuery<Column, number> {
    return this.#query((kysely) => kysely.deleteFrom(this.name), countOf("numDeletedRows"));
  }

  #query<R>(start: (kysely: UntypedKysely) => unknown, run: Run<R>): TableQuery<Column, R> {
    const begin = (): Builder => start(this.#kysely()) as Builder;
    return new TableQuery<Column, R>(begin, run, (column) => this.#check(column), []);
  }

  #kysely(): UntypedKysely {
    if (this.#database === null) {
      throw new FieldError(`Table "${this.name}" has no database: new Table(name, { database }), or bind(db).`);
    }
    const { kysely } = this.#database;
    return this.#schema === null ? kysely : kysely.withSchema(this.#schema);
  }

  #rows(method: string, given: unknown, options: unknown): object[] {
    const where = `Table "${this.name}": ${method}(rows)`;
    const { columns } = readOptions(where, options, ["columns"]);
    const names = columns as readonly string[] | undefined;
    const rows = (Array.isArray(given) ? given : [given]).map((row: unknown): object => {
      if (!Array.isArray(row)) return checkRow(where, row);
      if (names?.length === row.length) return Object.fromEntries(names.map((name, at) => [name, row[at] as unknown]));
      throw new FieldError(`${where}: lists of values need { columns }, as many as a list has values.`);
    });
    if (rows.length === 0) throw new FieldError(`${where}: there are no rows.`);
    return rows.map((row) => this.#values(`${method}(rows)`, row));
  }

  /** Values of columns that there are, without those that were left out as undefined; throws where there are none. */
  #values(method: string, given: unknown): Readonly<Record<string, unknown>> {
    const where = `Table "${this.name}": ${method}`;
    const entries = Object.entries(checkRow(where, given));
    for (const [column] of entries) this.#check(column);
    const values = entries.filter(([, value]) => value !== undefined);
    if (values.length > 0) return Object.fromEntries(values);
    throw new FieldError(`${where}: there is no value of any column. Columns: ${this.columns.join(", ")}.`);
  }

  #check(column: string): void {
    if ((this.columns as readonly string[]).includes(column)) return;
    throw new FieldError(
      `Table "${this.name}" has no column "${column}".${didYouMean(column, this.columns)} Columns: ${this.columns.join(", ")}.`,
    );
  }
}

function checkRow(where: string, row: unknown): object {
  if (row !== null && typeof row === "object" && !Array.isArray(row)) return row;
  throw new FieldError(`${where} takes values by column, got ${printable(row)}.`);
}

/** Throws for what is no value: a plain object out of a request's body, say, which drivers take in ways of their own. */
function checkCompared(column: string, value: unknown): void {
  if (value === undefined) throw new FieldError(`where({ ${column} }) is undefined. For NULL: null.`);
  const isPlain = value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
  if (isPlain || Array.isArray(value) || typeof value === "function") {
    throw new FieldError(`where({ ${column} }) is a value, null or a list of values, got ${printable(value)}.`);
  }
}

interface Builder extends Compilable, Conditions<Builder> {
  execute(): Promise<unknown[]>;
}

type Run<R> = (builder: Builder) => Promise<R>;

async function readAll<Row>(builder: Builder): Promise<Row[]> {
  return (await builder.execute()) as Row[];
}

function countOf(name: string): Run<number> {
  return async (builder) => {
    const results = (await builder.execute()) as Readonly<Record<string, unknown>>[];
    return results.reduce((sum, result) => sum + Number(result[name] ?? 0), 0);
  };
}

/** A statement on a table without a model, which was not run yet. */
export interface TableStatement<R> {
  sql(): CompiledSql;
  execute(): Promise<R>;
}

/** The same of rows that conditions choose. */
export class TableQuery<Column extends string, R> implements TableStatement<R> {
  readonly #begin: () => Builder;
  readonly #run: Run<R>;
  readonly #check: (column: string) => void;
  readonly #where: readonly (readonly [string, unknown])[];

  constructor(
    begin: () => Builder,
    run: Run<R>,
    check: (column: string) => void,
    where: readonly (readonly [string, unknown])[],
  ) {
    this.#begin = begin;
    this.#run = run;
    this.#check = check;
    this.#where = where;
  }

  /** Rows whose columns are equal to these; a list is any of its values, null is NULL. */
  where(values: Values<Column>): TableQuery<Column, R> {
    for (const [column, value] of Object.entries(checkRow("where(values)", values))) {
      this.#check(column);
      for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) checkCompared(column, one);
    }
    return new TableQuery(this.#begin, this.#run, this.#check, [...this.#where, ...Object.entries(values)]);
  }

  get #builder(): Builder {
    return this.#where.reduce((builder, [column, value]) => {
      if (value === null) return builder.where(column, "is", null);
      if (!Array.isArray(value)) return builder.where(column, "=", value);
      // NULL is equal to nothing, and of nothing no engine makes a list.
      const among = value.filter((one) => one !== null);
      return among.length === 0 ? builder.where(NEVER) : builder.where(column, "in", among);
    }, this.#begin());
  }

  /** What would be sent, without sending it. */
  sql(): CompiledSql {
    const { sql, parameters } = this.#builder.compile();
    return { sql, parameters };
  }

  async execute(): Promise<R> {
    return this.#run(this.#builder);
  }
}
