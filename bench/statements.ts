import { ALBUM_COLUMNS, NEW_COLUMNS, TRACK_COLUMNS } from "./works.js";

const tracks = TRACK_COLUMNS.map((column) => `t.${column}`).join(", ");
const albums = ALBUM_COLUMNS.map((column) => `a.${column} as album_${column}`).join(", ");

/** The SQL that a user of a bare driver would write, for placeholders such as "?" or "$1". */
export function statementsFor(placeholder: (number: number) => string) {
  const [one, two, three] = [placeholder(1), placeholder(2), placeholder(3)];
  const tuple = (row: number) => {
    const width = NEW_COLUMNS.length;
    return `(${NEW_COLUMNS.map((_, column) => placeholder(row * width + column + 1)).join(", ")})`;
  };
  const insert = (rows: number) =>
    `insert into track (${NEW_COLUMNS.join(", ")}) values ${Array.from({ length: rows }, (_, row) => tuple(row)).join(", ")}`;
  return {
    get: `select ${tracks} from track t where t.id = ${one}`,
    filter3:
      `select ${tracks} from track t where t.composer = ${one} and t.milliseconds >= ${two} and ` +
      `t.position <= ${three} order by t.milliseconds desc, t.id limit 20`,
    list1000: `select ${tracks} from track t where t.id between ${one} and ${two} order by t.id`,
    join1000:
      `select ${tracks}, ${albums} from track t join album a on a.id = t.album_id ` +
      `where t.id between ${one} and ${two} order by t.id`,
    create: insert(1),
    bulkCreate1000: insert(1000),
    update: `update track set bytes = ${one} where id = ${two}`,
  };
}
