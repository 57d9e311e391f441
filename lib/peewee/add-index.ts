import { ConfigurationError } from "../errors/index.js";
import { declareIndex, IndexPart, type ModelOptions } from "../models/index.js";
import { printable } from "../util/printable.js";
import { isSql, readOptions, sqlText } from "./options.js";

/** Adds an index to what a model declares: see `Model.addIndex`. */
export function addIndex(model: unknown, given: readonly unknown[]): void {
  const { name } = model as { readonly name: string };
  declareIndex(model, indexOf(`${name}.addIndex`, given));
}

function indexOf(where: string, given: readonly unknown[]): NonNullable<ModelOptions["indexes"]>[number] {
  const [first] = given;
  if (given.length === 1 && isSql(first)) {
    const statement = sqlText(where, first);
    return new IndexPart(() => [statement]);
  }
  const last = given.at(-1);
  const hasSettings = typeof last === "object";
  const fields = hasSettings ? given.slice(0, -1) : given;
  if (fields.length === 0 || !fields.every((field) => typeof field === "string")) {
    throw new ConfigurationError(
      `${where}(…fields, { unique, name, where }) takes names of fields, or SQL: sql\`create index …\`; got ${printable(given)}.`,
    );
  }
  const { unique, name, where: rows } = readOptions(where, hasSettings ? last : {}, ["unique", "name", "where"]);
  if (unique !== undefined && typeof unique !== "boolean") {
    throw new ConfigurationError(`${where}: unique is true or false, got ${printable(unique)}.`);
  }
  if (name !== undefined && typeof name !== "string") {
    throw new ConfigurationError(`${where}: name is a text, got ${printable(name)}.`);
  }
  const named = name === undefined ? {} : { name };
  return {
    fields,
    unique: unique === true,
    ...named,
    ...(rows !== undefined && { where: sqlText(`${where}({ where })`, rows) }),
  };
}
