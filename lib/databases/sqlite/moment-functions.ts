import type { SqliteDatabase } from "./face.js";
import { localText } from "./local-text.js";
import { encodeDatetime, parseDatetime } from "./values.js";

type Moment = string | null;

const EARLIEST = Date.parse("0001-01-01T00:00:00.000Z");
const LATEST = Date.parse("9999-12-31T23:59:59.999Z");
/** Longer than any zone's clocks are from UTC. */
const DAY = 86_400_000;

/** Arithmetic on datetimes, which are texts here. */
export function registerMoments(database: SqliteDatabase): void {
  const define = (name: string, call: (...values: never[]) => unknown): void => {
    database.function(name, { deterministic: true }, call);
  };
  define("dunder_shift", (x: Moment, milliseconds: number | null) =>
    x === null || milliseconds === null ? null : written(parseDatetime(x) + milliseconds),
  );
  define("dunder_between", (x: Moment, earlier: Moment) => {
    const length = x === null || earlier === null ? Number.NaN : parseDatetime(x) - parseDatetime(earlier);
    return Number.isNaN(length) ? null : BigInt(length);
  });
  define("dunder_instant", (local: Moment, zone: string) =>
    local === null ? null : written(instantOf(parseDatetime(local), zone)),
  );
}

function written(time: number): Moment {
  return time >= EARLIEST && time <= LATEST ? encodeDatetime(new Date(time)) : null;
}

/**
 * The instant at which clocks of a zone show a time, given as if it were UTC. What they skip is taken by the offset
 * before; of what they show twice it is the second.
 */
function instantOf(local: number, zone: string): number {
  const after = local - offsetAt(local + DAY, zone);
  if (offsetAt(after, zone) === local - after) return after;
  return local - offsetAt(local - DAY, zone);
}

function offsetAt(time: number, zone: string): number {
  return parseDatetime(localText(encodeDatetime(new Date(time)), zone) ?? "") - time;
}
