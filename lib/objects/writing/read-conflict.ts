import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError, NotSupportedError } from "../../errors/index.js";
import { Expression } from "../../expressions/index.js";
import {
  type ColumnMeta,
  columnsOfField,
  fieldOf,
  isSameSet,
  META,
  type ModelMeta,
  uniqueKeys,
} from "../../models/index.js";
import { queryOf } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { readComputed } from "./computed.js";
import { type Computed, NOTHING } from "./computed-columns.js";
import type { Conflict } from "./conflict.js";
import {
  type AskedLimits,
  columnsOfConstraint,
  type ConflictLimits,
  readLimits,
  UNLIMITED,
} from "./conflict-limits.js";
import { columnsNamed, readValues } from "../rows/row-values.js";
import type { ColumnValues } from "../rows/same-value.js";
import { type InsertGroup, isSameList, writePlanOf } from "./write-plan.js";

/** What is said about rows that are there already. */
export interface ConflictOptions {
  readonly ignoreConflicts?: boolean;
  readonly updateConflicts?: boolean;
  readonly uniqueFields?: readonly string[];
  readonly updateFields?: readonly string[] | Readonly<Record<string, unknown>>;
}

type Updates = Pick<Conflict, "taken" | "plain" | "computed">;

/** The same, read; what was not said depends on the rows. */
export interface AskedConflict {
  readonly meta: ModelMeta;
  readonly method: string;
  readonly action: Conflict["action"];
  readonly target: readonly ColumnMeta[] | null;
  readonly updates: Updates | null;
  readonly limits: ConflictLimits;
  /** Conflicts by what rows give, and groups by what they set, once each. */
  readonly made: Map<string, Conflict>;
  readonly groups: Map<InsertGroup, Map<Conflict, InsertGroup>>;
}

/** Reads what is to happen about rows that are there already; null where they are an error. */
export function readConflict(
  meta: ModelMeta,
  options: ConflictOptions,
  method: string,
  limits?: AskedLimits,
): AskedConflict | null {
  checkTogether(meta, options, method);
  const { ignoreConflicts, updateConflicts, uniqueFields, updateFields } = options;
  if (ignoreConflicts !== true && updateConflicts !== true) return null;
  return {
    meta,
    method,
    action: updateConflicts === true ? "update" : "ignore",
    target: readTarget(meta, uniqueFields, method, limits ?? {}),
    updates: updateFields === undefined ? null : readUpdates(meta, updateFields, method),
    limits: readLimits(meta, limits, method),
    made: new Map(),
    groups: new Map(),
  };
}

function checkTogether(meta: ModelMeta, options: ConflictOptions, method: string): void {
  const { ignoreConflicts = false, updateConflicts = false, uniqueFields, updateFields } = options;
  const misuse = (text: string) => new FieldError(`${meta.name}: ${method}(…): ${text}`);
  for (const [name, value] of Object.entries({ ignoreConflicts, updateConflicts })) {
    if (typeof value !== "boolean") throw misuse(`${name} is true or false, got ${printable(value)}.`);
  }
  if (ignoreConflicts && updateConflicts) throw misuse("ignoreConflicts and updateConflicts exclude each other.");
  if (!updateConflicts && updateFields !== undefined) throw misuse("updateFields goes with updateConflicts: true.");
  if (!ignoreConflicts && !updateConflicts && uniqueFields !== undefined) {
    throw misuse("uniqueFields goes with ignoreConflicts or updateConflicts: true.");
  }
}

/** For those of us who know the columns. */
export function leavingOut(meta: ModelMeta, target: readonly ColumnMeta[], method: string): AskedConflict {
  const none = { updates: null, limits: UNLIMITED, made: new Map<string, Conflict>(), groups: new Map() };
  return { meta, method, action: "ignore", target, ...none };
}

/** The columns of fields that are unique together; null where nobody said which. */
function readTarget(
  meta: ModelMeta,
  names: unknown,
  method: string,
  { indexWhere, constraint }: AskedLimits,
): readonly ColumnMeta[] | null {
  const isPartial = indexWhere !== undefined;
  if (names === undefined) {
    const known = constraint === undefined ? undefined : columnsOfConstraint(meta, constraint);
    if (known !== undefined || !(isPartial || constraint !== undefined)) return known ?? null;
    const what = isPartial
      ? "a partial index"
      : `the constraint "${constraint ?? ""}", which the model does not declare`;
    throw new FieldError(`${meta.name}: ${method}(…): say of which fields ${what} is: { target: […] }.`);
  }
  const columns = namedList(meta, names, "uniqueFields", method);
  // Of these the model need not know.
  if (isPartial || constraint !== undefined) return columns;
  const found = uniqueKeys(meta).find((key) => isSameSet(key, columns));
  if (found !== undefined) return found;
  throw new FieldError(
    `${meta.name}: ${method}(…): uniqueFields ${spelled(columns)} are not unique together, so nothing tells rows apart ` +
      `by them. ${uniqueKeysOf(meta)}`,
  );
}

function namedList(meta: ModelMeta, names: unknown, option: string, method: string): ColumnMeta[] {
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw new FieldError(`${meta.name}: ${method}(…): ${option} is a list of field names, got ${printable(names)}.`);
  }
  if (names.length === 0 && option === "uniqueFields") {
    throw new FieldError(`${meta.name}: ${method}(…): uniqueFields names no field. ${uniqueKeysOf(meta)}`);
  }
  return [...new Set(names.flatMap((name) => (name === "pk" ? meta.primaryKey : columnsNamed(meta, name, method))))];
}

function readUpdates(meta: ModelMeta, given: unknown, method: string): Updates {
  if (Array.isArray(given)) {
    const taken = namedList(meta, given, "updateFields", method);
    checkSettable(meta, taken, method);
    return { taken, plain: new Map(), computed: taken.length === 0 ? NOTHING : computedOf(meta, {}, taken, method) };
  }
  if (given === null || typeof given !== "object" || Expression.is(given) || META in given) {
    throw new FieldError(
      `${meta.name}: ${method}(…): updateFields is a list of field names, or an object such as ` +
        `{ hits: F("hits").add(1) }, got ${printable(given)}.`,
    );
  }
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const expressions = Object.fromEntries(entries.filter(([, value]) => Expression.is(value)));
  const plain: ColumnValues = readValues(
    meta,
    Object.fromEntries(entries.filter(([, value]) => !Expression.is(value))),
    method,
  );
  const computed = computedOf(meta, expressions, [...plain.keys()], method);
  checkSettable(meta, [...plain.keys(), ...computed.columns.map(({ column }) => column)], method);
  return { taken: [], plain, computed };
}

/** What is worked out, a row's next version among it. Its values stand behind those of the rows, wherever that is. */
function computedOf(
  meta: ModelMeta,
  expressions: Readonly<Record<string, unknown>>,
  others: readonly ColumnMeta[],
  method: string,
): Computed {
  const { version } = meta;
  const isSaid = version === null || others.includes(version) || Object.hasOwn(expressions, version.field);
  const next = isSaid ? {} : { [version.field]: new Expression({ kind: "path", path: version.field }).add(1) };
  const all = { ...expressions, ...next };
  return Object.keys(all).length === 0 ? NOTHING : readComputed(queryOf(meta), all, 0, method, true);
}

function checkSettable(meta: ModelMeta, columns: readonly ColumnMeta[], method: string): void {
  const kind = meta.kind !== null && meta.kind.value !== null ? meta.kind.column : null;
  const wrong = columns.find((column) => {
    return column.primaryKey || column === kind || column.options.generatedAs !== undefined;
  });
  if (wrong === undefined) return;
  const fixed = wrong === kind ? `the same for every ${meta.name}` : "computed by the database";
  const why = wrong.primaryKey ? "part of the primary key, by which rows are known" : fixed;
  throw new FieldError(`${meta.name}: ${method}(…): updateFields names "${wrong.field}", which is ${why}.`);
}

/** A row to be inserted: what was given of it, and all its values by column. */
export interface GivenRow {
  readonly given: readonly ColumnMeta[];
  readonly values: readonly unknown[];
}

/** The columns of which values were given: of a row that was made before, all that it has. */
export function givenColumns(meta: ModelMeta, source: object, values: readonly unknown[]): readonly ColumnMeta[] {
  if (META in source) {
    return meta.columns.filter(({ index, options }) => values[index] !== undefined && options.autoNowAdd !== true);
  }
  const names = Object.keys(source).filter((name) => (source as Record<string, unknown>)[name] !== undefined);
  const plan = writePlanOf(meta);
  const { latestGiven } = plan;
  // Rows that give the same names one after another share the list.
  if (latestGiven !== null && isSameList(latestGiven.names, names)) return latestGiven.columns;
  const columns = names.flatMap((name) => {
    if (name === "pk") return meta.primaryKey;
    const field = fieldOf(meta, name);
    return field === undefined ? [] : columnsOfField(field);
  });
  plan.latestGiven = { names, columns };
  return columns;
}

/** The columns that tell the rows apart where nobody said which: the only unique ones of which each row gives values. */
export function targetFor(
  { meta, target, action, method }: AskedConflict,
  rows: readonly GivenRow[],
): readonly ColumnMeta[] {
  if (target !== null) return target;
  if (action === "ignore") return [];
  const possible = uniqueKeys(meta).filter((key) => rows.every((row) => key.every((column) => isGiven(row, column))));
  const [first, ...others] = possible.filter((key, at) => possible.findIndex((one) => isSameSet(one, key)) === at);
  if (first !== undefined && others.length === 0) return first;
  const what = first === undefined ? "the rows give values of none" : "the rows give values of several";
  throw new FieldError(
    `${meta.name}: ${method}(…) tells rows apart by fields that are unique, and ${what}. Say by which: ` +
      `{ uniqueFields: […] }. ${uniqueKeysOf(meta)}`,
  );
}

/** True for a column that a row was given a value of, and not NULL: that is equal to nothing. */
function isGiven({ given, values }: GivenRow, column: ColumnMeta): boolean {
  return given.includes(column) && values[column.index] !== null;
}

/** What is to happen about a row. */
export function conflictOf(asked: AskedConflict, target: readonly ColumnMeta[], { given, values }: GivenRow): Conflict {
  const { action, method, made } = asked;
  const none: Updates = { taken: [], plain: new Map(), computed: NOTHING };
  const updates = action === "ignore" ? none : (asked.updates ?? takenFrom(asked, target, given, values));
  const places = (columns: Iterable<ColumnMeta>): string => [...columns].map(({ index }) => index).join();
  const { taken, plain, computed } = updates;
  const { limits } = asked;
  const key = `on ${action} ${places(target)} ${places(taken)}/${places(plain.keys())}/${computed.key}${limits.key}`;
  let conflict = made.get(key);
  if (conflict === undefined) {
    const isIdle = taken.length + plain.size + computed.columns.length === 0 && action === "update";
    // Something must be set, or the row that is there is not told about.
    conflict = { ...updates, ...(isIdle && { taken: [target[0] as ColumnMeta] }), limits, action, target, key, method };
    made.set(key, conflict);
  }
  return conflict;
}

/** What a row sets by itself: what was given, but for what tells it apart and what never changes. */
function takenFrom(
  { meta, method }: AskedConflict,
  target: readonly ColumnMeta[],
  given: readonly ColumnMeta[],
  values: readonly unknown[],
): Updates {
  const fixed = (column: ColumnMeta): boolean =>
    target.includes(column) ||
    column.primaryKey ||
    column === meta.kind?.column ||
    column === meta.version ||
    column.options.generatedAs !== undefined;
  const stamped = writePlanOf(meta).stamped.filter(({ index }) => values[index] !== undefined);
  const taken = [...new Set([...given, ...stamped])].filter((column) => !fixed(column));
  const computed = taken.length === 0 ? NOTHING : computedOf(meta, {}, taken, method);
  return { taken: taken.sort((a, b) => a.index - b.index), plain: new Map(), computed };
}

/** A group of rows that may be there already. */
export function meeting(asked: AskedConflict, group: InsertGroup, conflict: Conflict): InsertGroup {
  let ofGroup = asked.groups.get(group);
  if (ofGroup === undefined) asked.groups.set(group, (ofGroup = new Map<Conflict, InsertGroup>()));
  let found = ofGroup.get(conflict);
  if (found === undefined) {
    const key = `${group.key}${conflict.key} `;
    // Rows that leave everything to the database meet no others.
    const isEmpty = group.columns.length === 0;
    found = isEmpty ? group : { ...group, key, keyOfOne: `${key}1 0`, conflict };
    ofGroup.set(conflict, found);
  }
  return found;
}

/** Throws where an engine would take rows for each other that are alike in something else than what was said. */
export function checkTarget(database: DatabaseCore, { meta, made, conflict }: InsertGroup): void {
  const { label, features } = database.engine;
  if (conflict === undefined || features.conflictTargets || conflict.target.length === 0) return;
  const { target, method } = conflict;
  const other = uniqueKeys(meta).find((key) => {
    const isMade = key.some((column) => column.generated && made.includes(column));
    return !isMade && !target.every((column) => key.includes(column));
  });
  if (other === undefined) return;
  throw new NotSupportedError(
    `${meta.name}: ${method}(…) by ${spelled(target)}: ${label} cannot tell by which unique columns a row was found, and ` +
      `one alike in ${spelled(other)} would be taken for it.`,
    { hint: `Leave ${spelled(other)} out of the rows, or use updateOrCreate(…).` },
  );
}

function spelled(columns: readonly ColumnMeta[]): string {
  return `[${[...new Set(columns.map(({ field }) => field))].join(", ")}]`;
}

function uniqueKeysOf(meta: ModelMeta): string {
  return `Unique: ${uniqueKeys(meta).map(spelled).join(", ")}.`;
}
