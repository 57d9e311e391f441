import type { DatabaseCore } from "../../execute/database-core.js";
import { Expression } from "../../expressions/index.js";
import { type ColumnMeta, RAW, uniqueKeys } from "../../models/index.js";
import { withComputed } from "./computed.js";
import type { NewRows } from "./insert.js";
import { identityOf } from "../rows/link-keys.js";
import type { StatefulRow } from "../rows/row-state.js";
import type { Conflict } from "./conflict.js";
import { checkLimits } from "./conflict-limits.js";
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
  checkLimits(database, meta, asked.limits, method);
  const plan = writePlanOf(meta);
  const target = targetFor(asked, pending);
  const order = new Rounds(
    target.length === 0 ? uniqueKeys(meta) : [target],
    asked.action === "ignore" || database.engine.features.conflictsInTurn,
  );
  const rounds: Map<InsertGroup, Rows>[] = [];
  // What is set of a row depends on its values only where it is stamped by itself.
  const isSteady = asked.updates !== null || asked.action === "ignore" || plan.stamped.length === 0;
  let latest: GivenRow["given"] | null = null;
  let conflict: Conflict | null = null;
  for (const one of pending) {
    const { row, values, given } = one;
    // Values that were read at once are no expressions.
    const isRead = (row as StatefulRow)[RAW] === values;
    const usual = isRead ? groupOf(plan, values) : withComputed(groupOf(plan, values), values, method);
    if (conflict === null || !isSteady || latest !== given) conflict = conflictOf(asked, target, one);
    latest = given;
    const group = meeting(asked, usual, conflict);
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
  /** For each of the keys. */
  readonly #met: readonly Map<unknown, Met>[];
  #latest: Met | null = null;

  constructor(keys: readonly (readonly ColumnMeta[])[], inTurn: boolean) {
    this.#keys = keys;
    this.#inTurn = inTurn;
    this.#met = keys.map(() => new Map<unknown, Met>());
  }

  next(group: InsertGroup, values: readonly unknown[]): number {
    const found = this.#keys.map((key) => identityIn(key, values));
    let round = 0;
    found.forEach((identity, at) => {
      const met = identity === null ? undefined : this.#met[at]?.get(identity);
      if (met !== undefined) round = Math.max(round, this.#inTurn && met.group === group ? met.round : met.round + 1);
    });
    const latest = this.#latest;
    const here = latest?.group === group && latest.round === round ? latest : (this.#latest = { round, group });
    found.forEach((identity, at) => {
      if (identity !== null) this.#met[at]?.set(identity, here);
    });
    return round;
  }
}

/** Something equal for rows that are alike in a key; null where one of its values is unknown yet, or NULL. */
function identityIn(key: readonly ColumnMeta[], values: readonly unknown[]): unknown {
  const [only] = key;
  if (key.length === 1 && only !== undefined) {
    const value = values[only.index];
    return isUnknown(value) ? null : identityOf(value);
  }
  const parts = key.map(({ index }) => values[index]);
  return parts.some(isUnknown) ? null : identityOf(parts);
}

function isUnknown(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "object" && Expression.is(value));
}
