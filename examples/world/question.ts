/** What a table's cell can show. */
type Cell = string | number | boolean | null;

/** A query to show: its title, how to ask it, and what to print of each row. */
export interface Question {
  readonly title: string;
  /** Asks and gives the heads of a table and its lines. Throws where the answer is not the known one. */
  ask(): Promise<{ readonly heads: string[]; readonly lines: Cell[][] }>;
}

/** A question answered by rows. `check` looks at them and throws where they are not what is known to be right. */
export function list<Row>(
  title: string,
  query: () => Promise<Row[]>,
  columns: Readonly<Record<string, (row: Row) => Cell>>,
  check: (rows: Row[]) => void,
): Question {
  return {
    title,
    async ask() {
      const rows = await query();
      check(rows);
      const heads = Object.keys(columns);
      return { heads, lines: rows.map((row) => heads.map((head) => columns[head]?.(row) ?? null)) };
    },
  };
}

/** A question answered by one value. */
export function value(title: string, query: () => Promise<Cell>, check: (answer: Cell) => void): Question {
  return {
    title,
    async ask() {
      const answer = await query();
      check(answer);
      return { heads: ["answer"], lines: [[answer]] };
    },
  };
}
