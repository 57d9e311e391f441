import type { SqliteDatabase } from "./face.js";

const { acos, asin, atan, atan2, ceil, cos, exp, floor, log, sign, sin, sqrt, tan } = Math;

const ONE: Readonly<Record<string, (x: number) => number>> = {
  ...{ acos, asin, atan, ceil, cos, exp, floor, ln: log, sign, sin, sqrt, tan },
  degrees: (x) => (x * 180) / Math.PI,
  radians: (x) => (x * Math.PI) / 180,
};
const TWO: Readonly<Record<string, (x: number, y: number) => number>> = {
  atan2,
  power: Math.pow,
  mod: (x, y) => x % y,
};

/** SQLite's own mathematical functions, for builds that were made without them. */
export function registerMath(database: SqliteDatabase): void {
  const used = database.prepare("select sqlite_compileoption_used('ENABLE_MATH_FUNCTIONS')");
  used.raw(true);
  if ((used.get() as readonly unknown[])[0] === 1) return;
  for (const [name, call] of Object.entries(ONE)) {
    database.function(name, { deterministic: true }, (x: number | null) => (x === null ? null : real(call(x))));
  }
  for (const [name, call] of Object.entries(TWO)) {
    database.function(name, { deterministic: true }, (x: number | null, y: number | null) =>
      x === null || y === null ? null : real(call(x, y)),
    );
  }
}

function real(x: number): number | null {
  return Number.isNaN(x) ? null : x;
}
