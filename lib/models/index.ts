export { currentValue, heldValue, valueIn } from "./current-value.js";
export { checkFieldName } from "./naming.js";
export {
  type AnyRelationMeta,
  type ColumnMeta,
  columnsOfField,
  type FieldMeta,
  fieldOf,
  type ForeignKeyMeta,
  holdsPrimaryKey,
  isPlainKey,
  type Link,
  linksOf,
  type ManyToManyMeta,
  type ModelClass,
  type ModelMeta,
  namesIn,
  pathTo,
  type RelationMeta,
  type ReverseMeta,
  type ScalarMeta,
  singleKey,
} from "./meta.js";
export { DEFINITION, defineModel, type ModelOptions } from "./options.js";
export { type Referrer, referrersOf, tableKey } from "./referrers.js";
export { META, metaOf, metaOfRow, registerModel, registryGeneration } from "./registry.js";
export { attachThroughMaker, throughOwner } from "./through.js";
export { isSameSet, uniqueKeys } from "./unique-keys.js";
export { LEFT_OUT, ORIGIN, RAW } from "./row-state.js";
