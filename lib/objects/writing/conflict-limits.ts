import { NotSupportedError } from "../../errors/index.js";
import type { Expression } from "../../expressions/index.js";
import { holdsWindow, type Need, queryOf, Reader, readTerm, type Term, toldAs } from "../../query/index.js";
import { type ColumnMeta, columnsOfField, type ModelMeta } from "../../models/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { refuse } from "../../fields/index.js";

/** What is said of rows that are there beside the fields by which they are found. */
export interface AskedLimits {
  /** Rows of which this does not hold stay as they are. */
  readonly where?: Expression;
  /** The condition of a partial unique index, as SQL. */
  readonly indexWhere?: string;
  /** A unique constraint's name. */
  readonly constraint?: string;
}

/** The same, read. */
export interface ConflictLimits {
  readonly where: { readonly term: Term; readonly values: readonly unknown[]; readonly needs: readonly Need[] } | null;
  readonly indexWhere: string | null;
  readonly constraint: string | null;
  /** Part of the keys of plans. */
  readonly key: string;
}

export const UNLIMITED: ConflictLimits = { where: null, indexWhere: null, constraint: null, key: "" };

export function readLimits(meta: ModelMeta, asked: AskedLimits | undefined, method: string): ConflictLimits {
  if (asked === undefined) return UNLIMITED;
  const { where, indexWhere = null, constraint = null } = asked;
  const [read, key] = where === undefined ? [null, ""] : readWhere(meta, where, method);
  return { where: read, indexWhere, constraint, key: ` ${JSON.stringify([indexWhere, constraint])}${key}` };
}

function readWhere(meta: ModelMeta, where: Expression, method: string): [ConflictLimits["where"], string] {
  const reader = new Reader(queryOf(meta), method);
  reader.meetsNew = true;
  try {
    const [term, key] = readTerm(reader, where);
    if (holdsWindow(term)) refuse("what is worked out over a window says nothing of one row.");
    return [{ term, values: reader.slots, needs: reader.needs }, key];
  } catch (error) {
    throw toldAs(error, meta, `${method}({ where })`);
  }
}

/** The columns of a unique constraint that the model declares; `undefined` for a name that it does not know. */
export function columnsOfConstraint({ options, fields }: ModelMeta, name: string): readonly ColumnMeta[] | undefined {
  const found = (options.constraints ?? []).find((item) => "unique" in item && item.name === name);
  if (found === undefined || !("unique" in found)) return undefined;
  return found.unique.flatMap((field) => {
    const named = fields[field];
    return named === undefined || "many" in named ? [] : columnsOfField(named);
  });
}

/** Throws where an engine cannot say which of the rows that are there it is about. */
export function checkLimits({ engine }: DatabaseCore, meta: ModelMeta, limits: ConflictLimits, method: string): void {
  const { label, features } = engine;
  const { where, indexWhere, constraint } = limits;
  const lacking = (option: string, what: string, hint: string): NotSupportedError =>
    new NotSupportedError(`${meta.name}: ${method}({ ${option} }): ${label} has no ${what}.`, { hint });
  if (constraint !== null && features.conflictConstraints !== true) {
    throw lacking("constraint", "ON CONFLICT ON CONSTRAINT", "Name the constraint's fields: { target: […] }.");
  }
  if (indexWhere !== null && !(features.conflictTargets && features.partialIndexes === true)) {
    throw lacking("conflictWhere", "partial indexes", "Name fields that are unique in all rows: { target: […] }.");
  }
  if (where !== null && !features.conflictTargets) {
    throw lacking(
      "where",
      "condition on the rows that an insert sets",
      "Say it of each value: Case(When(…)) in update.",
    );
  }
}
