import { ConfigurationError } from "../errors/index.js";
import type { FieldsFactory } from "../types/index.js";
import { type CustomFieldDefinition, customKind } from "./custom-kind.js";
import {
  decimalKind,
  enumerationKind,
  enumerationValues,
  plainKinds,
  type TextKind,
  textKind,
  withLength,
} from "./kinds.js";
import { declareManyToMany, type ManyToManyOptions } from "./many-to-many-field.js";
import { declareOneOf, type OneOfOptions } from "./one-of-field.js";
import type { FieldOptions } from "./options.js";
import { declareForeignKey, declareReverse, type ForeignKeyOptions } from "./relation-field.js";
import { type FieldKind, ScalarField } from "./scalar-field.js";

const plain =
  (kind: FieldKind) =>
  (options: FieldOptions = {}) =>
    new ScalarField(kind, options);

const text =
  (kind: TextKind) =>
  (options: FieldOptions = {}) =>
    new ScalarField(textKind(kind, options), withLength(kind, options));

const key =
  (kind: FieldKind) =>
  (options: FieldOptions = {}) =>
    new ScalarField(kind, { primaryKey: true, ...options });

function enumeration(source: unknown, options: FieldOptions = {}): ScalarField {
  const values = enumerationValues(source);
  return new ScalarField(enumerationKind(values), { ...options, choices: values });
}

function custom(definition: CustomFieldDefinition & FieldOptions): ScalarField {
  const { sqlType, toDb, fromDb, validate, lookups, ...options } = definition;
  const parts = { sqlType, toDb, fromDb, ...(validate && { validate }), ...(lookups && { lookups }) };
  return new ScalarField(customKind(parts), options);
}

/** Its value is kept by the library: of all options only those of the column are left. */
function version(options: FieldOptions = {}): ScalarField {
  const other = Object.keys(options).find((name) => name !== "column" && name !== "comment");
  if (other !== undefined) {
    throw new ConfigurationError(`fields.version() takes no option "${other}". Options: column, comment.`);
  }
  return new ScalarField({ ...plainKinds.integer, kind: "version", generated: false }, { ...options, default: 1 });
}

const implementation = {
  auto: key({ ...plainKinds.integer, kind: "auto" }),
  bigAuto: key({ ...plainKinds.bigInteger, kind: "bigAuto" }),
  integer: plain(plainKinds.integer),
  smallInteger: plain(plainKinds.smallInteger),
  bigInteger: plain(plainKinds.bigInteger),
  float: plain(plainKinds.float),
  decimal: (options: FieldOptions = {}) => new ScalarField(decimalKind(options), options),
  boolean: plain(plainKinds.boolean),
  string: text("string"),
  text: text("text"),
  email: text("email"),
  url: text("url"),
  slug: text("slug"),
  ipAddress: text("ipAddress"),
  uuid: plain(plainKinds.uuid),
  date: plain(plainKinds.date),
  time: plain(plainKinds.time),
  datetime: plain(plainKinds.datetime),
  duration: plain(plainKinds.duration),
  json: plain(plainKinds.json),
  binary: plain(plainKinds.binary),
  version,
  enumeration,
  custom,
  foreignKey: (target: unknown, options?: ForeignKeyOptions) => declareForeignKey("foreignKey", target, options),
  oneToOne: (target: unknown, options?: ForeignKeyOptions) => declareForeignKey("oneToOne", target, options),
  hasMany: (target: unknown, via: string) => declareReverse("hasMany", target, via),
  hasOne: (target: unknown, via: string) => declareReverse("hasOne", target, via),
  oneOf: (targets: unknown, options?: OneOfOptions) => declareOneOf("oneOf", targets, options),
  generic: (targets: unknown, options?: OneOfOptions) => declareOneOf("generic", targets, options),
  manyToMany: (target: unknown, options?: ManyToManyOptions) => declareManyToMany(target, options),
};

/**
 * What a model is declared with: one function for each kind of field.
 *
 * @example
 * ```ts
 * class Note extends Model("note", {
 *   id: fields.integer({ primaryKey: true }),
 *   text: fields.string({ maxLength: 100 }),
 *   completed: fields.boolean({ default: false }),
 * }) {
 *   static objects = manager(this);
 * }
 * ```
 */
export const fields = implementation as unknown as FieldsFactory;
