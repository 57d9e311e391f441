import type { ModelOptions, ModelStatic } from "../../types/model.js";
import type { SelfKey } from "../../types/paths.js";
import type { MODEL, SHAPE } from "../../types/phantoms.js";
import type { LineageOptions } from "../../types/query-set.js";
import type { WithDepth } from "../../types/selection.js";
import type { Sparse } from "../../types/sparse.js";
import type { Fk, PkOf, Rows, Spec } from "../../types/specs.js";

/** Where a closure is kept. */
export type ClosureOptions = Pick<ModelOptions, "database" | "schema" | "comment">;

/** What a pair of rows has, one of which is above the other. */
export interface ClosureFields<C> {
  readonly ancestor: () => Fk<C, false, false, true>;
  readonly descendant: () => Fk<C, false, false, true>;
  /** How many steps lie between them: 0 for a row and itself. */
  readonly depth: Spec<number, false, false, "number", false>;
}

interface ClosureKey {
  readonly primaryKey: readonly ["ancestor", "descendant"];
}

/** A queryset of rows of the tree. */
interface Of<I> {
  readonly [MODEL]: I;
  readonly [SHAPE]: unknown;
}

/** A row of the tree, or its key. */
type Node<I> = I | Sparse<I> | PkOf<I>;

/** How `siblings` are looked for. */
export interface SiblingOptions {
  /** The row itself, too. */
  readonly includeSelf?: boolean;
}

/** What the class of a closure has, beside what every model has. */
export interface ClosureStatic<I> {
  /**
   * Those of a queryset's rows that are below a row: its children, theirs and so on.
   *
   * @throws FieldError for a queryset of another model, for what is no row or key, and for options that are none;
   *   NotSupportedError, when it runs, on another engine.
   */
  descendants<Q extends Of<I>, const Depth extends string = never>(
    objects: Q,
    row: Node<I>,
    options?: LineageOptions<Depth>,
  ): Q & WithDepth<Q[typeof SHAPE], Depth>;
  /** Those that are above a row: its parent, the parent of that and so on. */
  ancestors<Q extends Of<I>, const Depth extends string = never>(
    objects: Q,
    row: Node<I>,
    options?: LineageOptions<Depth>,
  ): Q & WithDepth<Q[typeof SHAPE], Depth>;
  /** Those that have the same row above them, or as it has none. */
  siblings<Q extends Of<I>>(objects: Q, row: Node<I>, options?: SiblingOptions): Q;
  /** Makes the closure anew of the tree's rows: for those that were written while no trigger was there. */
  rebuild(): Promise<void>;
}

export interface ClosureTableFactory {
  /**
   * Declares the closure of a tree as a model: a table of all pairs of rows of which one is above the other, with the
   * number of steps between them. `createTables` makes triggers on the tree's table with it, which keep it up to date
   * whoever writes there, and takes in the rows that are there. Asking for what is above or below a row then costs as much
   * as there is to find, however deep the tree is; a row more costs as many pairs as there are rows above it.
   *
   * @example
   * ```ts
   * class CategoryTree extends ClosureTable("category_tree", () => Category, "parent", { database: db }) {
   *   static objects = manager(this);
   * }
   * await db.createTables([Category, CategoryTree]);
   * const below = CategoryTree.descendants(Category.objects, 1, { depth: "level", maxDepth: 2 });
   * await below.orderBy("level").all();
   * // SELECT …, (SELECT … "depth" …) AS "level" FROM "category" WHERE "category"."id" IN
   * //   (SELECT "descendant_id" FROM "category_tree" WHERE "ancestor_id" = 1 AND "depth" >= 1 AND "depth" <= 2)
   * ```
   * @throws ConfigurationError where the model has no such foreign key to its own rows, or a key of several columns;
   *   NotSupportedError where its table is created, or asked, on another engine.
   */
  <C, const P extends string>(
    table: string,
    model: () => C,
    foreignKey: SelfKey<Rows<C>, P>,
    options?: ClosureOptions,
  ): ModelStatic<ClosureFields<C>, ClosureKey> & ClosureStatic<Rows<C>>;
}
