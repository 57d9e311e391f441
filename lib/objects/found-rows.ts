import type { Tuple } from "../query/index.js";

/** Rows that were found together. */
interface Level {
  readonly level: number;
  readonly rows: readonly Tuple[];
}

/** Rows of a table, each once, known by their primary keys, which come first among their values. */
export class FoundRows {
  readonly levels: Level[] = [];
  readonly #seen = new Set<unknown>();
  readonly #width: number;

  /** `width`: how many columns the primary key has. */
  constructor(width: number) {
    this.#width = width;
  }

  has(row: Tuple): boolean {
    return this.#seen.has(this.#identity(row));
  }

  /** Adds rows; gives those that are new. `level` says how far they are from where the search began. */
  add(rows: readonly Tuple[], level: number): Tuple[] {
    const fresh = rows.filter((row) => {
      const size = this.#seen.size;
      return this.#seen.add(this.#identity(row)).size > size;
    });
    if (fresh.length > 0) this.levels.push({ level, rows: fresh });
    return fresh;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** The keys of all rows. */
  keys(): Tuple[] {
    return this.levels.flatMap(({ rows }) => this.keysOf(rows));
  }

  keysOf(rows: readonly Tuple[]): Tuple[] {
    return rows.map((row) => (row.length === this.#width ? row : row.slice(0, this.#width)));
  }

  /** What is the same for the same key only. */
  #identity(row: Tuple): unknown {
    return this.#width === 1 ? comparable(row[0]) : row.slice(0, this.#width).map(spelled).join();
  }
}

/** A value that a Set tells from others by what it is, not by which object. */
function comparable(value: unknown): unknown {
  return typeof value === "object" ? spelled(value) : value;
}

function spelled(value: unknown): string {
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString("hex")}`;
  return typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
}
