import { readFileSync } from "node:fs";
import { Database, fields, manager, Model } from "dunder-orm";

/** The model that the reference tables of docs/lookups.md speak of. */
class Row extends Model("row", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
  nick: fields.string({ maxLength: 100, null: true }),
  size: fields.integer(),
  price: fields.decimal({ precision: 6, scale: 2 }),
  day: fields.date(),
  at: fields.datetime(),
  up: () => fields.foreignKey(Row, { null: true }),
  parts: () => fields.hasMany(Row, "up"),
}) {
  static objects = manager(this);
}

// None of them is ever connected to.
const databases = ["sqlite::memory:", "postgres://nobody@localhost/none", "mariadb://nobody@localhost/none"].map(
  (url) => new Database(url),
);

/** One line of the tables: a lookup as it is written in a filter, and its SQL on the three engines. */
export interface Entry {
  readonly lookup: string;
  readonly sql: readonly string[];
}

/** The lines that have a lookup in their first cell and SQL in the last three. */
export function readTable(): Entry[] {
  const page = readFileSync(new URL("../../docs/lookups.md", import.meta.url), "utf8");
  const lines = page.split("\n").filter((line) => /^\| `\w+: /.test(line));
  return lines.map((line) => {
    const cells = line.split(/(?<!\\)\|/).slice(1, -1);
    const texts = cells.map((cell) =>
      cell
        .trim()
        .replace(/^`(.*)`$/, "$1")
        .replaceAll("\\|", "|"),
    );
    return { lookup: texts[0] ?? "", sql: texts.slice(-3) };
  });
}

/** The WHERE of a lookup on the three engines, without quotes and the table's name, parameters as "?". */
export function sqlOf(lookup: string): string[] {
  const [, key = "", value = "null"] = /^(\w+): (.+)$/.exec(lookup) ?? [];
  const where = { [key]: JSON.parse(value) as unknown };
  return databases.map((db) => {
    const { sql } = Row.objects
      .using(db)
      .filter(where as never)
      .sql();
    return simplified(sql);
  });
}

const FOLDED = [
  /dunder_fold\((\w+)\)/g,
  /replace\(translate\(lower\(\((\w+)\) COLLATE und-x-icu\), 'ς', 'σ'\), 'i\u0307', 'i'\) COLLATE C/g,
  /REPLACE\(REPLACE\(LOWER\(CONVERT\((\w+) USING utf8mb4\) COLLATE \w+\), 'ς', 'σ'\), 'i\u0307', 'i'\) COLLATE \w+/g,
];

function simplified(sql: string): string {
  const where = sql.replace(/^.*? where /, "").replace(/["`]/g, "");
  const plain = where.replace(/\brow\.(?=\w)/g, "").replace(/\$\d+/g, "?");
  const folded = FOLDED.reduce((text, pattern) => text.replace(pattern, "fold($1)"), plain);
  return folded.replace(/\(\? COLLATE utf8mb4_nopad_bin\)/g, "?");
}
