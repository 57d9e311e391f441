export { checkFieldName } from "./naming.js";
export {
  type ColumnMeta,
  areRowsOf,
  type FieldMeta,
  fieldOf,
  type ForeignKeyMeta,
  linksOf,
  type ModelMeta,
  isOwnColumn,
  type KindMeta,
  namesIn,
  ownColumns,
  type RelationMeta,
  type ReverseMeta,
  singleKey,
} from "./meta.js";
export { defineModel } from "./definition.js";
export type { ModelOptions } from "./options.js";
export { DEFINITION, META, metaOf, metaOfRow } from "./registry.js";
export { defineVariant, noteVariant } from "./variant.js";
export { LEFT_OUT, ORIGIN, RAW } from "./row-state.js";
