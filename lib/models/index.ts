export { currentValue, heldValue, valueIn } from "./current-value.js";
export { checkFieldName, checkIdentifier, isFieldName } from "./naming.js";
export {
  type AnyRelationMeta,
  type ColumnMeta,
  areRowsOf,
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
  type OneOfMeta,
  isOwnColumn,
  type KindMeta,
  modelsOfTable,
  namesIn,
  ownColumns,
  pathTo,
  type RelationMeta,
  type ReverseMeta,
  type ScalarMeta,
  singleKey,
} from "./meta.js";
export { isEarly } from "./early.js";
export { inSchema, schemaOf } from "./schema-in-force.js";
export { type Definition, DEFINITION, defineModel } from "./definition.js";
export { declaredFields, homeOf, nameIn, tableOnly } from "./inherited.js";
export type { IndexOptions, ModelOptions } from "./options.js";
export { declaredName, isConstant, isGenericArm, isKindColumn, keyColumnsOf, oneOfWith, withKind } from "./one-of.js";
export {
  ConstraintPart,
  type FoundRows,
  IndexPart,
  type NeededContext,
  NeededPart,
  needsParts,
  partsNeededBy,
  type SchemaContext,
  type TableClauses,
  TableForm,
} from "./schema-part.js";
export { type Referrer, referrersOf, tableKey } from "./referrers.js";
export {
  declareIndex,
  META,
  metaOf,
  metaOfRow,
  metaOnceDeclared,
  declaredModels,
  noteDeclared,
  registeredModels,
  registerModel,
  registryGeneration,
  unmapModel,
} from "./registry.js";
export { attachThroughMaker, throughOwner } from "./through.js";
export { isSameSet, uniqueKeys } from "./unique-keys.js";
export { defineVariant, noteVariant } from "./variant.js";
export { LEFT_OUT, ORIGIN, RAW } from "./row-state.js";
