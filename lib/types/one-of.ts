import type { Known } from "./options.js";
import type { BEHIND, NULLABLE, OPTIONAL, TO_ANY } from "./phantoms.js";
import type { Sparse } from "./sparse.js";
import type { Fk, PkOf, Rows, Spec } from "./specs.js";

/** What `fields.oneOf({ post: Post, photo: Photo })` gives; `M` are the classes by kind. */
export interface OneOf<M, Null extends boolean> {
  // As of a foreign key nothing may look into the targets before a member is asked for.
  readonly [TO_ANY]: M;
  readonly [NULLABLE]: Null;
  readonly [OPTIONAL]: Null;
  readonly [BEHIND]: Arms<M>;
}

/** What `fields.generic({ post: Post, photo: Photo })` gives. */
export interface Generic<M, Null extends boolean> {
  readonly [TO_ANY]: M;
  readonly [NULLABLE]: Null;
  readonly [OPTIONAL]: Null;
  readonly [BEHIND]: Arms<M> & KindColumns<M, Null>;
}

type Arms<M> = { readonly [K in keyof M]: Fk<M[K], true, true, false> };

interface KindColumns<M, Null extends boolean> {
  readonly type: Spec<keyof M & string, Null, true, "text", false>;
  readonly id: KeyColumn<PkOf<Rows<M[keyof M]>>, Null>;
}
type KeyColumn<T, Null extends boolean> = Spec<T, Null, true, [T] extends [string] ? "text" : "number", false>;

/** A specification that is a relation to a row of one of the models `M`. */
export interface ToAny<M> {
  readonly [TO_ANY]: M;
  readonly [NULLABLE]: boolean;
}

/** A row of one of the models, of which only the key may be known. */
export type SparseAny<M> = { [K in keyof M]: Sparse<Rows<M[K]>> }[keyof M];

/** A row of one of the models, or a key by its kind: `{ post: 3 }`. */
export type AnyInput<M> = SparseAny<M> | KeyByKind<M>;

/** A key by its kind. */
export type KeyByKind<M> = { [K in keyof M]: { readonly [P in K]: PkOf<Rows<M[K]>> } }[keyof M];

/** A row of one of the models. */
export type RowOfAny<M> = { [K in keyof M]: Rows<M[K]> }[keyof M];

/** Null where there may be no row. */
export type NullOf<S> = S extends { readonly [NULLABLE]: true } ? null : never;

interface CommonOptions {
  /** At most one of the models, instead of exactly one. */
  readonly null?: boolean;
  /** What happens to the row when the one that it points at is deleted. */
  readonly onDelete?: "cascade" | "restrict" | "protect" | "set null" | "do nothing";
  /** False for no index. */
  readonly index?: boolean;
  /** True where no two rows may point at the same one. */
  readonly unique?: boolean;
}

/** What `fields.oneOf(models, { … })` takes. */
export interface OneOfOptions<Kind> extends CommonOptions {
  /** The names of columns by kind, where they are not `<field>_<kind>_id`. */
  readonly columns?: { readonly [K in Kind & string]?: string };
}

/** What `fields.generic(models, { … })` takes. */
export interface GenericOptions extends CommonOptions {
  /** The name of the column that holds the kind, where it is not `<field>_type`. */
  readonly typeColumn?: string;
  /** The name of the column that holds the key, where it is not `<field>_id`. */
  readonly idColumn?: string;
}

type NullIn<O> = O extends { readonly null: true } ? true : false;

/** The functions of `fields` for relations to a row of one of several models. */
export interface OneOfFields {
  /**
   * A reference to a row of one of several models. It has a foreign key with a column and a constraint for each of them,
   * `<name>_<kind>_id`, and a check that exactly one holds a key; with `{ null: true }` that at most one does.
   *
   * @example
   * ```ts
   * subject: () => fields.oneOf({ album: Album, track: Track }, { onDelete: "cascade" }),
   * ```
   */
  oneOf<const M, const O extends OneOfOptions<keyof M> = {}>(
    models: M,
    options?: O & Known<O, OneOfOptions<keyof M>>,
  ): OneOf<M, NullIn<O>>;
  /**
   * The same in two columns, however many models there are: `<name>_type` holds the kind, and `<name>_id` the key. No
   * constraint of the database stands behind it; what happens when the row that it points at is deleted, is done in code.
   *
   * @example
   * ```ts
   * subject: () => fields.generic({ album: Album, track: Track }),
   * ```
   */
  generic<const M, const O extends GenericOptions = {}>(
    models: M,
    options?: O & Known<O, GenericOptions>,
  ): Generic<M, NullIn<O>>;
}
