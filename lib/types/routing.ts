import type { DatabaseLike } from "./database-like.js";
import type { AnyModelStatic } from "./model.js";

/** A model as routers see it: a class with its name and what is known of it. */
export type RoutedModel = Pick<AnyModelStatic, "name"> & {
  readonly meta: { readonly name: string; readonly table: string };
};

/** What is known beside the model. */
export interface RouterHints {
  /** The row that is saved, or whose related rows are asked for. */
  readonly instance?: object;
}

/** A database, the alias of one, or nothing: then the next router is asked, and at last the model itself. */
export type Route = DatabaseLike | string | null | undefined | void;

/** Who decides in which database something is done; each method may be left out. See `setRouter`. */
export interface Router {
  /** Where rows of a model are read. */
  dbForRead?(model: RoutedModel, hints: RouterHints): Route;
  /** Where rows of a model are written; those read to be written then, too. */
  dbForWrite?(model: RoutedModel, hints: RouterHints): Route;
  /** Whether one row may point at the other; unless said, those of one database may. */
  allowRelation?(one: object, other: object): boolean | null | undefined | void;
  /** Whether `createTables` makes a model's table in a database; unless said, it does. */
  allowMigrate?(database: DatabaseLike, model: RoutedModel): boolean | null | undefined | void;
}
