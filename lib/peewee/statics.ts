import { FieldError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { QuerySetBase } from "../objects/querysets/query-set.js";
import { metaOf } from "../models/index.js";
import { checkValues } from "../objects/rows/row-values.js";
import { addIndex } from "./add-index.js";
import { deleteInstance } from "./delete-instance.js";
import type { DeleteInstanceOptions } from "./types/model.js";
import { readOptions } from "./options.js";
import { DeleteQuery, UpdateQuery } from "./queries/change.js";
import { byKeyOrLookups } from "./queries/conditions.js";
import { InsertFromQuery, InsertQuery, type InsertParts } from "./queries/insert.js";
import { RawQuery, rawSql } from "./queries/raw.js";
import { rowsGiven } from "./queries/rows-given.js";
import { SelectQuery } from "./queries/select.js";

interface Model {
  readonly name: string;
}

function allOf(model: unknown): QuerySetBase {
  return new QuerySetBase(model);
}

function inserting(model: unknown, changed: Partial<InsertParts> & Pick<InsertParts, "rows">): InsertQuery {
  return new InsertQuery({ base: allOf(model), isOne: false, bulk: {}, conflict: null, ...changed });
}

function insertingMany(model: Model, method: string, given: unknown, options: unknown): InsertQuery {
  const where = `${model.name}.${method}`;
  const { fields, ...bulk } = readOptions(where, options, ["fields", "batchSize", "onProgress"]);
  return inserting(model, { rows: rowsGiven(where, given, fields), bulk: bulk as InsertParts["bulk"] });
}

/** What the classes of peewee's models can do; documented where it is typed. */
export const statics = {
  create(values: object): Promise<object> {
    return allOf(this).create(values);
  },

  async get(...where: unknown[]): Promise<unknown> {
    return SelectQuery.of(allOf(this), [])
      .where(...byKeyOrLookups(this, where))
      .get();
  },

  async getOrNone(...where: unknown[]): Promise<unknown> {
    return SelectQuery.of(allOf(this), [])
      .where(...byKeyOrLookups(this, where))
      .first();
  },

  async getById(key: unknown): Promise<object> {
    return allOf(this).get({ pk: key });
  },

  async setById(key: unknown, values: Readonly<Record<string, unknown>>): Promise<number> {
    if (key === null || key === undefined) {
      const { name } = this as unknown as Model;
      throw new FieldError(
        `${name}.setById(key, …) takes a primary key, got ${printable(key)}. To make a row: create(…).`,
      );
    }
    return allOf(this).filter({ pk: key }).update(values);
  },

  async deleteById(key: unknown): Promise<number> {
    return new DeleteQuery(allOf(this), [{ pk: key }]).execute();
  },

  async has(key: unknown): Promise<boolean> {
    return allOf(this).filter({ pk: key }).exists();
  },

  async getOrCreate(where: object, options?: { defaults?: object }): Promise<[object, boolean]> {
    const { name } = this as unknown as Model;
    return allOf(this).getOrCreate(where, readOptions(`${name}.getOrCreate`, options, ["defaults"]) as typeof options);
  },

  count(): Promise<number> {
    return allOf(this).count();
  },

  select(...items: unknown[]): SelectQuery {
    return SelectQuery.of(allOf(this), items);
  },

  insert(values: object): InsertQuery {
    checkValues(metaOf(this), values, "insert");
    return inserting(this, { rows: [values], isOne: true });
  },

  insertMany(rows: unknown, options?: unknown): InsertQuery {
    return insertingMany(this as unknown as Model, "insertMany", rows, options);
  },

  insertFrom(source: unknown, fields?: unknown): InsertFromQuery {
    return new InsertFromQuery(allOf(this), source instanceof SelectQuery ? source.values() : source, fields);
  },

  replace(values: object): InsertQuery {
    checkValues(metaOf(this), values, "replace");
    return inserting(this, { rows: [values], isOne: true, conflict: { action: "replace" } });
  },

  replaceMany(rows: unknown, options?: unknown): InsertQuery {
    return insertingMany(this as unknown as Model, "replaceMany", rows, options).onConflictReplace();
  },

  update(values: Readonly<Record<string, unknown>>): UpdateQuery {
    return new UpdateQuery(allOf(this), values);
  },

  delete(): DeleteQuery {
    return new DeleteQuery(allOf(this));
  },

  raw(given: unknown, ...parameters: unknown[]): RawQuery {
    const text = rawSql(`${(this as unknown as Model).name}.raw`, given, parameters);
    return new RawQuery(allOf(this), text);
  },

  bulkCreate(rows: readonly object[], options?: object): Promise<object[]> {
    return allOf(this).bulkCreate(rows, options);
  },

  bulkUpdate(rows: unknown, fields: unknown, options?: object): Promise<number> {
    return allOf(this).bulkUpdate(rows, fields, options);
  },

  addIndex(...given: unknown[]): void {
    addIndex(this, given);
  },

  [Symbol.asyncIterator](): AsyncIterator<object> {
    return allOf(this).iterator();
  },
};

/** What rows of peewee's models can do beside what every row can. */
export const members = {
  deleteInstance(this: { readonly pk: unknown }, options?: DeleteInstanceOptions): Promise<number> {
    return deleteInstance(this, options);
  },
};
