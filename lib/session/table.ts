import { metaOf, type ModelClass, type ModelMeta } from "../models/index.js";
import { QuerySetBase } from "../objects/querysets/query-set.js";
import type { QuerySet } from "../types/index.js";
import { databaseIn, type Engine } from "./engine.js";
import type { Database } from "../objects/instances/database.js";

/** A column of a table, as far as it is declared. */
export interface TableColumn {
  readonly name: string;
  readonly kind: string;
  readonly nullable: boolean;
  readonly primaryKey: boolean;
  /** The table and column that it points at. */
  readonly references: string | null;
}

/** A table of a registry, which is there whether its class is mapped or not. */
export class Table {
  readonly #model: ModelClass;

  constructor(model: ModelClass) {
    this.#model = model;
  }

  get name(): string {
    return this.meta.table;
  }

  /** What is known of it. */
  get meta(): ModelMeta {
    return metaOf(this.#model);
  }

  get columns(): readonly TableColumn[] {
    return this.meta.columns.map(({ name, scalar, nullable, primaryKey, relation }) => ({
      name,
      kind: scalar.kind,
      nullable,
      primaryKey,
      references: relation === null ? null : `${relation.target.table}.${relation.targetColumn.name}`,
    }));
  }

  async create(engine: Engine | Database, options: { readonly safe?: boolean } = {}): Promise<void> {
    await databaseIn(engine, "table.create(engine)").createTables([this.#model], options);
  }

  async drop(engine: Engine | Database, options: { readonly safe?: boolean } = {}): Promise<void> {
    await databaseIn(engine, "table.drop(engine)").dropTables([this.#model], options);
  }

  /** Its rows, as plain objects of the table, not of a class of one's own. */
  rows(engine: Engine | Database): QuerySet<unknown> {
    const all = new QuerySetBase(this.#model).using(databaseIn(engine, "table.rows(engine)"));
    return all as unknown as QuerySet<unknown>;
  }
}
