import { FieldError, UniqueViolation } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { atomic, currentBlock } from "../../execute/index.js";
import { checkIdentifier, type ModelMeta, RAW } from "../../models/index.js";
import { Excluded } from "../../objects/builders/expressions.js";
import { bulkCreate, bulkCreateSql } from "../../objects/many/bulk-create.js";
import type { QuerySetBase } from "../../objects/querysets/query-set.js";
import { WRITTEN_TO } from "../../objects/querysets/refinable.js";
import { QUERY } from "../../query/index.js";
import type { AskedLimits } from "../../objects/writing/conflict-limits.js";
import { replaceRows } from "../../objects/many/upsert.js";
import { keyOf, type StatefulRow } from "../../objects/rows/row-state.js";
import type { CompiledSql } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { readOptions, sqlText } from "../options.js";
import { together } from "./conditions.js";

/** What is to happen about rows that are there already; null where they are an error. */
type Conflict = { readonly action: "ignore" } | { readonly action: "replace" } | UpdateConflict | null;

interface UpdateConflict {
  readonly action: "update";
  readonly uniqueFields?: readonly string[];
  readonly updateFields?: Readonly<Record<string, unknown>>;
  readonly limits?: AskedLimits;
}

/** What an insert was told. */
export interface InsertParts {
  /** All rows of the model, where they are to be. */
  readonly base: QuerySetBase;
  readonly rows: readonly object[];
  /** One row, whose key is the answer. */
  readonly isOne: boolean;
  readonly bulk: { readonly batchSize?: number; readonly onProgress?: (progress: unknown) => unknown };
  readonly conflict: Conflict;
}

/** An INSERT, described in peewee's words; documented where it is typed. */
export class InsertQuery {
  readonly #parts: InsertParts;

  constructor(parts: InsertParts) {
    this.#parts = parts;
  }

  get #meta(): ModelMeta {
    return this.#parts.base[QUERY].model;
  }

  get #database(): DatabaseCore {
    return this.#parts.base[WRITTEN_TO];
  }

  using(database: unknown): InsertQuery {
    return new InsertQuery({ ...this.#parts, base: this.#parts.base.using(database) });
  }

  #meeting(conflict: Conflict): InsertQuery {
    return new InsertQuery({ ...this.#parts, conflict });
  }

  onConflict(given: unknown): InsertQuery {
    return this.#meeting(readConflict(`${this.#meta.name}.insert(…).onConflict`, given));
  }

  onConflictIgnore(): InsertQuery {
    return this.#meeting({ action: "ignore" });
  }

  onConflictReplace(): InsertQuery {
    return this.#meeting({ action: "replace" });
  }

  sql(): CompiledSql {
    const { rows, bulk } = this.#parts;
    const meta = this.#meta;
    const isReplacing = this.#parts.conflict?.action === "replace";
    const options = { ...bulk, ...this.#conflictOptions() };
    const internal = { replaces: isReplacing, method: "insert", limits: this.#limits };
    const all = bulkCreateSql(this.#database, meta, rows, options, internal);
    if (all?.length === 1) return all[0] as CompiledSql;
    const what = all === null ? "make other rows along with these" : `set different fields: ${all.length} statements`;
    throw new FieldError(`${meta.name}.insert(…).sql() tells one statement, and these rows ${what}.`);
  }

  async execute(): Promise<unknown> {
    const { rows, isOne, conflict } = this.#parts;
    if (conflict?.action === "ignore") return isOne ? this.#insertUnlessThere() : this.#insertOthers();
    if (rows.length === 0) return [];
    const made = await this.#insert(conflict?.action === "replace");
    if (this.#limits?.where !== undefined) return isOne ? keyIfWritten(made[0] as StatefulRow) : undefined;
    const keys = made.map(keyOf);
    return isOne ? keys[0] : keys;
  }

  async #insert(replaces: boolean): Promise<object[]> {
    const { rows, bulk } = this.#parts;
    const [database, meta] = [this.#database, this.#meta];
    if (replaces) return replaceRows(database, meta, rows, { ...bulk, given: null });
    const options = { ...bulk, ...this.#conflictOptions() };
    const made = await bulkCreate(database, meta, rows, options, { method: "insert", limits: this.#limits });
    if (made !== null) return made;
    throw new FieldError(`${meta.name}: insert(…) makes no rows along with its own. Make them by create(…).`);
  }

  /** The one row; where there is one like it, nothing. */
  async #insertUnlessThere(): Promise<{ readonly inserted: boolean; readonly pk: unknown }> {
    const plain = this.#meeting(null);
    const database = this.#database;
    try {
      // A block of its own, so that a failed insert does not break the transaction around it.
      const pk = await (currentBlock(database) === null
        ? plain.execute()
        : atomic(database, () => plain.execute(), {}));
      return { inserted: true, pk };
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error;
      return { inserted: false, pk: null };
    }
  }

  async #insertOthers(): Promise<void> {
    if (this.#parts.rows.length > 0) await this.#insert(false);
  }

  get #limits(): AskedLimits | undefined {
    const { conflict } = this.#parts;
    return conflict?.action === "update" ? conflict.limits : undefined;
  }

  #conflictOptions(): object {
    const { conflict, isOne } = this.#parts;
    // Of one row it is told whether it was there: its statement is a plain one.
    if (conflict?.action === "ignore" && !isOne) return { ignoreConflicts: true };
    if (conflict?.action !== "update") return {};
    const { uniqueFields, updateFields } = conflict;
    return { updateConflicts: true, ...(uniqueFields && { uniqueFields }), ...(updateFields && { updateFields }) };
  }
}

/** The key of a row, where it was written: one that is there may have been left as it is. */
function keyIfWritten(row: StatefulRow): unknown {
  return row[RAW] === null ? null : keyOf(row);
}

/** An INSERT of what a query gives. */
export class InsertFromQuery {
  readonly #base: QuerySetBase;
  readonly #source: unknown;
  readonly #fields: unknown;

  constructor(base: QuerySetBase, source: unknown, fields: unknown) {
    this.#base = base;
    this.#source = source;
    this.#fields = fields;
  }

  using(database: unknown): InsertFromQuery {
    return new InsertFromQuery(this.#base.using(database), this.#source, this.#fields);
  }

  async execute(): Promise<number> {
    return this.#base.insertFrom(this.#source, this.#fields);
  }
}

const ACTIONS = ["ignore", "replace", "update"];
const OPTIONS = ["action", "target", "update", "preserve", "where", "conflictWhere", "constraint"] as const;

type Options = Readonly<Partial<Record<(typeof OPTIONS)[number], unknown>>>;

function readConflict(where: string, given: unknown): Conflict {
  // What is there already is not left out without a word.
  const options = readOptions(where, given ?? null, OPTIONS);
  const isUpdate = options.update !== undefined || options.preserve !== undefined;
  const action = options.action ?? (isUpdate ? "update" : "ignore");
  if (!(ACTIONS as unknown[]).includes(action)) {
    throw new FieldError(`${where}: action is one of ${ACTIONS.join(", ")}, got ${printable(action)}.`);
  }
  if (action === "update") return updating(where, options, isUpdate);
  const extra = OPTIONS.find((name) => name !== "action" && options[name] !== undefined);
  if (extra === undefined) return { action } as Conflict;
  throw new FieldError(
    options.action === undefined
      ? `${where}: ${extra} is about what is updated. Say what that is: preserve: […], or update: { … }.`
      : `${where}: ${extra} goes with an action of "update", not of ${printable(action)}.`,
  );
}

function updating(where: string, options: Options, isSaid: boolean): UpdateConflict {
  const { target, update, preserve } = options;
  if (update !== undefined && (update === null || typeof update !== "object" || Array.isArray(update))) {
    throw new FieldError(`${where}: update is an object of values and expressions, got ${printable(update)}.`);
  }
  return {
    action: "update",
    ...(target !== undefined && { uniqueFields: target as readonly string[] }),
    ...(isSaid && { updateFields: { ...preserved(where, preserve), ...update } }),
    ...limitsIn(where, options),
  };
}

/** What is said of rows that are there beside the fields by which they are found. */
function limitsIn(method: string, { where, conflictWhere, constraint }: Options): { readonly limits?: AskedLimits } {
  if (where === undefined && conflictWhere === undefined && constraint === undefined) return {};
  return {
    limits: {
      ...(where !== undefined && { where: together([where]) }),
      ...(conflictWhere !== undefined && { indexWhere: sqlText(`${method}({ conflictWhere })`, conflictWhere) }),
      ...(constraint !== undefined && {
        constraint: checkIdentifier(`${method}({ constraint })`, constraint as string),
      }),
    },
  };
}

/** What takes the new row's values. */
function preserved(where: string, names: unknown): Record<string, unknown> {
  if (names === undefined) return {};
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw new FieldError(`${where}: preserve is a list of field names, got ${printable(names)}.`);
  }
  return Object.fromEntries(names.map((name: string) => [name, Excluded(name)]));
}
