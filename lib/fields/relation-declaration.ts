import type { ManyToManyDeclaration } from "./many-to-many-field.js";
import type { GenericArmDeclaration, GenericKeyDeclaration, OneOfDeclaration } from "./one-of-field.js";
import type { ForeignKeyDeclaration, ReverseDeclaration } from "./relation-field.js";

/** A field that leads to rows of other models, or a part of one. */
export type RelationDeclaration =
  | ForeignKeyDeclaration
  | ReverseDeclaration
  | ManyToManyDeclaration
  | OneOfDeclaration
  | GenericKeyDeclaration
  | GenericArmDeclaration;
