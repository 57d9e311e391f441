import type {
  BulkProgress,
  CompiledSql,
  CreateInput,
  DatabaseLike,
  FieldName,
  PkOf,
  RawSql,
  SetValues,
  UpdateInput,
  Where,
  WhereList,
} from "../../types/index.js";

/** What an insert does where a row is there already that is alike in unique fields. */
export interface OnConflict<I, Updates = UpdateInput<I>, Condition = object> {
  /** Unless given, "update" where `update` or `preserve` is, else "ignore". */
  readonly action?: "ignore" | "replace" | "update";
  /** Fields that are unique together. Not needed where rows give values of one unique key only. */
  readonly target?: readonly FieldName<I>[];
  /** What the row that is there is set to: values and expressions, `Excluded("name")` for what the new one has. */
  readonly update?: Updates;
  /** Fields that take the new row's values. */
  readonly preserve?: readonly FieldName<I>[];
  /**
   * Sets only rows of which this holds, and leaves others as they are: lookups of the row that is there, and expressions
   * in which `Excluded("name")` is what the new one has. Not on MySQL and MariaDB.
   */
  readonly where?: Condition;
  /** The condition of the partial unique index that the target has, as SQL without values. Not on MySQL and MariaDB. */
  readonly conflictWhere?: RawSql;
  /** A unique constraint's name. With a target, it need not be one that the model declares. PostgreSQL only. */
  readonly constraint?: string;
}

/** What an insert gives that may leave the row alone that is there: of one row null then; of many nobody knows. */
type OrNone<R, Ignoring> = Ignoring extends void ? void : R | null;

/** What came of an insert that may have been left out: `pk` is null then. */
export interface MaybeInserted<I> {
  readonly inserted: boolean;
  readonly pk: PkOf<I> | null;
}

/** An INSERT that was not run yet. `R` is what `execute()` gives, `Ignoring` what it gives where rows may be left out. */
export interface Insert<I, R, Ignoring> {
  /**
   * What to do about rows that are there already.
   *
   * @example
   * ```ts
   * await Artist.insert({ id: 1, name: "Paak" }).onConflict({ target: ["id"], preserve: ["name"] }).execute();
   * // INSERT INTO "artist" … ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name"
   * ```
   * With `where`, of one row `execute()` gives null if the row that is there was left alone; of many rows nothing.
   *
   * @throws FieldError for fields that are not unique together.
   * @throws NotSupportedError for `where`, `conflictWhere` and `constraint` on an engine that lacks them.
   */
  onConflict(options: OnConflict<I> & { readonly action: "ignore" }): Insert<I, Ignoring, Ignoring>;
  onConflict<const W extends object, const C extends object>(
    options: OnConflict<I, UpdateInput<I> | SetValues<I, {}, W>, Where<I, {}, C>> & { readonly where: Where<I, {}, C> },
  ): Insert<I, OrNone<R, Ignoring>, Ignoring>;
  onConflict(options: OnConflict<I, UpdateInput<I>, undefined>): Insert<I, R, Ignoring>;
  onConflict<const W extends object>(options: OnConflict<I, SetValues<I, {}, W>, undefined>): Insert<I, R, Ignoring>;
  /** Into another database. */
  using(database: DatabaseLike | string): Insert<I, R, Ignoring>;
  /** Leaves rows out that are there already. */
  onConflictIgnore(): Insert<I, Ignoring, Ignoring>;
  /** Puts rows in the place of those that are there already. Not on PostgreSQL. */
  onConflictReplace(): Insert<I, R, Ignoring>;
  /** What would be sent, without sending it. Throws `FieldError` where that is more than one statement. */
  sql(): CompiledSql;
  execute(): Promise<R>;
}

/** An INSERT of what a query gives, which was not run yet. */
export interface InsertFrom {
  /** Into another database, where the query is asked, too. */
  using(database: DatabaseLike | string): InsertFrom;
  /** Gives the number of rows. */
  execute(): Promise<number>;
}

/** How many rows are written. */
export interface ManyOptions<I> {
  /** Rows are lists of the values of these. */
  readonly fields?: readonly FieldName<I>[];
  /** Rows in one statement at most. */
  readonly batchSize?: number;
  /** Called after every statement, or turn of them. */
  readonly onProgress?: (progress: BulkProgress) => unknown;
}

/** Rows to be inserted: objects, or with `fields` lists. */
export type ManyRows<I> = Iterable<CreateInput<I> | readonly unknown[]>;

/** An UPDATE that was not run yet. Without `where` it is of the whole table. */
export interface Update<I> {
  /** In another database. */
  using(database: DatabaseLike | string): Update<I>;
  where<const W extends object, const L extends readonly object[]>(
    where?: Where<I, {}, W>,
    ...conditions: WhereList<I, {}, L>
  ): Update<I>;
  orwhere<const W extends object, const L extends readonly object[]>(
    where?: Where<I, {}, W>,
    ...conditions: WhereList<I, {}, L>
  ): Update<I>;
  sql(): CompiledSql;
  /** Gives the number of rows matched. */
  execute(): Promise<number>;
}

/** A DELETE that was not run yet. Without `where` it is of the whole table. What foreign keys say is left to the database. */
export interface Delete<I> {
  /** In another database. */
  using(database: DatabaseLike | string): Delete<I>;
  where<const W extends object, const L extends readonly object[]>(
    where?: Where<I, {}, W>,
    ...conditions: WhereList<I, {}, L>
  ): Delete<I>;
  orwhere<const W extends object, const L extends readonly object[]>(
    where?: Where<I, {}, W>,
    ...conditions: WhereList<I, {}, L>
  ): Delete<I>;
  sql(): CompiledSql;
  /** Gives the number of rows deleted, not counting those that the database deletes along with them. */
  execute(): Promise<number>;
}
