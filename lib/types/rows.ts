import type { DatabaseLike } from "./database-like.js";
import type { AnyExpression } from "./expression.js";
import type { NullOf, SparseAny, ToAny } from "./one-of.js";
import type { UpdateValues } from "./input.js";
import type {
  FIELDS,
  KEY_NAMES,
  LINK,
  LINKS,
  NULLABLE,
  OWN_KEYS,
  PK,
  THROUGH,
  TO_MANY,
  TO_MAYBE,
  TO_ONE,
  VALUE,
  VIA,
} from "./phantoms.js";
import type { ManyToManyManager, RelatedManager } from "./related-manager.js";
import type { DeletePreview, DeleteResult, DryRun, KeepParents, Sparse, SparseBy, SparseOne } from "./sparse.js";
import type { KeyNames, LinkedTo, OrNull, PkValue, SpecsOf } from "./specs.js";

type AttributeOf<S> = S extends { readonly [VALUE]: unknown; readonly [NULLABLE]: boolean }
  ? OrNull<S[typeof VALUE], S[typeof NULLABLE]>
  : S extends { readonly [TO_ONE]: infer I }
    ? null extends I
      ? Sparse<NonNullable<I>> | null
      : Sparse<I>
    : S extends { readonly [TO_MANY]: infer I; readonly [VIA]: infer Via extends string }
      ? RelatedManager<I, Via>
      : S extends { readonly [TO_MAYBE]: infer I }
        ? SparseOne<I>
        : S extends { readonly [TO_MANY]: infer I; readonly [THROUGH]: infer Through }
          ? ManyToManyManager<I, Through>
          : S extends LinkedTo<infer I, infer To>
            ? OrNull<SparseBy<NonNullable<I>, To>, null extends I ? true : false>
            : S extends ToAny<infer M>
              ? SparseAny<M> | NullOf<S>
              : never;

/** The attributes of a row, from the specifications of its fields. */
export type Attrs<F> = { -readonly [K in keyof F]: AttributeOf<F[K]> };

/** Where something is done with a row: its own database, or another one, or one's alias. */
export interface Using {
  readonly using?: DatabaseLike | string;
}

/** How a row is saved. */
export interface SaveOptions {
  /** INSERT even where the row was read from the database. */
  readonly forceInsert?: boolean;
  /** UPDATE or throw. */
  readonly forceUpdate?: boolean;
  /** Only these fields. */
  readonly only?: readonly string[];
  /**
   * In another database, or one's alias. To one where it is not from the whole row goes: it updates the row that has its
   * key there, else it is inserted; from then on it is a row of that database.
   */
  readonly using?: DatabaseLike | string;
}

/** What every row has beside its fields; `Own` are its own keys, see `OwnKeys`. */
export interface ModelBase<F, Own> {
  readonly [FIELDS]: F;
  readonly [KEY_NAMES]: KeyNames<F, Own>;
  readonly [OWN_KEYS]: Own;
  readonly [PK]: PkValue<F, KeyNames<F, Own>>;
  /** The primary key's value; a tuple for a composite key. */
  readonly pk: PkValue<F, KeyNames<F, Own>>;
  /** True while only the key is known, as for a foreign key that was not loaded. */
  readonly isSparse: boolean;
  /** Inserts a new row, else updates the columns that changed. Throws `ValidationError` before any SQL. */
  save(options?: SaveOptions): Promise<this>;
  /**
   * Sets these fields and saves them. What an expression made of a field is read back.
   *
   * @example
   * ```ts
   * const track = await Track.objects.get({ title: "The Bird" });
   * await track.update({ position: F("position").add(1) });
   * // UPDATE "track" SET "position" = "position" + 1 WHERE "id" = 1
   * ```
   */
  update(values: UpdateValues<F, ModelBase<F, Own>, AnyExpression>): Promise<this>;
  /**
   * A new row with the same values, but for those given here; `save()` inserts it. It gets a key, a version and moments
   * of writing (`autoNow`, `autoNowAdd`) of its own: a key that neither the database nor a default makes has to be given.
   * Rows that point at this one stay with it.
   *
   * @example
   * ```ts
   * const track = await Track.objects.get({ title: "The Bird" });
   * const again = await track.clone({ title: "The Bird (live)" }).save();
   * // INSERT INTO "track" ("album_id", "title", "position") VALUES (1, 'The Bird (live)', 2) RETURNING "id"
   * ```
   * @throws NotLoadedError for a row that was not read whole.
   * @throws ValidationError as `new Track({ … })` does.
   */
  clone(changes?: UpdateValues<F, ModelBase<F, Own>>): this;
  /** Deletes the row, and gives how many rows went with it. Throws `ProtectedError` or `RestrictedError`: see querysets. */
  delete(options?: KeepParents & Using): Promise<DeleteResult>;
  /** What `delete()` would do. Nothing is changed. */
  delete(options: DryRun & KeepParents & Using): Promise<DeletePreview>;
  /** Reads the row again, from another database where one is named. Throws `DoesNotExist` when it is not there. */
  refresh(options?: Using): Promise<this>;
  /** Reads what `only` or `defer` left out, in one query: these fields, or all; the whole row if only its key is known. */
  load(...fields: (keyof F & string)[]): Promise<this>;
  /** True where there is something to save. */
  isDirty(): boolean;
  /** The names of the fields that changed since the row was read or saved. */
  dirtyFields(): string[];
  /** "Album(id=1)" */
  toString(): string;
  /** The row's fields as plain data, foreign keys as raw keys. */
  toJSON(): Record<string, unknown>;
  /** True for a row of the same model with the same key. */
  equals(other: unknown): boolean;
  /** Throws `ValidationError` naming model, field and value where something could not be saved. */
  validate(): void;
}

/** What the rows of a variant have beside those of the model `I` and the further fields `F`. */
interface VariantMembers<I, F> {
  readonly [FIELDS]: F;
  update(values: UpdateValues<SpecsOf<I> & F, I, AnyExpression>): Promise<this>;
  clone(changes?: UpdateValues<SpecsOf<I> & F, I>): this;
  load(...fields: (keyof (SpecsOf<I> & F) & string)[]): Promise<this>;
}

/** A row of a variant: one of the model, with further fields. */
export type VariantRow<I, F> = I & Attrs<F> & VariantMembers<I, F>;

/** The relations among the fields `F` to what rows extend, and the rows that these lead to. */
export type ParentLinks<F> = {
  readonly [K in keyof F as F[K] extends { readonly [LINK]: { readonly parentLink: true } } ? K : never]: F[K] extends {
    readonly [TO_ONE]: infer P;
  }
    ? P
    : never;
};

/** Those of a row, whatever its model extends. */
export type LinksOf<I> = I extends { readonly [LINKS]: infer L } ? L : {};

/** A row of a model with a parent, whose rows are `I`: one of these, with further fields. */
export type ChildRow<I, F> = VariantRow<I, F> & { readonly [LINKS]: ParentLinks<F> };

/** A row of a model with the fields `F` and its own keys `Own`. */
export type RowOf<F, Own> = Attrs<F> & ModelBase<F, Own>;
