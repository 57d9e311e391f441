import type { Tuple } from "../../query/index.js";

/** Rows of a table, each once, known by their primary keys, which come first among their values. */
export class FoundRows {
  readonly rows: Tuple[] = [];
  readonly #seen = new Set<unknown>();
  readonly #width: number;

  /** `width`: how many columns the primary key has. */
  constructor(width: number) {
    this.#width = width;
  }

  has(row: Tuple): boolean {
    return this.#seen.has(this.#identity(row));
  }

  /** Adds rows; gives those that are new. */
  add(rows: readonly Tuple[]): Tuple[] {
    const fresh = rows.filter((row) => {
      const size = this.#seen.size;
      return this.#seen.add(this.#identity(row)).size > size;
    });
    for (const row of fresh) this.rows.push(row);
    return fresh;
  }

  #identity(row: Tuple): unknown {
    return identityOf(row.length === this.#width ? row : row.slice(0, this.#width));
  }
}

/** What is the same for the same values only, in a Set or a Map. */
export function identityOf(values: Tuple): unknown {
  return values.length === 1 ? comparable(values[0]) : values.map(spelled).join();
}

/** A value that a Set tells from others by what it is, not by which object. */
function comparable(value: unknown): unknown {
  return typeof value === "object" ? spelled(value) : value;
}

function spelled(value: unknown): string {
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString("hex")}`;
  return typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
}
