import { ConfigurationError } from "../errors/index.js";
import type { ForeignKeyDeclaration, RelationDeclaration, ScalarField } from "../fields/index.js";
import { printable } from "../util/printable.js";
import type { ColumnMeta, ForeignKeyMeta, ModelMeta } from "./meta.js";

/** True for the relation of a model to the one that it extends. */
export function isParentLink(entry: ScalarField | RelationDeclaration): boolean {
  return "options" in entry && "parentLink" in entry.options && entry.options.parentLink === true;
}

const OPTIONS = ["parentLink", "column", "columns", "comment", "onDelete"];

/**
 * The relation of a row to that which it has in the table of its model's parent. Both have one key, and so one value for
 * it: what a row of the parent has is in the very columns that this one holds.
 */
export function linkToParent(
  where: string,
  name: string,
  { relation, target: model, options }: ForeignKeyDeclaration,
  { target, columns, parent }: { target: ModelMeta; columns: readonly ColumnMeta[]; parent: unknown },
): ForeignKeyMeta {
  if (parent !== model) {
    throw new ConfigurationError(
      `${where}: parentLink is for the relation of a model to the one that it extends: fields.oneToOne(Parent, { parentLink: ` +
        `true }) where the model's options say { parent: Parent }.`,
    );
  }
  const other = Object.keys(options).find((option) => !OPTIONS.includes(option));
  const isOther = relation !== "oneToOne" || (options.onDelete !== undefined && options.onDelete !== "cascade");
  if (other !== undefined || isOther) {
    throw new ConfigurationError(
      `${where}: the link to a parent is fields.oneToOne(…) and goes when its parent's row does, got ` +
        `${other === undefined ? `fields.${relation}(…, { onDelete: ${printable(options.onDelete ?? "cascade")} })` : `the option "${other}"`}.`,
    );
  }
  return {
    type: "foreignKey",
    name,
    kind: "oneToOne",
    column: columns[0] as ColumnMeta,
    columns: Object.freeze([...columns]),
    target,
    targetColumn: columns[0] as ColumnMeta,
    targetColumns: Object.freeze([...columns]),
    nullable: false,
    unique: true,
    indexed: false,
    onDelete: "cascade",
    rowSlot: Symbol(`${name} row`),
  };
}
