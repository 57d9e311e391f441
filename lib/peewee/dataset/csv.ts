import { FieldError } from "../../errors/index.js";

/** A text, or null where there is nothing, not even quotes. */
export type Cell = string | null;

/** A line of CSV: values in quotes where they need them. */
export function csvLine(values: readonly Cell[], delimiter: string): string {
  return values.map((value) => (value === null ? "" : quoted(value, delimiter))).join(delimiter) + "\r\n";
}

function quoted(value: string, delimiter: string): string {
  const needsQuotes = value === "" || value.includes(delimiter) || /["\r\n]/.test(value);
  return needsQuotes ? `"${value.replaceAll('"', '""')}"` : value;
}

/**
 * The rows of CSV that comes in pieces, as lists of texts: of an empty line one null. Lines end in any way, and may stand
 * within quotes.
 */
export async function* readCsv(
  pieces: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<Cell[], void, undefined> {
  const reader = new CsvReader(delimiter);
  for await (const piece of pieces) yield* reader.push(piece);
  yield* reader.end();
}

class CsvReader {
  readonly #delimiter: string;
  #row: Cell[] = [];
  #cell = "";
  #state: "bare" | "quoted" | "closed" = "bare";
  #hasReturned = false;
  #isEmpty = true;
  #isQuoted = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(piece: string): Cell[][] {
    const rows: Cell[][] = [];
    for (const letter of piece) {
      const row = this.#take(letter);
      if (row !== null) rows.push(row);
    }
    return rows;
  }

  end(): Cell[][] {
    if (this.#state === "quoted") throw new FieldError("the file ends within quotes.");
    return this.#isEmpty ? [] : [this.#endRow()];
  }

  /** Takes a letter; gives a row where it ends one. */
  #take(letter: string): Cell[] | null {
    const isSecond = this.#hasReturned && letter === "\n";
    this.#hasReturned = false;
    if (isSecond) return null;
    if (this.#state === "quoted") return this.#takeQuoted(letter);
    if (letter === "\n" || letter === "\r") {
      this.#hasReturned = letter === "\r";
      return this.#endRow();
    }
    this.#isEmpty = false;
    if (letter === this.#delimiter) this.#endCell();
    else if (letter === '"' && (this.#state === "closed" || this.#cell === "")) {
      // A quote within quotes is written twice.
      if (this.#state === "closed") this.#cell += letter;
      this.#state = "quoted";
      this.#isQuoted = true;
    } else this.#cell += letter;
    return null;
  }

  #takeQuoted(letter: string): null {
    if (letter === '"') this.#state = "closed";
    else this.#cell += letter;
    return null;
  }

  #endCell(): void {
    this.#row.push(this.#cell === "" && !this.#isQuoted ? null : this.#cell);
    this.#cell = "";
    this.#isQuoted = false;
    this.#state = "bare";
  }

  #endRow(): Cell[] {
    this.#endCell();
    const row = this.#row;
    this.#row = [];
    this.#isEmpty = true;
    return row;
  }
}
