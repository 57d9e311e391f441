import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError } from "../../errors/index.js";
import { atomic } from "../../execute/index.js";
import { type ColumnMeta, isSameSet, type ManyToManyMeta, META, uniqueKeys, valueIn } from "../../models/index.js";
import { QUERY, type Query, queryOf, withCombined, withFilter, withPicked } from "../../query/index.js";
import { bulkCreate } from "../many/bulk-create.js";
import { deleteCascading } from "../deleting/deleting.js";
import { fetchRows } from "../reading/fetch.js";
import { called } from "../many/get-or-create.js";
import { type Member, memberBy, type Membership, readMembers } from "../relations/members.js";
import { forgetRelated, type RelatedRows, type SetOptions } from "../relations/related-rows.js";
import type { StatefulRow } from "../rows/row-state.js";
import { createsManyAloud, heard } from "../signals/signal.js";

/** The rows that a many-to-many relation ties to one row, by rows of its through model. */
export class TiedRows implements RelatedRows {
  readonly #row: StatefulRow;
  readonly #relation: ManyToManyMeta;
  readonly #database: DatabaseCore;
  readonly #members: Membership;

  constructor(row: StatefulRow, relation: ManyToManyMeta, database: DatabaseCore) {
    const { target, name, hops } = relation;
    this.#row = row;
    this.#relation = relation;
    this.#database = database;
    this.#members = { row, owner: row[META].name, name, target, columns: hops[1].targetColumns };
  }

  async add(given: readonly unknown[], throughDefaults: object): Promise<void> {
    const members = await readMembers(this.#database, this.#members, given, "add");
    await this.#changing(() => this.#tie(members, throughDefaults));
  }

  async remove(given: readonly unknown[]): Promise<number> {
    const members = await readMembers(this.#database, this.#members, given, "remove");
    return this.#changing(() => this.#untie(members));
  }

  async clear(): Promise<number> {
    return this.#changing(() => this.#untie(null));
  }

  async set(given: readonly unknown[], { clear, throughDefaults }: SetOptions): Promise<void> {
    const members = await readMembers(this.#database, this.#members, given, "set");
    await this.#changing(() =>
      this.#atomic(async () => {
        if (clear) await this.#untie(null);
        const before = clear ? [] : await this.#tied(null);
        const wanted = new Set(members.map(({ text }) => text));
        const there = new Set(before.map(({ text }) => text));
        await this.#untie(before.filter(({ text }) => !wanted.has(text)));
        await this.#insert(
          members.filter(({ text }) => !there.has(text)),
          throughDefaults,
        );
      }),
    );
  }

  /** Ties rows that were just made. */
  async tieNew(rows: readonly object[], throughDefaults: object): Promise<void> {
    await this.#insert(await readMembers(this.#database, this.#members, rows, "create"), throughDefaults);
  }

  /** Ties members that may be tied already: one statement, where the through model keeps pairs unique. */
  async #tie(members: readonly Member[], throughDefaults: object): Promise<void> {
    if (members.length === 0) return;
    // Who hears of it hears of those that were not tied yet.
    const isHeard = this.#isHeard || createsManyAloud(this.#relation.through);
    const isTold = uniquePair(this.#relation) !== null && !isHeard;
    if (isTold) return this.#insert(members, throughDefaults);
    await this.#atomic(async () => {
      const there = new Set((await this.#tied(members)).map(({ text }) => text));
      await this.#insert(
        members.filter(({ text }) => !there.has(text)),
        throughDefaults,
      );
    });
  }

  async #insert(members: readonly Member[], throughDefaults: object): Promise<void> {
    if (members.length === 0) return;
    await this.#aloud("Add", members, () => this.#insertRows(members, throughDefaults));
  }

  async #insertRows(members: readonly Member[], throughDefaults: object): Promise<void> {
    const { through, hops, isSymmetrical } = this.#relation;
    const [here, there] = [hops[0].via, hops[1]];
    const mine = this.#mine();
    const rows = members.flatMap(({ key, text }) => {
      const one = { ...called(throughDefaults), [here.name]: mine.key, [there.name]: key };
      const isOwn = text === mine.text;
      return isSymmetrical && !isOwn ? [one, { ...one, [here.name]: key, [there.name]: mine.key }] : [one];
    });
    const unlessThere = uniquePair(this.#relation) ?? undefined;
    const made = await bulkCreate(this.#database, through, rows, {}, { unlessThere });
    if (made !== null) return;
    const { owner, name } = this.#members;
    throw new FieldError(`${owner}.${name}: throughDefaults hold values, and no rows that are still to be made.`);
  }

  /** Unties some members, or all, and gives the number of ties there were. */
  async #untie(members: readonly Member[] | null): Promise<number> {
    if (members !== null && members.length === 0) return 0;
    return this.#aloud(members === null ? "Clear" : "Remove", members, async () => {
      const { byModel } = await deleteCascading(this.#database, { query: this.#ties(members), key: null });
      return byModel[this.#relation.through.name] ?? 0;
    });
  }

  get #isHeard(): boolean {
    return heard.m2mChanged.hears(this.#relation.through);
  }

  /** Makes a change, and has it told of before and after, in one transaction. */
  async #aloud<T>(what: string, members: readonly Member[] | null, change: () => Promise<T>): Promise<T> {
    if (!this.#isHeard) return change();
    const { through, name } = this.#relation;
    const event = { row: this.#row, relation: name, keys: members?.map(({ key }) => key) ?? null };
    return this.#atomic(async () => {
      await heard.m2mChanged.send(through, { action: `pre${what}`, ...event });
      const changed = await change();
      await heard.m2mChanged.send(through, { action: `post${what}`, ...event });
      return changed;
    });
  }

  /** The through model's rows between this row and some members, or any. */
  #ties(members: readonly Member[] | null): Query {
    const { through, hops, isSymmetrical } = this.#relation;
    const [here, there] = [hops[0].via.name, hops[1].name];
    const mine = this.#mine().key;
    const keys = members?.map(({ key }) => key);
    const ties = (from: string, to: string) =>
      withFilter(
        queryOf(through),
        [{ [from]: mine, ...(keys !== undefined && { [`${to}__in`]: keys }) }],
        this.#members.name,
      );
    if (!isSymmetrical) return ties(here, there);
    return withCombined(ties(here, there), { [QUERY]: ties(there, here) }, "or");
  }

  /** Those of some members, or of all, that are tied. */
  async #tied(members: readonly Member[] | null): Promise<readonly Member[]> {
    const { through, hops } = this.#relation;
    const where = {
      [hops[0].via.name]: this.#mine().key,
      ...(members !== null && { [`${hops[1].name}__in`]: members.map(({ key }) => key) }),
    };
    const query = withFilter(queryOf(through), [where], this.#members.name);
    const names = [hops[1].name];
    const found = (await fetchRows(this.#database, withPicked(query, "flat", names, "valuesList"))) as unknown[];
    return found.map((key) => memberBy(Array.isArray(key) ? (key as unknown[]) : [key]));
  }

  /** This row, by what its ties know it by. */
  #mine(): Member {
    return memberBy(this.#relation.hops[0].via.targetColumns.map((column) => valueIn(this.#row, column)));
  }

  async #changing<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } finally {
      forgetRelated(this.#row, this.#relation);
    }
  }

  #atomic<T>(work: () => Promise<T>): Promise<T> {
    return atomic(this.#database, work, {});
  }
}

/** The columns of a through model that are unique together for each pair; null where there may be several rows for one. */
function uniquePair({ through, hops }: ManyToManyMeta): readonly ColumnMeta[] | null {
  const pair = [...new Set([...hops[0].via.columns, ...hops[1].columns])];
  return uniqueKeys(through).some((key) => isSameSet(key, pair)) ? pair : null;
}
