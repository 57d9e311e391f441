import { metaOf, type ModelClass, type ModelMeta } from "../../models/index.js";
import type { QuerySet } from "../../types/index.js";

/** Where tables are created and dropped: a database. */
export interface TablePlace {
  createTables(models: readonly unknown[], options?: { readonly safe?: boolean }): Promise<void>;
  dropTables(models: readonly unknown[], options?: { readonly safe?: boolean }): Promise<void>;
}

/** Finds the database that a method of a table or of metadata was given, or that it is of. */
export type PlaceOf = (given: unknown, where: string) => TablePlace;

/** A column of a table, as far as it is declared. */
export interface TableColumn {
  readonly name: string;
  readonly kind: string;
  readonly nullable: boolean;
  readonly primaryKey: boolean;
  /** The table and column that it points at. */
  readonly references: string | null;
}

type RowsIn = (model: ModelClass, database: TablePlace) => unknown;

let rowsIn: RowsIn | null = null;

/** Told once, when the module that has querysets is loaded; instances cannot know it, since querysets make them. */
export function attachTableRows(attached: RowsIn): void {
  rowsIn = attached;
}

/** A table of models that belong together, which is there whether its class is still a model or not. `Given` says where. */
export class Table<Given extends readonly unknown[] = []> {
  readonly #model: () => ModelClass;
  readonly #placeOf: PlaceOf;

  /** `model` gives the class that it is known by. */
  constructor(model: () => ModelClass, placeOf: PlaceOf) {
    this.#model = model;
    this.#placeOf = placeOf;
  }

  get name(): string {
    return this.meta.table;
  }

  /** What is known of it. */
  get meta(): ModelMeta {
    return metaOf(this.#model());
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

  /** Creates it where it is not there. */
  async create(...given: Given): Promise<void> {
    await this.#placeOf(given[0], "table.create").createTables([this.#model()], { safe: true });
  }

  /** Drops it where it is there. */
  async drop(...given: Given): Promise<void> {
    await this.#placeOf(given[0], "table.drop").dropTables([this.#model()], { safe: true });
  }

  /** Its rows, as those of the table, not of a class of one's own. */
  rows(...given: Given): QuerySet<unknown> {
    return (rowsIn as RowsIn)(this.#model(), this.#placeOf(given[0], "table.rows")) as QuerySet<unknown>;
  }
}
