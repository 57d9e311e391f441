import { FieldError, NotLoadedError } from "../errors/index.js";
import { fieldOf, type ManyToManyMeta, META, type ReverseMeta } from "../models/index.js";
import type { StatefulRow } from "../objects/rows/row-state.js";
import type { QuerySet } from "../types/index.js";
import type { ROW } from "../types/phantoms.js";
import { append, listIn, remove } from "./sides.js";
import { modelOf } from "./states.js";

/** The names of a row's relations to many. */
export type CollectionName<I> = {
  [K in keyof I]: I[K] extends QuerySet<unknown> ? K : I[K] extends { append(...rows: never[]): void } ? K : never;
}[keyof I] &
  string;

/** The rows that such a relation leads to. */
export type MemberOf<I, K extends keyof I> = I[K] extends { readonly [ROW]: infer R } ? R : never;

/**
 * The rows that a relation leads to from an object, as they are in memory: known once they were loaded, and of a new
 * object from the start.
 */
export class Collection<R> implements Iterable<R> {
  readonly #row: StatefulRow;
  readonly #relation: ReverseMeta | ManyToManyMeta;

  constructor(row: object, name: string) {
    const meta = modelOf(row, "collection");
    const field = fieldOf(meta, name);
    if (field === undefined || !("many" in field) || !field.many) {
      throw new FieldError(`${meta.name}.${name} is no relation to many rows, so there is no collection of them.`);
    }
    this.#row = row as StatefulRow;
    this.#relation = field;
  }

  /** True once its rows are known. */
  get isLoaded(): boolean {
    return listIn(this.#row, this.#relation) !== null;
  }

  /** Reads its rows, unless they are known. */
  async load(): Promise<this> {
    if (!this.isLoaded) await (this.#row[this.#relation.name] as { all(): Promise<unknown> }).all();
    return this;
  }

  get length(): number {
    return this.#list.length;
  }

  get #list(): readonly R[] {
    const list = listIn(this.#row, this.#relation);
    if (list !== null) return list as unknown as R[];
    if (this.#row["pk"] === null || this.#row["pk"] === undefined) return [];
    const { name } = this.#relation;
    throw new NotLoadedError(
      `${this.#row[META].name}.${name} was not loaded. Load it: await session.collection(row, "${name}").load().`,
    );
  }

  includes(row: R): boolean {
    return this.#list.includes(row);
  }

  at(place: number): R | undefined {
    return this.#list.at(place);
  }

  [Symbol.iterator](): Iterator<R> {
    return [...this.#list][Symbol.iterator]();
  }

  /** Puts rows at its end; they are of the session from now on, and point here. */
  append(...rows: R[]): void {
    append(this.#row, this.#relation, rows);
  }

  /**
   * Takes rows out: their foreign keys are null from now on; where the relation cascades "delete-orphan", they are deleted.
   *
   * @throws SessionError for a row that is not in it.
   */
  remove(...rows: R[]): void {
    remove(this.#row, this.#relation, rows);
  }

  /** Takes all rows out. */
  clear(): void {
    remove(this.#row, this.#relation, [...this.#list]);
  }
}
