export type { ColumnType } from "./column-type.js";
export { convertJson } from "./convert-json.js";
export type { ManyToManyDeclaration } from "./many-to-many-field.js";
export { JsonNull } from "./json-null.js";
export { exactDecimal } from "./convert-numbers.js";
export { convertText } from "./convert-text.js";
export { convertDate, convertTime } from "./convert-times.js";
export { fields } from "./fields.js";
export { fromJson } from "./from-json.js";
export { columnType, convertInteger, plainKinds } from "./kinds.js";
export { Refusal, refuse } from "./refusal.js";
export {
  type ForeignKeyDeclaration,
  type ForeignKeyOptions,
  type OnDelete,
  type ReverseDeclaration,
} from "./relation-field.js";
export type { RelationDeclaration } from "./relation-declaration.js";
export {
  type GenericArmDeclaration,
  type GenericKeyDeclaration,
  membersOf,
  type OneOfDeclaration,
} from "./one-of-field.js";
export { set, SetRule } from "./set-rule.js";
export { type LookupFamily, ScalarField } from "./scalar-field.js";
export type { FieldOptions } from "./options.js";
