import type { HeldRows } from "../execute/index.js";
import { type ManyToManyMeta, META, type ReverseMeta } from "../models/index.js";
import { QUERY } from "../query/index.js";
import type { StatefulRow } from "../objects/rows/row-state.js";
import { printable } from "../util/printable.js";
import { SessionError } from "./errors.js";
import { append, listIn, remove } from "./sides.js";

/** What a related manager changes of a session's rows: in memory, once they are loaded. */
export class HeldRelation implements HeldRows {
  readonly #row: StatefulRow;
  readonly #relation: ReverseMeta | ManyToManyMeta;
  readonly #method: string;

  constructor(row: StatefulRow, relation: ReverseMeta | ManyToManyMeta, method: string) {
    this.#row = row;
    this.#relation = relation;
    this.#method = method;
  }

  async add(given: readonly unknown[], throughDefaults: object): Promise<void> {
    const there = new Set(await this.#load());
    const rows = this.#rowsIn(given).filter((row) => !there.has(row));
    append(this.#row, this.#relation, rows, throughDefaults);
  }

  async remove(given: readonly unknown[]): Promise<number> {
    const there = new Set(await this.#load());
    const rows = this.#rowsIn(given).filter((row) => there.has(row));
    remove(this.#row, this.#relation, rows);
    return rows.length;
  }

  async clear(): Promise<number> {
    const rows = await this.#load();
    remove(this.#row, this.#relation, rows);
    return rows.length;
  }

  async set(given: readonly unknown[]): Promise<void> {
    const rows = this.#rowsIn(given);
    const there = await this.#load();
    remove(
      this.#row,
      this.#relation,
      there.filter((row) => !rows.includes(row)),
    );
    append(
      this.#row,
      this.#relation,
      rows.filter((row) => !there.includes(row)),
    );
  }

  async #load(): Promise<object[]> {
    const known = listIn(this.#row, this.#relation);
    if (known !== null) return [...known];
    const manager = this.#row[this.#relation.name] as { all(): Promise<object[]> };
    return manager.all();
  }

  #rowsIn(given: readonly unknown[]): object[] {
    return given.map((one) => {
      if (one !== null && typeof one === "object" && META in one && !(QUERY in one)) return one;
      throw new SessionError(
        `${this.#row.toString()}.${this.#relation.name}: ${this.#method}(…) of a session's row takes rows, got ${printable(one)}.`,
        {
          hint: "Ask the session for them: await session.get(Model, key), await session.query(Model).filter(…).all().",
        },
      );
    });
  }
}
