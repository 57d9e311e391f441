import { ConfigurationError } from "../errors/index.js";
import { declareIndex, IndexPart, type ModelOptions } from "../models/index.js";
import type { RawSql } from "../types/index.js";
import { printable } from "../util/printable.js";
import { readOptions } from "./options.js";

/** Adds an index to what a model declares: see `Model.addIndex`. */
export function addIndex(model: unknown, given: readonly unknown[]): void {
  const { name } = model as { readonly name: string };
  declareIndex(model, indexOf(`${name}.addIndex`, given));
}

function indexOf(where: string, given: readonly unknown[]): NonNullable<ModelOptions["indexes"]>[number] {
  const [first] = given;
  if (given.length === 1 && isSql(first)) {
    const statement = textOf(where, first);
    return new IndexPart(() => [statement]);
  }
  const last = given.at(-1);
  const hasSettings = typeof last === "object";
  const fields = hasSettings ? given.slice(0, -1) : given;
  if (fields.length === 0 || !fields.every((field) => typeof field === "string")) {
    throw new ConfigurationError(
      `${where}(…fields, { unique, name }) takes names of fields, or SQL: sql\`create index …\`; got ${printable(given)}.`,
    );
  }
  const { unique, name } = readOptions(where, hasSettings ? last : {}, ["unique", "name"]);
  if (unique !== undefined && typeof unique !== "boolean") {
    throw new ConfigurationError(`${where}: unique is true or false, got ${printable(unique)}.`);
  }
  if (name !== undefined && typeof name !== "string") {
    throw new ConfigurationError(`${where}: name is a text, got ${printable(name)}.`);
  }
  return { fields, unique: unique === true, ...(name !== undefined && { name }) };
}

function isSql(given: unknown): given is RawSql {
  return typeof (given as Partial<RawSql> | null | undefined)?.toOperationNode === "function";
}

interface RawNode {
  readonly kind?: unknown;
  readonly sqlFragments?: readonly string[];
  readonly parameters?: readonly unknown[];
}

/** The text of SQL without values: statements that make things take no parameters. */
function textOf(where: string, given: RawSql): string {
  const { sqlFragments, parameters } = given.toOperationNode() as RawNode;
  if (sqlFragments?.length === 1 && parameters?.length === 0) return sqlFragments[0] as string;
  throw new ConfigurationError(
    `${where}(sql): an index's SQL takes no values: write them into it, by sql.raw(…) or in the template itself.`,
  );
}
