export { currentValue, heldValue, valueIn } from "./current-value.js";
export { checkFieldName } from "./naming.js";
export {
  type ColumnMeta,
  columnsOfField,
  type FieldMeta,
  fieldOf,
  type ForeignKeyMeta,
  holdsPrimaryKey,
  isPlainKey,
  type Link,
  linksOf,
  type ModelMeta,
  namesIn,
  pathTo,
  type RelationMeta,
  type ReverseMeta,
  type ScalarMeta,
  singleKey,
} from "./meta.js";
export { defineModel, type ModelOptions } from "./options.js";
export { DEFINITION, META, metaOf, metaOfRow } from "./registry.js";
export { isSameSet, uniqueKeys } from "./unique-keys.js";
export { LEFT_OUT, ORIGIN, RAW } from "./row-state.js";
