export { checkFieldName } from "./naming.js";
export {
  type AnyRelationMeta,
  type ColumnMeta,
  type FieldMeta,
  fieldOf,
  type ForeignKeyMeta,
  linksOf,
  type ManyToManyMeta,
  type ModelClass,
  type ModelMeta,
  namesIn,
  type RelationMeta,
  type ReverseMeta,
  singleKey,
} from "./meta.js";
export { DEFINITION, defineModel, type ModelOptions } from "./options.js";
export { META, metaOf, metaOfRow } from "./registry.js";
export { attachThroughMaker, throughOwner } from "./through.js";
export { LEFT_OUT, ORIGIN, RAW } from "./row-state.js";
