export { deleteInstance } from "./delete-instance.js";
export { Model } from "./model.js";
export type {
  DeleteInstanceOptions,
  IndexSettings,
  PeeweeChild,
  PeeweeModelFactory,
  PeeweeRow,
  PeeweeStatic,
  PeeweeStatics,
} from "./types/model.js";
export type { RawQuery } from "./types/raw.js";
export type { Chosen, RelationJoin, Select } from "./types/select.js";
export type {
  Delete,
  Insert,
  InsertFrom,
  ManyOptions,
  ManyRows,
  MaybeInserted,
  OnConflict,
  Update,
} from "./types/writes.js";
export { Entries, type EntryCondition, KeyValue, type KeyValueOptions } from "./key-value.js";
export { dictToModel, type FromDictOptions, updateModelFromDict } from "./rows/dict-to-model.js";
export { modelToDict, type ToDictOptions } from "./rows/model-to-dict.js";
export { postDelete, postSave, preDelete, preSave } from "../objects/signals/signals.js";
export { Table, type TableDeclaration, TableQuery, type TableStatement } from "./table.js";
export { DataSet } from "./dataset/dataset.js";
export { type DataSetRow, DataSetTable } from "./dataset/dataset-table.js";
export type { FileFormat, FileOptions, ThawOptions } from "./dataset/files.js";
export type { FileProgress, OnProgress, Terminal } from "./dataset/progress.js";
