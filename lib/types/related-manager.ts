import type { BulkCreateOptions, UpsertOptions } from "./bulk.js";
import type { CreateInput, UpdateInput } from "./input.js";
import type { NullOf } from "./one-of.js";
import type { GIVEN, TO_ONE } from "./phantoms.js";
import type { QuerySet } from "./query-set.js";
import type { Sparse } from "./sparse.js";
import type { PkOf, Rows, SpecsOf } from "./specs.js";
import type { QueryOf, Where } from "./where.js";

/** What a relation is given: a row, loaded or not, its key, or a queryset of rows. */
type Member<I> = Sparse<I> | PkOf<I> | QueryOf<I>;

/** How `set` works. */
interface SetMembersOptions {
  /** Takes all out first, instead of only what is not in the list. */
  readonly clear?: boolean;
}

/** The foreign keys of these rows cannot be null: give them to another row, or delete them. */
interface NeedsNull<Via extends string> {
  readonly error: `"${Via}" cannot be null, so no row can do without one: delete it, or give it to another row.`;
}

type IfNullable<I, Via extends string, Method> = Via extends keyof SpecsOf<I>
  ? null extends (SpecsOf<I>[Via] extends { readonly [TO_ONE]: infer J } ? J : NullOf<SpecsOf<I>[Via]>)
    ? Method
    : NeedsNull<Via>
  : Method;

/** `album.tracks`: the rows whose foreign key `Via` is this row. `create` fills that key in. */
export interface RelatedManager<I, Via extends string> extends QuerySet<I> {
  readonly [GIVEN]: { readonly [K in Via]: true };
  /**
   * Has rows point here, given as they are, by key, or as a queryset.
   *
   * @example
   * ```ts
   * const [malibu, other] = await Album.objects.all();
   * await malibu.tracks.add(...(await other.tracks.all())); // UPDATE "track" SET "album_id" = 1 WHERE "id" IN (3, 4)
   * ```
   * @throws ValidationError for what is no row of the model, and no key; DoesNotExist for a row that is not there.
   */
  add(...rows: Member<I>[]): Promise<void>;
  /**
   * Puts rows at the end of those that point here, in memory: a session (`dunder-orm/session`) inserts or updates them
   * with all the rest.
   *
   * @example
   * ```ts no-run
   * artist.albums.append(new Album({ name: "Ventura" }));
   * await session.commit(); // INSERT INTO "album" ("artist_id", "name") VALUES (1, 'Ventura')
   * ```
   * @throws ConfigurationError where no session is about: `add` writes at once.
   */
  append(...rows: I[]): void;
  /** Sets the foreign keys of rows to null that point here, and gives their number; only where these can be null. */
  readonly remove: IfNullable<I, Via, (...rows: Member<I>[]) => Promise<number>>;
  /** The same for all rows that point here. */
  readonly clear: IfNullable<I, Via, () => Promise<number>>;
  /**
   * Has these rows point here and no others, changing only those that do not, or that should not.
   *
   * @throws FieldError where others point here and their foreign keys cannot be null.
   */
  set(rows: readonly Member<I>[] | ReadonlySet<Member<I>> | QueryOf<I>, options?: SetMembersOptions): Promise<void>;
}

/** Values of the rows of a through model, beside those that tie them. */
interface ThroughOptions<Through> {
  readonly throughDefaults?: UpdateInput<Rows<Through>>;
}

/** `post.tags`: the rows tied to this one by rows of the model `Through`. */
export type ManyToManyManager<I, Through> = QuerySet<I> & TiedRows<I, Through>;

/** What changes the rows tied to one. Apart from querysets, since the compiler compares what overrides at a great cost. */
export interface TiedRows<I, Through> {
  /**
   * Ties rows to this one, given as they are, by key, or as a queryset; what is tied already stays as it is.
   *
   * @example
   * ```ts
   * await post.tags.add(red, 7, Tag.objects.filter({ name__startswith: "b" }));
   * // INSERT INTO "post_tags" ("post_id", "tag_id") VALUES (1, 3), (1, 7) ON CONFLICT ("post_id", "tag_id") DO NOTHING
   * await group.people.add(eve, { throughDefaults: { role: "chair" } });
   * ```
   * @throws ValidationError for what is no row of the model, and no key.
   */
  add(...rows: (Member<I> | ThroughOptions<Through>)[]): Promise<void>;
  /** Ties rows in memory: a session (`dunder-orm/session`) writes it with all the rest. */
  append(...rows: I[]): void;
  /**
   * Unties rows, and gives the number of rows deleted between; those that are not tied do not matter.
   * `DELETE FROM "post_tags" WHERE "post_id" = 1 AND "tag_id" IN (3, 7)`
   */
  remove(...rows: Member<I>[]): Promise<number>;
  /** Unties all rows. */
  clear(): Promise<number>;
  /** Ties these rows and no others, changing only what differs. */
  set(
    rows: readonly Member<I>[] | ReadonlySet<Member<I>> | QueryOf<I>,
    options?: SetMembersOptions & ThroughOptions<Through>,
  ): Promise<void>;
  /** Makes a row and ties it, in one transaction. */
  create(values: CreateInput<I>, options?: ThroughOptions<Through>): Promise<I>;
  bulkCreate(rows: readonly CreateInput<I>[], options?: BulkCreateOptions<I> & ThroughOptions<Through>): Promise<I[]>;
  /** Makes or sets a row, and ties it where it is not tied yet, in one transaction. */
  upsert(row: CreateInput<I> | I, options?: UpsertOptions<I> & ThroughOptions<Through>): Promise<I>;
  /** The one row tied to this one for which this holds, or a new one, tied; true where it was made. */
  getOrCreate<const W extends object>(
    where: Where<I, {}, W>,
    options?: { readonly defaults?: UpdateInput<I> } & ThroughOptions<Through>,
  ): Promise<[row: I, created: boolean]>;
  /** The same, with a row that is found set to the defaults. */
  updateOrCreate<const W extends object>(
    where: Where<I, {}, W>,
    options?: {
      readonly defaults?: UpdateInput<I>;
      readonly createDefaults?: UpdateInput<I>;
    } & ThroughOptions<Through>,
  ): Promise<[row: I, created: boolean]>;
}
