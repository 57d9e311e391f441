import { NotLoadedError } from "../../errors/index.js";
import { type ManyToManyMeta, META, ORIGIN, type ReverseMeta, valueIn } from "../../models/index.js";
import { QUERY, type Query, withKeys, withMembers, withNone } from "../../query/index.js";
import { keyIn, linkColumns } from "../rows/link-keys.js";
import type { RowSource } from "../reading/prefetch-tree.js";
import { modeOf } from "../rows/row-results.js";
import type { StatefulRow } from "../rows/row-state.js";

/** The row that a related manager is of, and what is known of the rows that point at it. */
export class RelatedOwner {
  readonly row: StatefulRow;
  readonly relation: ReverseMeta | ManyToManyMeta;
  readonly #base: RowSource;

  constructor(row: StatefulRow, relation: ReverseMeta | ManyToManyMeta, base: RowSource) {
    this.row = row;
    this.relation = relation;
    this.#base = base;
  }

  /** The rows that point at this one. */
  get query(): Query {
    const { relation, row } = this;
    if (relation.type === "manyToMany") {
      return withMembers(this.#base[QUERY], relation, (column) => valueIn(row, column));
    }
    const { here, there } = linkColumns(relation);
    const key = keyIn(row, here);
    return key === null ? withNone(this.#base[QUERY]) : withKeys(this.#base[QUERY], there, [key]);
  }

  /** What rows made by the manager are given. */
  get given(): Readonly<Record<string, unknown>> | null {
    return this.relation.type === "manyToMany" ? null : { [this.relation.via.name]: this.row };
  }

  /** The rows, where they were fetched along; null where they were not. */
  get fetched(): readonly object[] | null {
    return (this.row[this.relation.rowSlot] as readonly object[] | undefined) ?? null;
  }

  /** The rows, of which there must be some knowledge. */
  get demanded(): readonly object[] {
    const { fetched } = this;
    if (fetched !== null) return fetched;
    const { name, target } = this.relation;
    const { name: owner } = this.row[META];
    throw new NotLoadedError(
      `${owner}.${name} was not fetched, so there is nothing to go through yet. Fetch the rows of ${target.name} along ` +
        `with ${owner}.objects.prefetchRelated("${name}"), or ask for them: await row.${name}.all().`,
    );
  }

  /** Forgets rows that were fetched along, once something may have changed them. */
  forget(): void {
    if (this.fetched !== null) this.row[this.relation.rowSlot] = undefined;
  }

  /** Throws where rows may not load more. */
  checkMode(): void {
    const origin = this.row[ORIGIN];
    if (origin !== null && origin !== undefined && modeOf(origin) === "raise") {
      throw lazyLoad(this.row[META].name, this.relation.name, "prefetchRelated", "all");
    }
  }
}

/** What is thrown in place of a lazy load. */
export function lazyLoad(owner: string, relation: string, method: string, call = "load"): NotLoadedError {
  return new NotLoadedError(
    `${owner}.${relation}.${call}() would be a query for one row, which fetchMode("raise") forbids. ` +
      `Fetch it along with ${owner}.objects.${method}("${relation}").`,
  );
}
