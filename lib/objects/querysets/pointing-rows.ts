import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError } from "../../errors/index.js";
import { atomic } from "../../execute/index.js";
import {
  type ColumnMeta,
  declaredName,
  linksOf,
  META,
  oneOfWith,
  type ReverseMeta,
  valueIn,
} from "../../models/index.js";
import { type Query, queryOf, withFilter, withoutOrder, withPicked } from "../../query/index.js";
import { errorsOf } from "../rows/errors-of.js";
import { fetchRows } from "../reading/fetch.js";
import { type Member, memberBy, type Membership, readMembers } from "../relations/members.js";
import { forgetRelated, type RelatedRows, type SetOptions } from "../relations/related-rows.js";
import { setForeignKey } from "../relations/relations.js";
import { forgetOnRollback, isSaved, markSaved, type StatefulRow } from "../rows/row-state.js";
import { type ColumnValues, sameValue } from "../rows/same-value.js";
import { updateAloud } from "../many/update-aloud.js";
import { updatesAloud } from "../signals/signal.js";
import { updateRows } from "../writing/update-line.js";

/** The rows whose foreign key points at one row. */
export class PointingRows implements RelatedRows {
  readonly #row: StatefulRow;
  readonly #relation: ReverseMeta;
  readonly #database: DatabaseCore;
  readonly #members: Membership;
  readonly #queryset: (query: Query) => object;

  constructor(row: StatefulRow, relation: ReverseMeta, database: DatabaseCore, queryset: (query: Query) => object) {
    const { target, name } = relation;
    this.#row = row;
    this.#relation = relation;
    this.#database = database;
    this.#members = { row, owner: row[META].name, name, target, columns: target.primaryKey };
    this.#queryset = queryset;
  }

  async add(given: readonly unknown[]): Promise<void> {
    await this.#add(await readMembers(this.#database, this.#members, given, "add"));
  }

  async remove(given: readonly unknown[]): Promise<number> {
    this.#checkNullable("remove");
    return this.#release(await readMembers(this.#database, this.#members, given, "remove"));
  }

  async clear(): Promise<number> {
    this.#checkNullable("clear");
    return this.#release(null);
  }

  async set(given: readonly unknown[], { clear }: SetOptions): Promise<void> {
    const members = await readMembers(this.#database, this.#members, given, "set");
    await atomic(
      this.#database,
      async () => {
        if (clear) {
          await this.clear();
          return this.#add(members);
        }
        const before = await this.#pointing();
        const wanted = new Set(members.map(({ text }) => text));
        const there = new Set(before.map(({ text }) => text));
        const others = before.filter(({ text }) => !wanted.has(text));
        if (others.length > 0) {
          this.#checkNullable("set");
          await this.#release(others);
        }
        return this.#add(members.filter(({ text }) => !there.has(text)));
      },
      {},
    );
  }

  async #add(members: readonly Member[]): Promise<void> {
    if (members.length === 0) return;
    const values: ColumnValues = new Map(linksOf(this.#relation).map((link) => [link.there, this.#valueOf(link.here)]));
    await this.#changing(members.length > 1, async () => {
      const matched = await this.#point(this.#narrowed(members, false), this.#row, values);
      if (matched < members.length) throw this.#missing(members.length - matched);
    });
    this.#keep(members, this.#row, values);
  }

  /** Sets foreign keys to null, and gives their number: those of some members that point at this row, or of all that do. */
  async #release(members: readonly Member[] | null): Promise<number> {
    if (members !== null && members.length === 0) return 0;
    const columns = this.#relation.via.columns.filter((column) => column.nullable);
    const nothing: ColumnValues = new Map(columns.map((column) => [column, null]));
    const mine = (members ?? []).filter(({ row }) => row !== null && this.#isMine(row));
    const released = await this.#changing(false, () => this.#point(this.#narrowed(members, true), null, nothing));
    this.#keep(mine, null, nothing);
    return released;
  }

  /** Has rows point at one, or at none. */
  async #point(query: Query, owner: StatefulRow | null, fixed: ColumnValues): Promise<number> {
    const database = this.#database;
    const { target, via } = this.#relation;
    if (!updatesAloud(target)) return updateRows(database, query, fixed);
    const values = { [declaredName(via.name)]: owner };
    return updateAloud({ database, query, values, fixed, queryset: this.#queryset(query) });
  }

  async #changing<T>(isLarge: boolean, change: () => Promise<T>): Promise<T> {
    try {
      return await (isLarge || updatesAloud(this.#relation.target) ? atomic(this.#database, change, {}) : change());
    } finally {
      forgetRelated(this.#row, this.#relation);
    }
  }

  /** The target's rows of some keys, or of any; where it is told so only those that point at this row. */
  #narrowed(members: readonly Member[] | null, pointing: boolean): Query {
    const { target, via, name } = this.#relation;
    const where = {
      ...(pointing && { [via.name]: this.#row }),
      ...(members !== null && { pk__in: members.map(({ key }) => key) }),
    };
    return withFilter(queryOf(target), [where], name);
  }

  async #pointing(): Promise<readonly Member[]> {
    const names = this.#members.columns.map((column) => column.field);
    const query = withPicked(withoutOrder(this.#narrowed(null, true)), "lists", names, "valuesList");
    const found = (await fetchRows(this.#database, query)) as unknown[][];
    return found.map((values) => memberBy(values));
  }

  #valueOf(column: ColumnMeta): unknown {
    return valueIn(this.#row, column);
  }

  #isMine(row: StatefulRow): boolean {
    return linksOf(this.#relation).every(({ here, there }) => sameValue(valueIn(row, there), this.#valueOf(here)));
  }

  /** Has rows that were given know what was written of them. */
  #keep(members: readonly Member[], owner: StatefulRow | null, values: ColumnValues): void {
    for (const { row } of members) {
      if (row === null || !isSaved(row)) continue;
      forgetOnRollback(row, this.#database);
      setForeignKey(row, this.#relation.via, owner);
      markSaved(row, this.#database, values);
    }
  }

  #missing(number: number): Error {
    const { target, name } = this.#relation;
    const { DoesNotExist } = errorsOf(target);
    const what = number === 1 ? "one row" : `${number} rows`;
    return new DoesNotExist(
      `${this.#members.owner}.${name}.add(…): ${what} of ${target.name} that it was given cannot be found. Save rows first.`,
    );
  }

  #checkNullable(method: string): void {
    const { target, via, name } = this.#relation;
    if (oneOfWith(target, via)?.nullable ?? via.nullable) return;
    const field = declaredName(via.name);
    throw new FieldError(
      `${this.#members.owner}.${name}: ${method}(…) would leave rows without a "${field}", which ` +
        `${target.name}.${field} does not allow. Delete them, give them to another row, or declare it { null: true }.`,
    );
  }
}
