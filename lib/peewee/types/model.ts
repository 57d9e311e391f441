import type {
  BulkCreateOptions,
  BulkOptions,
  ChildOptions,
  ChildRow,
  ChildStatic,
  Columns,
  CreateInput,
  CreateValues,
  DatabaseLike,
  FieldName,
  FieldSpecs,
  ModelBase,
  ModelInfo,
  ModelInput,
  ModelOptions,
  ModelStatic,
  OwnKeys,
  PkOf,
  QueryOf,
  RawSql,
  RowOf,
  Rows,
  SetValues,
  Specs,
  StandardProps,
  Throughs,
  UpdateInput,
  Where,
  WhereList,
} from "../../types/index.js";
import type { AnyModelStatic } from "../../types/index.js";
import type { RawQuery } from "./raw.js";
import type { Chosen, Select } from "./select.js";
import type { Delete, Insert, InsertFrom, ManyOptions, ManyRows, MaybeInserted, Update } from "./writes.js";

/** What an index is beside its fields. */
export interface IndexSettings {
  readonly unique?: boolean;
  readonly name?: string;
  /** The rows that are in it: SQL without values. Not on MySQL and MariaDB. */
  readonly where?: RawSql;
}

/** What `deleteInstance` does about rows that point at the one to be deleted. */
export interface DeleteInstanceOptions {
  /** Rows that point at it, and those that point at these, go with it; nullable foreign keys are set to NULL instead. */
  readonly recursive?: boolean;
  /** With `recursive`: rows that point at it by a nullable foreign key go with it, too. */
  readonly deleteNullable?: boolean;
  /** The database to delete it from, or its alias; without it that which it is from. */
  readonly using?: DatabaseLike | string;
}

/** What rows of peewee's models have beside what every row has. */
export interface PeeweeRow {
  /**
   * Deletes the row, and with `recursive` what points at it: see `deleteInstance`. Gives 1, or 0 where it was gone.
   *
   * @throws ForeignKeyViolation where rows point at it that are not deleted along.
   */
  deleteInstance(options?: DeleteInstanceOptions): Promise<number>;
}

/** Peewee's shortcuts, which the classes of models have as static methods. */
export interface PeeweeStatics {
  /** Makes a row and saves it. */
  create<C>(this: C, values: CreateInput<Rows<C>>): Promise<Rows<C>>;
  /**
   * The first row for which this holds, or the one of a primary key; several are no error.
   *
   * @throws the model's `DoesNotExist` where there is none.
   */
  get<C>(this: C, key: PkOf<Rows<C>>): Promise<Rows<C>>;
  get<C, const W extends object, const L extends readonly object[]>(
    this: C,
    where?: Where<Rows<C>, {}, W>,
    ...conditions: WhereList<Rows<C>, {}, L>
  ): Promise<Rows<C>>;
  /** The same, with null where there is none. */
  getOrNone<C>(this: C, key: PkOf<Rows<C>>): Promise<Rows<C> | null>;
  getOrNone<C, const W extends object, const L extends readonly object[]>(
    this: C,
    where?: Where<Rows<C>, {}, W>,
    ...conditions: WhereList<Rows<C>, {}, L>
  ): Promise<Rows<C> | null>;
  /** The row of a primary key, a tuple for a composite one. Throws the model's `DoesNotExist` where there is none. */
  getById<C>(this: C, key: PkOf<Rows<C>>): Promise<Rows<C>>;
  /** Sets fields of the row of a primary key and gives the number of rows: 0 where there is none. */
  setById<C>(this: C, key: PkOf<Rows<C>>, values: UpdateInput<Rows<C>>): Promise<number>;
  setById<C, const W extends object>(this: C, key: PkOf<Rows<C>>, values: SetValues<Rows<C>, {}, W>): Promise<number>;
  /** Deletes the row of a primary key and gives the number of rows: 0 where there is none. */
  deleteById<C>(this: C, key: PkOf<Rows<C>>): Promise<number>;
  /** True where there is a row of this primary key. */
  has<C>(this: C, key: PkOf<Rows<C>>): Promise<boolean>;
  /** The one row that is equal in these, or a new one made of them and of `defaults`; true where it was made. */
  getOrCreate<C, const W extends object>(
    this: C,
    where: Where<Rows<C>, {}, W>,
    options?: { readonly defaults?: UpdateInput<Rows<C>> },
  ): Promise<[row: Rows<C>, created: boolean]>;
  /**
   * Rows, to be narrowed, ordered and run: whole ones, or of these fields and of what expressions work out.
   *
   * @example
   * ```ts
   * const long = Track.select("title", { length: Length("title") }).where({ length__gt: 20 });
   * for (const { title, length } of await long.execute()) console.log(title, length);
   * // SELECT "id", "title", length("title") AS "length" FROM "track" WHERE length("title") > 20
   * ```
   * @throws FieldError for names that do not exist.
   */
  select<C, const L extends readonly (string | object)[]>(
    this: C,
    ...columns: Columns<Rows<C>, {}, L>
  ): Select<Rows<C>> & Chosen<Rows<C>, {}, L>;
  /** How many rows there are. */
  count(): Promise<number>;
  /** An INSERT of one row; `execute()` gives its primary key. */
  insert<C>(this: C, values: CreateInput<Rows<C>>): Insert<Rows<C>, PkOf<Rows<C>>, MaybeInserted<Rows<C>>>;
  /**
   * An INSERT of many rows, objects or with `fields` lists; `execute()` gives their primary keys. Where some may be left
   * out it gives nothing: nobody tells which.
   */
  insertMany<C>(
    this: C,
    rows: ManyRows<Rows<C>>,
    options?: ManyOptions<Rows<C>>,
  ): Insert<Rows<C>, PkOf<Rows<C>>[], void>;
  /** An INSERT of what a select gives, column by column; `execute()` gives the number of rows. */
  insertFrom<C>(this: C, select: QueryOf<unknown>, fields?: readonly FieldName<Rows<C>>[]): InsertFrom;
  /** An INSERT in the place of rows that are alike in unique fields. Not on PostgreSQL. */
  replace<C>(this: C, values: CreateInput<Rows<C>>): Insert<Rows<C>, PkOf<Rows<C>>, MaybeInserted<Rows<C>>>;
  replaceMany<C>(
    this: C,
    rows: ManyRows<Rows<C>>,
    options?: ManyOptions<Rows<C>>,
  ): Insert<Rows<C>, PkOf<Rows<C>>[], void>;
  /**
   * An UPDATE, of the whole table unless `where` says of which rows.
   *
   * @example
   * ```ts
   * await Track.update({ position: F("position").add(1) }).where({ album: 1 }).execute();
   * // UPDATE "track" SET "position" = "position" + 1 WHERE "album_id" = 1
   * ```
   */
  update<C>(this: C, values: UpdateInput<Rows<C>>): Update<Rows<C>>;
  update<C, const W extends object>(this: C, values: SetValues<Rows<C>, {}, W>): Update<Rows<C>>;
  /** A DELETE, of the whole table unless `where` says of which rows. */
  delete<C>(this: C): Delete<Rows<C>>;
  /**
   * Rows of a query of one's own: as a tagged template, as SQL of Kysely's tag, or as a text with its parameters, for
   * each `?` one.
   *
   * @example
   * ```ts
   * await Artist.raw`select * from artist where name = ${"Paak"}`.execute();
   * await Artist.raw("select * from artist where name = ?", "Paak").execute();
   * ```
   */
  raw<C>(this: C, sql: RawSql | string | TemplateStringsArray, ...parameters: readonly unknown[]): RawQuery<Rows<C>>;
  /** Inserts rows, few statements for all of them, and gives them with their keys. */
  bulkCreate<C>(
    this: C,
    rows: readonly (CreateInput<Rows<C>> | Rows<C>)[],
    options?: BulkCreateOptions<Rows<C>>,
  ): Promise<Rows<C>[]>;
  /** Saves these fields of many rows, and gives the number of rows: 0 for none. */
  bulkUpdate<C>(
    this: C,
    rows: readonly Rows<C>[],
    fields: readonly FieldName<Rows<C>>[],
    options?: BulkOptions,
  ): Promise<number>;
  /**
   * Declares an index that `createTables` makes, of fields, or as SQL.
   *
   * @example
   * ```ts
   * Track.addIndex("album", "position", { unique: true });
   * // CREATE UNIQUE INDEX … ON "track" ("album_id", "position")
   * ```
   * @throws ConfigurationError once the model was used: it comes too late then.
   */
  addIndex<C>(this: C, ...fields: readonly (FieldName<Rows<C>> | IndexSettings)[]): void;
  addIndex(sql: RawSql): void;
}

type PeeweeRowOf<D, M> = RowOf<FieldSpecs<D, M>, OwnKeys<D, M>> & PeeweeRow;

/** What `Model(…)` gives, to be extended. */
export interface PeeweeStatic<D, M> extends Omit<AnyModelStatic, "raw">, PeeweeStatics {
  /** A new row, not saved yet. */
  new (
    values: CreateValues<FieldSpecs<D, M>, OwnKeys<D, M>, ModelBase<FieldSpecs<D, M>, OwnKeys<D, M>>>,
  ): PeeweeRowOf<D, M>;
  readonly meta: ModelInfo<keyof FieldSpecs<D, M> & string>;
  readonly "~standard": StandardProps<ModelInput<FieldSpecs<D, M>>>;
  variant: ModelStatic<D, M>["variant"];
  // The compiler does not ask whose method it is where it goes through something: rows have the fields, and what every
  // row can do.
  /** All rows, as they come. `select()` gives them with what their class adds. */
  [Symbol.asyncIterator](): AsyncIterator<PeeweeRowOf<D, M>>;
}

/** The type of `Model`: that of the package's own, with peewee's shortcuts on its classes. */
export interface PeeweeModelFactory {
  <const D, C>(
    table: string,
    fields: D,
    options: ChildOptions<keyof D & string, C>,
  ): PeeweeChild<C, Specs<D>> & Throughs<D>;
  <const D, const M extends ModelOptions<keyof D & string> = {}>(
    table: string,
    fields: D,
    options?: M,
  ): PeeweeStatic<D, M> & Throughs<D>;
}

/** The same for a model that extends another one. */
export interface PeeweeChild<C, F> extends Omit<AnyModelStatic, "raw">, PeeweeStatics {
  new (values: ConstructorParameters<ChildStatic<Rows<C>, F>>[0]): ChildRow<Rows<C>, F> & PeeweeRow;
  readonly meta: ChildStatic<Rows<C>, F>["meta"];
  readonly "~standard": ChildStatic<Rows<C>, F>["~standard"];
  [Symbol.asyncIterator](): AsyncIterator<ChildRow<Rows<C>, F> & PeeweeRow>;
}
