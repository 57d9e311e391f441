import {
  bind,
  compileArrayUpdate,
  compileBulkUpdate,
  compileListUpdate,
  compileUpdate,
  type Plan,
} from "../../compile/index.js";
import type { RowList } from "../../databases/ports/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { run, runMany } from "../../execute/index.js";
import type { ColumnMeta } from "../../models/index.js";
import { type Query, shapeKey, withKeys } from "../../query/index.js";
import { columnTypes } from "./array-insert.js";
import { AT_ONCE, fitting, sizeFrom } from "./insert-batches.js";
import type { StatefulRow } from "../rows/row-state.js";

/** A row about to be updated: its key as it is in the database, and its new values. */
export interface Change {
  readonly row: StatefulRow;
  readonly key: readonly unknown[];
  /** One for each column that is written. */
  readonly values: readonly unknown[];
}

/** Rows in one statement where it is spelled out for each of them. */
const SPELLED = 200;
/** Rows in one statement of arrays, or of a list. */
const LISTED = 1000;

/** How an engine is told of many changes. */
interface Writer {
  /** How many of the changes from a place on go at once. */
  size(changes: readonly Change[], start: number): number;
  /** Gives the number of rows matched. */
  write(batch: readonly Change[]): Promise<number>;
}

interface Task {
  readonly database: DatabaseCore;
  readonly query: Query;
  readonly columns: readonly ColumnMeta[];
  readonly batchSize: number | undefined;
  /** How many there are in all. */
  readonly rows: number;
}

/**
 * The way that is quickest: a statement run for each row where that costs no journey, else one of arrays or of a list, or
 * a CASE.
 */
export async function writerFor(task: Task): Promise<Writer> {
  const { database, query, columns } = task;
  const { features, operations } = database.engine;
  if (features.executeMany === true) return manyRuns(task);
  const { primaryKey } = query.model;
  const all = [...primaryKey, ...columns];
  const sqlTypes = await columnTypes(database, query.model, all);
  if (sqlTypes !== null) return ofArrays(task, sqlTypes);
  const types = all.map(({ type }) => type);
  const list = task.rows === 1 ? null : (operations.rowList?.(types, primaryKey.length) ?? null);
  return list === null ? spelledOut(task) : ofList(task, list);
}

function manyRuns({ database, query, columns, batchSize = AT_ONCE }: Task): Writer {
  const first = narrowedBy(query, [query.model.primaryKey.map(() => 0)]);
  const plan = database.plans.get(`${planKey(columns, 0)}${shapeKey(first)}`, () =>
    compileUpdate(database, first, columns),
  );
  return {
    size: (changes, start) => Math.min(changes.length - start, batchSize),
    write: async (batch) => {
      const { length } = plan.slots;
      const parameters = new Array<unknown>(batch.length * length);
      const own = { values: [...query.values], limit: null, offset: 0 };
      batch.forEach((change, at) => {
        putValues(own.values, query.values.length, change);
        bind(plan, own, parameters, at * length);
      });
      const request = { statement: plan.statement, parameters, model: query.model.name };
      return (await runMany(database, request, batch.length)).affected;
    },
  };
}

function ofArrays({ database, query, columns, batchSize = LISTED }: Task, sqlTypes: readonly string[]): Writer {
  const plan = database.plans.get(`${planKey(columns, 0)}${sqlTypes.join()} ${shapeKey(query)}`, () =>
    compileArrayUpdate(database, query, { columns, sqlTypes }),
  );
  return {
    size: () => batchSize,
    write: (batch) => {
      const { primaryKey } = query.model;
      const lists = [
        ...primaryKey.map((_, at) => batch.map(({ key }) => key[at])),
        ...columns.map((_, at) => batch.map(({ values }) => values[at])),
      ];
      return send(database, query, plan, [...query.values, ...lists]);
    },
  };
}

function ofList({ database, query, columns, batchSize = LISTED }: Task, list: RowList): Writer {
  const plan = database.plans.get(`${planKey(columns, 0)}${shapeKey(query)}`, () =>
    compileListUpdate(database, query, { columns, list }),
  );
  return {
    size: (changes, start) => fitting(database, changes.slice(start, start + batchSize).map(valuesOf)),
    write: (batch) => send(database, query, plan, [...query.values, batch.map(valuesOf)]),
  };
}

/** A CASE for each column; or, where an engine could not tell the types in it, an update for each row. */
function spelledOut({ database, query, columns, batchSize = SPELLED }: Task): Writer {
  const { engine } = database;
  const { primaryKey } = query.model;
  const width = primaryKey.length + columns.length * (primaryKey.length + 1);
  const room = Math.floor((engine.features.maxParameters - query.values.length) / width);
  const most = engine.operations.arrayInsert === undefined ? Math.min(batchSize, room) : 1;
  return {
    size: (changes, start) => {
      const tuples = changes.slice(start, start + most).map((change) => valuesOf(change));
      return sizeFrom(database, tuples, 0, most);
    },
    write: (batch) => {
      const { length } = batch;
      const keys = batch.map(({ key }) => key);
      const named = narrowedBy(query, keys);
      const plan = database.plans.get(`${planKey(columns, length)}${shapeKey(named)}`, () =>
        length === 1
          ? compileUpdate(database, named, columns)
          : compileBulkUpdate(database, named, { columns, rows: length }),
      );
      const tuples = batch.map((change) => valuesOf(change));
      const values = length === 1 ? tuples.map((tuple) => tuple.slice(primaryKey.length)) : tuples;
      return send(database, query, plan, [...named.values, ...values.flat()]);
    },
  };
}

/** A row's key, and its new values. */
function valuesOf({ key, values }: Change): unknown[] {
  return [...key, ...values];
}

/** Puts the same into a list, from a place on. */
function putValues(list: unknown[], start: number, { key, values }: Change): void {
  for (let at = 0; at < key.length; at += 1) list[start + at] = key[at];
  for (let at = 0; at < values.length; at += 1) list[start + key.length + at] = values[at];
}

function planKey(columns: readonly ColumnMeta[], rows: number): string {
  return `bulk ${columns.map(({ index }) => index).join()} ${rows} `;
}

function bound(plan: Plan, values: unknown[]): unknown[] {
  return bind(plan, { values, limit: null, offset: 0 });
}

async function send(database: DatabaseCore, query: Query, plan: Plan, values: unknown[]): Promise<number> {
  const request = { statement: plan.statement, parameters: bound(plan, values), model: query.model.name };
  return (await run(database, request)).affected;
}

/** The rows of a query that have one of some keys. */
export function narrowedBy(query: Query, keys: readonly (readonly unknown[])[]): Query {
  const { primaryKey } = query.model;
  return withKeys(query, primaryKey, primaryKey.length === 1 ? keys.map(([key]) => key) : keys);
}
