import { ALBUM_COLUMNS, type EngineName, NEW_COLUMNS, TRACK_COLUMNS } from "./works.js";

const tracks = TRACK_COLUMNS.map((column) => `t.${column}`).join(", ");
const albums = ALBUM_COLUMNS.map((column) => `a.${column} as album_${column}`).join(", ");

/** The SQL that a user of a bare driver would write. */
export function statementsFor(engine: EngineName) {
  const placeholder = (number: number) => (engine === "postgres" ? `$${number}` : "?");
  const [one, two, three] = [placeholder(1), placeholder(2), placeholder(3)];
  const tuple = (row: number) => {
    const width = NEW_COLUMNS.length;
    return `(${NEW_COLUMNS.map((_, column) => placeholder(row * width + column + 1)).join(", ")})`;
  };
  const insert = (rows: number) =>
    `insert into track (${NEW_COLUMNS.join(", ")}) values ${Array.from({ length: rows }, (_, row) => tuple(row)).join(", ")}`;
  const among = (column: string, keys: number) => {
    if (engine === "sqlite") return `${column} in (select value from json_each(?))`;
    if (engine === "postgres") return `${column} = any($1)`;
    return `${column} in (${Array.from({ length: keys }, () => "?").join(", ")})`;
  };
  const across = (condition: string) =>
    `select ${tracks} from track t join album a on a.id = t.album_id where ${condition} order by t.id`;
  return {
    get: `select ${tracks} from track t where t.id = ${one}`,
    filter3:
      `select ${tracks} from track t where t.composer = ${one} and t.milliseconds >= ${two} and ` +
      `t.position <= ${three} order by t.milliseconds desc, t.id limit 20`,
    across: across(`a.name = ${one}`),
    iexact: across(engine === "sqlite" ? `a.name = ${one} collate nocase` : `lower(a.name) = lower(${one})`),
    count: `select count(*) as number from track t where t.composer = ${one} and t.milliseconds >= ${two}`,
    exists: `select 1 from track t where t.composer = ${one} and t.milliseconds >= ${two} limit 1`,
    list: `select ${tracks} from track t where t.id between ${one} and ${two} order by t.id`,
    join:
      `select ${tracks}, ${albums} from track t join album a on a.id = t.album_id ` +
      `where t.id between ${one} and ${two} order by t.id`,
    albums: `select ${ALBUM_COLUMNS.join(", ")} from album where id between ${one} and ${two} order by id`,
    tracksOf: `select ${tracks} from track t where ${among("t.album_id", 100)} order by t.album_id, t.id`,
    albumsOf: `select ${ALBUM_COLUMNS.join(", ")} from album where ${among("id", 1000)}`,
    totals:
      `select count(*) as number, sum(t.milliseconds) as total, avg(t.rating) as rating, ` +
      `max(t.position) as position from track t where t.composer = ${one} and t.milliseconds >= ${two}`,
    byGenre:
      `select t.genre, count(*) as number, sum(t.milliseconds) as total from track t ` +
      `where t.position >= ${one} group by t.genre order by t.genre`,
    ofYear:
      `select ${tracks} from track t where t.composer = ${one} and ` +
      `t.album_id in (select a.id from album a where a.year >= ${two}) order by t.id`,
    either10:
      `select ${tracks} from track t where ` +
      `${Array.from({ length: 10 }, (_, at) => `t.composer = ${placeholder(at + 1)}`).join(" or ")} order by t.id limit 20`,
    create: insert(1),
    bulkCreate: insert(1000),
    update: `update track set bytes = ${one} where id = ${two}`,
    /** What a million rows are read from, and how they get there. */
    stream: `select ${tracks} from big_track t`,
    fillStream:
      `insert into big_track (${NEW_COLUMNS.join(", ")}) ` +
      `select ${NEW_COLUMNS.map((column) => `t.${column}`).join(", ")} from track t cross join artist a where a.id <= 20`,
  };
}
