import { ConfigurationError } from "../errors/index.js";
import { declareIndex, type IndexOptions, IndexPart, type ModelOptions } from "../models/index.js";
import { printable } from "../util/printable.js";
import { isSql, readOptions, sqlText } from "./options.js";

/** Adds an index to what a model declares: see `Model.addIndex`. */
export function addIndex(model: unknown, given: readonly unknown[]): void {
  const { name } = model as { readonly name: string };
  declareIndex(model, indexOf(`${name}.addIndex`, given));
}

type Index = NonNullable<ModelOptions["indexes"]>[number];

function indexOf(where: string, given: readonly unknown[]): Index {
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
  return { fields, ...settingsOf(where, hasSettings ? last : {}) };
}

function settingsOf(method: string, given: unknown): Omit<IndexOptions, "fields"> {
  const { unique, name, where } = readOptions(method, given, ["unique", "name", "where"]);
  if (unique !== undefined && typeof unique !== "boolean") {
    throw new ConfigurationError(`${method}: unique is true or false, got ${printable(unique)}.`);
  }
  if (name !== undefined && typeof name !== "string") {
    throw new ConfigurationError(`${method}: name is a text, got ${printable(name)}.`);
  }
  return {
    unique: unique === true,
    ...(name !== undefined && { name }),
    ...(where !== undefined && { where: sqlText(`${method}({ where })`, where) }),
  };
}
