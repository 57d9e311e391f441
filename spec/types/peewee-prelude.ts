// What programs of this folder import as "dunder-orm/peewee": its types, without all that stands behind them.
import type { PeeweeModelFactory } from "../../lib/peewee/types/model.js";

export declare const Model: PeeweeModelFactory;
