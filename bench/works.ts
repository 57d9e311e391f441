/** What is measured. */
export const WORKS = ["get", "filter3", "list1000", "join1000", "create", "bulkCreate1000", "update"] as const;
export type WorkName = (typeof WORKS)[number];

export const CONTESTANTS = ["driver", "raw-map", "kysely", "dunder-orm"] as const;
export type ContestantName = (typeof CONTESTANTS)[number];

export const ENGINES = ["sqlite", "postgres", "mysql"] as const;
export type EngineName = (typeof ENGINES)[number];

/** One kind of work as one contestant does it. */
export interface Work {
  /** Does it once; the index varies keys and values, the same way for all contestants. */
  run(index: number): unknown;
  /** What came out, in a form in which contestants can be compared. */
  plain(result: never): unknown;
}

export interface Contestant {
  readonly works: Readonly<Record<WorkName, Work>>;
  /** Deletes what writes have added, and gives the number of rows. */
  clean(): Promise<number>;
  close(): Promise<void>;
}

export const ARTISTS = 275;
export const ALBUMS = 3000;
export const TRACKS = 50_000;
const COMPOSERS = 500;

/** The columns of a track, foreign key last but four: what every contestant reads and writes. */
export const TRACK_COLUMNS = [
  "id",
  "title",
  "album_id",
  "composer",
  "milliseconds",
  "bytes",
  "rating",
  "position",
  "genre",
] as const;
export const ALBUM_COLUMNS = ["id", "name", "artist_id", "year"] as const;
/** A track's columns but its key, which the database makes. */
export const NEW_COLUMNS = TRACK_COLUMNS.slice(1);

export interface NewTrack {
  readonly title: string;
  readonly album: number;
  readonly composer: string | null;
  readonly milliseconds: number;
  readonly bytes: number;
  readonly rating: number;
  readonly position: number;
  readonly genre: string;
}

export function trackAt(index: number): NewTrack {
  return {
    title: `Track number ${index}`,
    album: 1 + (index % ALBUMS),
    composer: index % 10 === 0 ? null : `Composer ${index % COMPOSERS}`,
    milliseconds: 60_000 + ((index * 7919) % 400_000),
    bytes: index * 32,
    rating: (index % 50) / 10 + 0.25,
    position: 1 + (index % 20),
    genre: `Genre ${index % 25}`,
  };
}

export function newTracks(index: number): NewTrack[] {
  return Array.from({ length: 1000 }, (_, offset) => trackAt(index + offset));
}

/** A track's values in the order of `NEW_COLUMNS`. */
export function valuesOf(track: NewTrack): (string | number | null)[] {
  const { title, album, composer, milliseconds, bytes, rating, position, genre } = track;
  return [title, album, composer, milliseconds, bytes, rating, position, genre];
}

export const keyAt = (index: number): number => 1 + ((index * 7919) % TRACKS);

/** The key of the first of a thousand tracks. */
export const firstOfListAt = (index: number): number => 1 + ((index * 1009) % (TRACKS - 1000));

/** Three conditions: composer, least length in milliseconds, greatest position. Some twenty rows fulfil them. */
export const conditionsAt = (index: number): [string, number, number] => [
  `Composer ${1 + ((index * 7) % (COMPOSERS - 1))}`,
  120_000,
  15,
];

/** New size and key. */
export const updateAt = (index: number): [number, number] => [1000 + (index % 1000), keyAt(index)];

type Row = Readonly<Record<string, unknown>>;

/** Rows with only the columns that all contestants give. */
export function plainTrack(row: Row): unknown {
  return TRACK_COLUMNS.map((column) => row[column]);
}

export function plainJoined(row: Row): unknown {
  const album = row["album"] as Row;
  return [plainTrack(row), ALBUM_COLUMNS.map((column) => album[column])];
}

/** A created track, without the key, which depends on what was created before. */
export function plainCreated(row: Row): unknown {
  return NEW_COLUMNS.map((column) => row[column]);
}
