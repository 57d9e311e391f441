import type { Blocker } from "../errors/blocker.js";
import type { PkOf } from "./specs.js";

/**
 * A row of which only the key is known: what a foreign key holds before it is loaded. A loaded row is one of these
 * too, so that `track.album = malibu` is allowed.
 *
 * @example
 * ```ts
 * const track = await Track.objects.get({ title: "The Bird" });
 * track.album.pk;                          // 1, without a query
 * const album = await track.album.load();  // SELECT … FROM "album" WHERE "id" = 1
 * ```
 */
export interface Sparse<I> {
  /** The raw foreign key. */
  readonly pk: PkOf<I>;
  /** False once the row is there. */
  readonly isSparse: boolean;
  /** Fetches the row and keeps it in place. Throws `DoesNotExist` when it is gone. */
  load(): Promise<I>;
  /** "Album(id=1) [sparse]", or "Album(id=1)" once it is loaded. */
  toString(): string;
}

/**
 * A row of which only some fields are known: what a foreign key holds that points at these.
 *
 * @example
 * ```ts
 * // product: () => fields.foreignKey(Product, { to: "code" })
 * line.product.code;                          // "P1", without a query
 * const product = await line.product.load();  // SELECT … FROM "product" WHERE "code" = 'P1'
 * ```
 */
export type SparseBy<I, To> = Omit<Sparse<I>, "pk"> & {
  readonly [K in (To extends readonly unknown[] ? To[number] : To) & keyof I]: I[K];
};

/** The other side of a one-to-one relation before it is loaded: whether there is a row is not known yet. */
export interface SparseOne<I> {
  /** Fetches the row; null when there is none. */
  load(): Promise<I | null>;
}

/** What `delete()` did: rows in all, and by the name of their model, those that went along with others counted. */
export interface DeleteResult {
  readonly total: number;
  readonly byModel: Readonly<Record<string, number>>;
}

/** A delete that changes nothing: it finds out what it would change. */
export interface DryRun {
  readonly dryRun: true;
}

/** Of a model with a parent: true for rows to leave the rows that they extend where they are. */
export interface KeepParents {
  readonly keepParents?: boolean;
}

/** What `delete({ dryRun: true })` found: what would be deleted, and what else would happen. */
export interface DeletePreview extends DeleteResult {
  /** Rows whose foreign key would be set to something else, by "Model.field". */
  readonly updates: Readonly<Record<string, number>>;
  /** Rows that stand in the way: where there are any, `delete()` throws `ProtectedError` or `RestrictedError`. */
  readonly blockers: readonly Blocker[];
}
