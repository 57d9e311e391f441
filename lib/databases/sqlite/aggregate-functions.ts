import type { SqliteDatabase } from "./face.js";

/** Welford's running mean and sum of squared distances from it, which stay exact where plain sums of squares do not. */
interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

const EMPTY: Spread = { count: 0, mean: 0, squares: 0 };

/** Variances, of the whole population and of a sample. */
export function registerAggregates(database: SqliteDatabase): void {
  const define = (name: string, least: number): void => {
    database.aggregate<Spread>(name, {
      deterministic: true,
      start: () => EMPTY,
      step: (spread, x) => widened(spread, x),
      inverse: (spread, x) => narrowed(spread, x),
      result: ({ count, squares }) => (count <= least ? null : Math.max(squares, 0) / (count - least)),
    });
  };
  define("dunder_variance", 0);
  define("dunder_variance_sample", 1);
}

function widened({ count, mean, squares }: Spread, x: number | null): Spread {
  if (x === null) return { count, mean, squares };
  const distance = x - mean;
  const next = mean + distance / (count + 1);
  return { count: count + 1, mean: next, squares: squares + distance * (x - next) };
}

/** Takes a value out again, as the frame of a window moves on. */
function narrowed({ count, mean, squares }: Spread, x: number | null): Spread {
  if (x === null) return { count, mean, squares };
  if (count === 1) return EMPTY;
  const next = (mean * count - x) / (count - 1);
  return { count: count - 1, mean: next, squares: squares - (x - next) * (x - mean) };
}
