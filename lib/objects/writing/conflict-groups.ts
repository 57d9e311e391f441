import type { DatabaseCore } from "../../execute/database-core.js";
import { Expression } from "../../expressions/index.js";
import { type ColumnMeta, uniqueKeys } from "../../models/index.js";
import { withComputed } from "./computed.js";
import type { NewRows } from "./insert.js";
import { identityOf } from "../rows/link-keys.js";
import { type AskedConflict, checkTarget, conflictOf, type GivenRow, meeting, targetFor } from "./read-conflict.js";
import { groupOf, type InsertGroup, writePlanOf } from "./write-plan.js";

/** A row about to be inserted. */
export interface PendingRow extends GivenRow {
  readonly row: object;
  readonly values: unknown[];
}

/** The last row of some values of unique columns. */
interface Met {
  readonly round: number;
  readonly group: InsertGroup;
}

type Rows = Pick<NewRows, "rows" | "values">;

/**
 * Rows that may be there already, by what is to be done about them, in the order in which they are to be written: of
 * rows that are alike the last one counts, as if they had come one by one.
 */
export function conflictGroups(
  database: DatabaseCore,
  asked: AskedConflict,
  pending: readonly PendingRow[],
): [InsertGroup, NewRows][] {
  const { meta, method } = asked;
  const plan = writePlanOf(meta);
  const target = targetFor(asked, pending);
  const order = new Rounds(
    target.length === 0 ? uniqueKeys(meta) : [target],
    asked.action === "ignore" || database.engine.features.conflictsInTurn,
  );
  const rounds: Map<InsertGroup, Rows>[] = [];
  for (const one of pending) {
    const usual = withComputed(groupOf(plan, one.values), one.values, method);
    const group = meeting(asked, usual, conflictOf(asked, target, one));
    const round = order.next(group, one.values);
    const groups = (rounds[round] ??= new Map<InsertGroup, Rows>());
    let all = groups.get(group);
    if (all === undefined) {
      checkTarget(database, group);
      groups.set(group, (all = { rows: [], values: [] }));
    }
    all.rows.push(one.row);
    all.values.push(one.values);
  }
  return rounds.flatMap((groups) =>
    [...groups].map(([group, all]) => [group, { ...all, sqlTypes: null }] as [InsertGroup, NewRows]),
  );
}

/** Tells when a row's turn is: after those that are alike in unique columns, unless one statement takes them in turn. */
class Rounds {
  readonly #keys: readonly (readonly ColumnMeta[])[];
  readonly #inTurn: boolean;
  readonly #met = new Map<string, Met>();

  constructor(keys: readonly (readonly ColumnMeta[])[], inTurn: boolean) {
    this.#keys = keys;
    this.#inTurn = inTurn;
  }

  next(group: InsertGroup, values: readonly unknown[]): number {
    const texts = this.#keys.flatMap((key, at) => keyText(key, at, values));
    let round = 0;
    for (const text of texts) {
      const met = this.#met.get(text);
      if (met !== undefined) round = Math.max(round, this.#inTurn && met.group === group ? met.round : met.round + 1);
    }
    for (const text of texts) this.#met.set(text, { round, group });
    return round;
  }
}

/** Something equal for rows that are alike in a key; none where one of its values is unknown yet, or NULL. */
function keyText(key: readonly ColumnMeta[], at: number, values: readonly unknown[]): string[] {
  const parts = key.map(({ index }) => values[index]);
  if (parts.some((part) => part === undefined || part === null || Expression.is(part))) return [];
  return [`${at} ${String(identityOf(parts))}`];
}
