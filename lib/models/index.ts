export {
  type ColumnMeta,
  type FieldMeta,
  fieldOf,
  type ForeignKeyMeta,
  type ModelClass,
  type ModelMeta,
  namesIn,
  type RelationMeta,
  type ReverseMeta,
  type ScalarMeta,
  singleKey,
} from "./meta.js";
export {
  type ConstraintOptions,
  type Definition,
  defineModel,
  type IndexOptions,
  type ModelOptions,
} from "./options.js";
export { DEFINITION, META, metaOf, metaOfRow } from "./registry.js";
export { ORIGIN, RAW } from "./row-state.js";
