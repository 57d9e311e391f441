import { wholeLayout } from "../../compile/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { type Reader, readerOf, type RowOrigin } from "../../execute/index.js";
import type { ModelMeta } from "../../models/index.js";

/** How rows that were written, not read, come to be and know where they are. */
export interface OwnRows {
  /** Makes an instance of values by column, which it keeps as what is saved. For models of a plain class. */
  readonly make: Reader;
  /** The origin of rows once they are saved. */
  readonly saved: RowOrigin;
  /** The origin of rows not saved yet. */
  readonly unsaved: RowOrigin;
}

const known = new WeakMap<DatabaseCore, Map<ModelMeta, OwnRows>>();

export function ownRowsOf(database: DatabaseCore, meta: ModelMeta): OwnRows {
  let ofModel = known.get(database);
  if (ofModel === undefined) known.set(database, (ofModel = new Map<ModelMeta, OwnRows>()));
  let own = ofModel.get(meta);
  if (own === undefined) ofModel.set(meta, (own = newOwnRows(database, meta)));
  return own;
}

function newOwnRows(database: DatabaseCore, meta: ModelMeta): OwnRows {
  // Such a row holds a model's values themselves, not a driver's: nothing is decoded.
  const layout = wholeLayout(
    meta,
    meta.columns.map(() => null),
  );
  return Object.freeze({
    make: readerOf(database, layout, null),
    saved: Object.freeze({ database, layout, result: null }),
    unsaved: Object.freeze({ database, layout: null as never, result: null }),
  });
}
