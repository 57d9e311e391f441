import type { DatabaseCore } from "../../execute/database-core.js";
import { ALONE } from "../delete-policies.js";
import { QUERY, type Query } from "../../query/index.js";
import { readUpdate } from "../../objects/many/update-aloud.js";
import { deleteCascading } from "../../objects/deleting/deleting.js";
import type { QuerySetBase } from "../../objects/querysets/query-set.js";
import { WRITTEN_TO } from "../../objects/querysets/refinable.js";
import { deleteSql, updateSql } from "../../objects/writing/change.js";
import type { CompiledSql } from "../../types/index.js";
import { either, together } from "./conditions.js";

/** What UPDATE and DELETE have in common: which rows they are of. */
abstract class ChangeQuery {
  readonly #base: QuerySetBase;
  readonly #where: readonly unknown[];

  constructor(base: QuerySetBase, where: readonly unknown[]) {
    this.#base = base;
    this.#where = where;
  }

  protected abstract among(base: QuerySetBase, where: readonly unknown[]): this;

  using(database: unknown): this {
    return this.among(this.#base.using(database), this.#where);
  }

  where(...conditions: unknown[]): this {
    return this.among(this.#base, [...this.#where, ...conditions]);
  }

  orwhere(...conditions: unknown[]): this {
    const where = this.#where;
    if (conditions.length === 0) return this;
    return this.among(this.#base, where.length === 0 ? conditions : [either(where, conditions)]);
  }

  protected get rows(): QuerySetBase {
    return this.#where.length === 0 ? this.#base : this.#base.filter(together(this.#where));
  }

  protected get query(): Query {
    return this.rows[QUERY];
  }

  protected get database(): DatabaseCore {
    return this.#base[WRITTEN_TO];
  }
}

/** An UPDATE, described in peewee's words; documented where it is typed. */
export class UpdateQuery extends ChangeQuery {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(base: QuerySetBase, values: Readonly<Record<string, unknown>>, where: readonly unknown[] = []) {
    super(base, where);
    this.#values = values;
  }

  protected override among(base: QuerySetBase, where: readonly unknown[]): this {
    return new UpdateQuery(base, this.#values, where) as this;
  }

  sql(): CompiledSql {
    const { given, computed } = readUpdate(this.query, this.#values);
    return updateSql(this.database, this.query, given, computed);
  }

  async execute(): Promise<number> {
    return this.rows.update(this.#values, { all: true });
  }
}

/** A DELETE, described in peewee's words; documented where it is typed. */
export class DeleteQuery extends ChangeQuery {
  constructor(base: QuerySetBase, where: readonly unknown[] = []) {
    super(base, where);
  }

  protected override among(base: QuerySetBase, where: readonly unknown[]): this {
    return new DeleteQuery(base, where) as this;
  }

  sql(): CompiledSql {
    return deleteSql(this.database, this.query);
  }

  async execute(): Promise<number> {
    const { query } = this;
    const { byModel } = await deleteCascading(this.database, { query, key: null, policy: ALONE });
    return byModel[query.model.name] ?? 0;
  }
}
