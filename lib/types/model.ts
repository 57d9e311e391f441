import type { BindOptions } from "./bind.js";
import type { DatabaseLike } from "./database-like.js";
import type { ChildValues, CreateValues } from "./input.js";
import type {
  InputField,
  InputSchema,
  InputSchemaOptions,
  InputValues,
  ModelInput,
  StandardProps,
} from "./input-schema.js";
import type { ModelAlias } from "./join.js";
import type { CONSTRAINT, INDEX, TABLE, THROUGH } from "./phantoms.js";
import type { QuerySet } from "./query-set.js";
import type { RawRows, RawSql } from "./raw.js";
import type { ChildRow, LinksOf, ModelBase, ParentLinks, RowOf, VariantRow } from "./rows.js";
import type { FieldSpecs, OwnKeys, OwnKeysOf, Rows, Specs, SpecsOf } from "./specs.js";

/** An index over several columns, by field names. */
export interface IndexOptions<Name extends string = string> {
  readonly fields: readonly Name[];
  readonly unique?: boolean;
  readonly name?: string;
  /** The rows that are in it, as an SQL condition, which reaches the database as written. Not on MySQL and MariaDB. */
  readonly where?: string;
}

/** A table constraint: rows unique together, or an SQL condition (which reaches the database as written). */
export type ConstraintOptions<Name extends string = string> =
  { readonly unique: readonly Name[]; readonly name?: string } | { readonly check: string; readonly name: string };

/** An index that an extension makes, of fields that are among `Name`. */
export interface OwnIndex<Name extends string = string> {
  readonly [INDEX]: Name;
}

/** A constraint that an extension makes. */
export interface OwnConstraint<Name extends string = string> {
  readonly [CONSTRAINT]: Name;
}

/** A form of tables that an extension makes. */
export interface OwnTable<Name extends string = string> {
  readonly [TABLE]: Name;
}

/** What `Model(table, fields, options)` takes as its third argument. */
export interface ModelOptions<Name extends string = string> {
  /** Where its rows are; the alias of a database will do. */
  readonly database?: DatabaseLike | string;
  /** The order of rows where a queryset asks for none: "position", "-album__name". */
  readonly ordering?: readonly string[];
  /** A composite primary key, by field names. */
  readonly primaryKey?: readonly Name[];
  readonly indexes?: readonly (readonly Name[] | IndexOptions<Name> | OwnIndex<Name>)[];
  readonly constraints?: readonly (ConstraintOptions<Name> | OwnConstraint<Name>)[];
  /** What changes the table itself, from an extension: `strict()` of "dunder-orm/sqlite", say. */
  readonly table?: OwnTable<Name>;
  readonly schema?: string;
  readonly comment?: string;
  /** For subclasses only: it has no table, and no key of its own. */
  readonly abstract?: boolean;
  /** false: the table is somebody else's; `createTables` and `dropTables` leave it alone. */
  readonly managed?: boolean;
  /** The field that says which of the model's variants a row is: see `variant`. It has a default, or may be null. */
  readonly discriminator?: Name;
  readonly parent?: undefined;
}

/** The same for a model that extends another one, `C`, by a table of its own. It has the primary key of that. */
export interface ChildOptions<Name extends string, C> extends Omit<
  ModelOptions<Name>,
  "primaryKey" | "abstract" | "discriminator" | "parent"
> {
  readonly parent: C;
}

/** The class of an error, to test for: `error instanceof Track.DoesNotExist`. */
export interface ErrorClass {
  new (message: string, options?: ErrorOptions): Error;
  readonly prototype: Error;
}

/** What is known of one field: as much as every kind has. */
export interface FieldInfo {
  readonly name: string;
  /** "string", "foreignKey" and so on. */
  readonly kind: string;
}

/** What is known of a model. */
export interface ModelInfo<Name extends string = string> {
  readonly name: string;
  readonly table: string;
  /** By name, in declared order. */
  readonly fields: { readonly [K in Name]: FieldInfo };
  readonly columns: readonly { readonly name: string; readonly field: string }[];
  readonly relations: Readonly<Record<string, FieldInfo>>;
  readonly options: ModelOptions;
}

/** What the class of every model has. */
export interface AnyModelStatic {
  /** The class's own name, whatever fields are called. */
  readonly name: string;
  /** Thrown by `get` where there is no row. */
  readonly DoesNotExist: ErrorClass;
  /** Thrown by `get` where there are several rows. */
  readonly MultipleObjectsReturned: ErrorClass;
  /** Rows made of a whole query of one's own: the same as `objects.raw(…)`. */
  raw<C>(this: C, sql: RawSql): RawRows<Rows<C>>;
  /** Routes the model's queries to a database, or null: to where its declaration says. */
  bind(database: DatabaseLike | string | null): void;
  /**
   * Runs a function during which this model, and all that are related to it, are in another database: for the code that
   * the function runs, and for no other that runs meanwhile.
   *
   * @example
   * ```ts
   * const scratch = new Database("sqlite::memory:");
   * await scratch.createTables([Artist, Album, Track]);
   * await Album.bindContext(scratch, () => Track.objects.count()); // asks scratch
   * ```
   * Its name is that of peewee's `bind_ctx`; see `db.bindContext` for several models at once.
   */
  bindContext<T>(database: DatabaseLike | string, fn: () => T | Promise<T>, options?: BindOptions): Promise<T>;
  /**
   * A schema (of Standard Schema, version 1) for values from outside, such as the body of a request: for new rows, or
   * with `partial` for changes. Every rule of the fields is applied; all that is wrong is told at once. Relations are
   * given by their keys; moments, bigints and bytes may be strings, as `toJSON()` writes them. What is filled in by the
   * database or by the library (generated keys, `autoNow`) is there only where `only` names it.
   *
   * @example
   * ```ts
   * const schema = Track.inputSchema({ only: ["title", "position"], partial: true });
   * schema["~standard"].validate({ title: "Celebrate" }); // → { value: { title: "Celebrate" } }
   * schema["~standard"].validate({ album: 3 }).issues?.[0]?.path; // → ["album"]
   * ```
   * @throws FieldError for names of no field, or of one without a value to give.
   */
  inputSchema<
    C,
    const Only extends InputField<Rows<C>> = InputField<Rows<C>>,
    const Except extends InputField<Rows<C>> = never,
    const Part extends boolean = false,
  >(
    this: C,
    options?: InputSchemaOptions<Only, Except, Part>,
  ): InputSchema<InputValues<SpecsOf<Rows<C>>, Exclude<Only, Except>, Part>>;
  /**
   * The model under a name, for `join`: its rows beside those of a queryset, of the same model or of another.
   *
   * @example
   * ```ts
   * Track.objects.join(Track.alias("twin"), { twin__title: F("title"), twin__id__gt: F("id") }).values("id", "twin__id");
   * // SELECT … FROM "track" JOIN "track" AS t1 ON t1."title" = "track"."title" AND t1."id" > "track"."id"
   * ```
   * @throws FieldError for what cannot be a name.
   */
  alias<C, const Name extends string>(this: C, name: Name): ModelAlias<Rows<C>, Name>;
}

/** What `Model(…)` gives, to be extended: rows of it have the fields `D`. */
export interface ModelStatic<D, M> extends AnyModelStatic {
  /** A new row, not saved yet. Throws `ValidationError` for unknown keys and wrong values. */
  new (
    values: CreateValues<FieldSpecs<D, M>, OwnKeys<D, M>, ModelBase<FieldSpecs<D, M>, OwnKeys<D, M>>>,
  ): RowOf<FieldSpecs<D, M>, OwnKeys<D, M>>;
  readonly meta: ModelInfo<keyof FieldSpecs<D, M> & string>;
  /** The model is a schema of what its new rows take: `inputSchema()`. */
  readonly "~standard": StandardProps<ModelInput<FieldSpecs<D, M>>>;
  /**
   * A model of some of this one's rows, those whose discriminator has a value, with further fields: a class to extend.
   * One table has the columns of all of them, and rows read through this model are instances of the right ones.
   *
   * @example
   * ```ts
   * class Animal extends Model("animal", {
   *   name: fields.string({ maxLength: 50 }),
   *   kind: fields.string({ maxLength: 20, default: "animal" }),
   * }, { discriminator: "kind" }) {
   *   static objects = manager(this);
   * }
   *
   * class Dog extends Animal.variant("dog", { breed: fields.string({ maxLength: 50, null: true }) }) {
   *   static objects = manager(this);
   * }
   * // Dog.objects.all(): SELECT … FROM "animal" WHERE "kind" = 'dog'
   * ```
   * @throws ConfigurationError where there is no discriminator, and once rows were asked for: its columns come too late.
   */
  variant<C, const D2>(this: C, value: string | number, fields: D2): VariantStatic<Rows<C>, Specs<D2>>;
}

/** What `Animal.variant(…)` gives, to be extended: rows of `I` with further fields `F`. */
export interface VariantStatic<I, F> extends AnyModelStatic {
  new (values: CreateValues<SpecsOf<I> & F, OwnKeysOf<I>, I>): VariantRow<I, F>;
  readonly meta: ModelInfo<keyof (SpecsOf<I> & F) & string>;
  readonly "~standard": StandardProps<ModelInput<SpecsOf<I> & F>>;
}

/** What `Model(…, { parent })` gives, to be extended: rows of the parent, `I`, with further fields `F`. */
export interface ChildStatic<I, F> extends AnyModelStatic {
  new (values: ChildValues<SpecsOf<I> & F, OwnKeysOf<I>, I, LinksOf<I> & ParentLinks<F>>): ChildRow<I, F>;
  readonly meta: ModelInfo<keyof (SpecsOf<I> & F) & string>;
  readonly "~standard": StandardProps<ModelInput<SpecsOf<I> & F>>;
}

type ThroughIn<Entry> = Entry extends () => { readonly [THROUGH]: infer Through }
  ? { readonly through: Through }
  : unknown;

// Of other fields nothing is known, so that statics of a model may have their names. To tell them apart here, where no
// member is asked for yet, would cost more than all else that a model is declared with.
/** `Post.tags.through`: the model that a many-to-many relation goes through. */
export type Throughs<D> = string extends keyof D ? unknown : { readonly [K in keyof D]: ThroughIn<D[K]> };

/**
 * The type of `Model`: declares a model by the class it gives.
 *
 * Relations are thunks, `album: () => fields.foreignKey(Album)`, so that models may point at each other.
 *
 * @example
 * ```ts
 * class Track extends Model("track", {
 *   id: fields.integer({ primaryKey: true }),
 *   album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
 *   title: fields.string({ maxLength: 100 }),
 * }, { ordering: ["title"] }) {
 *   static objects = manager(this);
 * }
 * ```
 */
export interface ModelFactory {
  /**
   * A model that extends another one by a table of its own: each of its rows has a row in the parent's table as well, and
   * all of its fields.
   *
   * @example
   * ```ts
   * class Place extends Model("place", { name: fields.string({ maxLength: 50 }) }) {
   *   static objects = manager(this);
   * }
   *
   * class Restaurant extends Model("restaurant", { servesPizza: fields.boolean({ default: false }) }, { parent: Place }) {
   *   static objects = manager(this);
   * }
   *
   * Restaurant.objects.filter({ name: "Ivy" }).only("servesPizza");
   * // SELECT "restaurant"."place_id", "restaurant"."serves_pizza" FROM "restaurant"
   * //   INNER JOIN "place" AS "t1" ON "t1"."id" = "restaurant"."place_id" WHERE "t1"."name" = 'Ivy'
   * ```
   */
  <const D, C>(
    table: string,
    fields: D,
    options: ChildOptions<keyof D & string, C>,
  ): ChildStatic<Rows<C>, Specs<D>> & Throughs<D>;
  <const D, const M extends ModelOptions<keyof D & string> = {}>(
    table: string,
    fields: D,
    options?: M,
  ): ModelStatic<D, M> & Throughs<D>;
}

/** The type of `manager`: the querysets of a model, `static objects = manager(this)`. */
export type ManagerFactory = <C>(model: C) => QuerySet<Rows<C>>;
