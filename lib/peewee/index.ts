export type { IndexSettings } from "./add-index.js";
export { deleteInstance, type DeleteInstanceOptions } from "./delete-instance.js";
export { Model } from "./model.js";
export type { PeeweeChild, PeeweeModelFactory, PeeweeRow, PeeweeStatic, PeeweeStatics } from "./types/model.js";
export type { RawQuery } from "./types/raw.js";
export type { Chosen, RelationJoin, Select } from "./types/select.js";
export type { Delete, Insert, ManyOptions, ManyRows, MaybeInserted, OnConflict, Update } from "./types/writes.js";
