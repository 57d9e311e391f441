export { checkFieldName } from "./naming.js";
export {
  type ColumnMeta,
  type FieldMeta,
  fieldOf,
  type ForeignKeyMeta,
  linksOf,
  type ModelMeta,
  namesIn,
  type RelationMeta,
  type ReverseMeta,
  singleKey,
} from "./meta.js";
export { defineModel, type ModelOptions } from "./options.js";
export { type Referrer, referrersOf, tableKey } from "./referrers.js";
export { DEFINITION, META, metaOf, metaOfRow, registerModel, registryGeneration } from "./registry.js";
export { LEFT_OUT, ORIGIN, RAW } from "./row-state.js";
