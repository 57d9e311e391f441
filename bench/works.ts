import type { ShapeGrowth } from "./results.js";

/** What is measured unless other works are named. */
export const WORKS = [
  "get",
  "filter3",
  "across",
  "iexact",
  "count",
  "exists",
  "list1000",
  "list10000",
  "join1000",
  "prefetch100",
  "lazy1000",
  "create",
  "bulkCreate1000",
  "upsert1000",
  "update",
  "bulkUpdate1000",
  "totals",
  "byGenre",
  "ofYear",
  "either10",
] as const;

/** Lists of growing length, for `--growth`. */
export const LISTS = ["list1000", "list3000", "list10000", "list30000"] as const;

export type WorkName = (typeof WORKS)[number] | (typeof LISTS)[number];

/** On a server these are measured with sixteen runs in flight, too. */
export const CONCURRENT_WORKS: readonly WorkName[] = ["get", "filter3", "create", "update"];

export const ENGINES = ["sqlite", "postgres", "mysql"] as const;
export type EngineName = (typeof ENGINES)[number];

/** Connections that each contestant's pool has at most. */
export const POOL = 10;

/** One kind of work as one contestant does it. */
export interface Work {
  /** Does it once; the index varies keys and values, the same way for all contestants. */
  run(index: number): unknown;
  /** What came out, in a form in which contestants can be compared. */
  plain(result: never): unknown;
}

export interface Contestant {
  /** What it can do; the questions are asked of none but our own contestants. */
  readonly works: Readonly<Partial<Record<WorkName, Work>>>;
  /** Reads a table of a million rows without holding them, where the library can. */
  readonly stream?: () => Iterable<unknown> | AsyncIterable<unknown>;
  /** What queries cost as ever more of their shapes are seen. */
  readonly growShapes?: () => Promise<ShapeGrowth[]>;
  /** Deletes what writes have added, and gives the number of rows. */
  clean(): Promise<number>;
  close(): Promise<unknown>;
}

export const ARTISTS = 275;
export const ALBUMS = 3000;
export const TRACKS = 50_000;
const COMPOSERS = 500;

/** The columns of a track: what every contestant reads and writes. */
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

/** A track's values in the order of `NEW_COLUMNS`. */
export function valuesOf(track: NewTrack): (string | number | null)[] {
  const { title, album, composer, milliseconds, bytes, rating, position, genre } = track;
  return [title, album, composer, milliseconds, bytes, rating, position, genre];
}

/** A track with its columns' names. */
export function columnsOf({ album, ...track }: NewTrack): Omit<NewTrack, "album"> & { readonly album_id: number } {
  return { ...track, album_id: album };
}

/** What a contestant does for each work, given its values. Rows have at least the columns of a track. */
export interface Runs {
  /** The track with a key. */
  get(id: number): unknown;
  /** The first twenty that fulfil three conditions, the longest first, then by key. */
  filter3(composer: string, leastMilliseconds: number, greatestPosition: number): unknown;
  /** The tracks of albums with this name, by key. */
  across(albumName: string): unknown;
  /** The same, whatever the name's case. */
  iexact(albumName: string): unknown;
  count(composer: string, leastMilliseconds: number): unknown;
  exists(composer: string, leastMilliseconds: number): unknown;
  /** The tracks from one key to another, by key. */
  list(first: number, last: number): unknown;
  /** The same, each with its album. */
  join(first: number, last: number): unknown;
  /** Gives the row with its new key. */
  create(track: NewTrack): unknown;
  bulkCreate(tracks: readonly NewTrack[]): unknown;
  /** Changes one column, and gives the number of rows found. */
  update(id: number, bytes: number): unknown;
}

/** The same for what the rivals are not asked. */
export interface Questions {
  /** Number, milliseconds in all, mean rating and greatest position of a composer's tracks. */
  totals(composer: string, leastMilliseconds: number): unknown;
  /** The same number and sum of each genre among tracks of these positions, by genre. */
  byGenre(leastPosition: number): unknown;
  /** A composer's tracks on albums of a year or later, by key: a subquery. */
  ofYear(composer: string, leastYear: number): unknown;
  /** The tracks of which one of ten conditions holds, by key, at most twenty. */
  either10(values: readonly string[]): unknown;
}

/** The same for rows and what is related to them. */
export interface Related {
  /** The albums from one key to another, by key, each with a list of its tracks, by key. */
  prefetch(first: number, last: number): unknown;
  /**
   * The tracks from one key to another, by key, each of which is then asked for its album, all in the same tick: where
   * a library makes one query of that. By hand it is one query.
   */
  lazy?(first: number, last: number): unknown;
}

/** New values of a track that is there. */
export interface TrackChange {
  readonly id: number;
  readonly bytes: number;
  readonly rating: number;
}

/** The same for many rows that are there already, or may be. */
export interface BulkWrites {
  /** Inserts tracks with keys, or sets all of those that are there, and gives them in their order. */
  readonly upsert?: (tracks: readonly (NewTrack & { readonly id: number })[]) => unknown;
  /** Sets two columns of each track, and gives the number of rows found. */
  readonly bulkUpdate?: (changes: readonly TrackChange[]) => unknown;
}

type Row = Readonly<Record<string, unknown>>;

/** How a library's own rows become rows with the columns' names, in order to be compared; `joined` has an `album`. */
export interface Shapes {
  readonly track: (row: never) => Row;
  readonly joined: (row: never) => Row;
}

/** An album has `tracks`, with the columns' names. */
export interface RelatedShapes extends Pick<Shapes, "joined"> {
  readonly withTracks: (row: never) => Row;
}

const asTheyAre: Shapes & RelatedShapes = {
  track: (row: Row) => row,
  joined: (row: Row) => row,
  withTracks: (row: Row) => row,
};

/** The works of a contestant, with the same keys and values for all. */
export function worksOf(
  runs: Runs,
  { track, joined }: Shapes = asTheyAre,
): Record<Exclude<WorkName, keyof Questions | RelatedWork | BulkWork>, Work> {
  const one = (row: never) => plainTrack(track(row));
  const many = (rows: readonly never[]) => rows.map(one);
  const list = (length: number): Work => ({
    run: (index) => runs.list(...rangeAt(index, length, TRACKS)),
    plain: many,
  });
  return {
    get: { run: (index) => runs.get(keyAt(index)), plain: one },
    filter3: { run: (index) => runs.filter3(composerAt(index), 120_000, 15), plain: many },
    across: { run: (index) => runs.across(`Album ${index % ALBUMS}`), plain: many },
    iexact: { run: (index) => runs.iexact(`ALBUM ${index % ALBUMS}`), plain: many },
    count: { run: (index) => runs.count(composerAt(index), 120_000), plain: Number },
    exists: { run: (index) => runs.exists(composerAt(index), existsFrom(index)), plain: Boolean },
    list1000: list(1000),
    list3000: list(3000),
    list10000: list(10_000),
    list30000: list(30_000),
    join1000: {
      run: (index) => runs.join(...rangeAt(index, 1000, TRACKS)),
      plain: (rows: readonly never[]) => rows.map((row) => plainJoined(joined(row))),
    },
    create: { run: (index) => runs.create(trackAt(index)), plain: (row: never) => plainCreated(track(row)) },
    bulkCreate1000: {
      run: (index) => runs.bulkCreate(Array.from({ length: 1000 }, (_, offset) => trackAt(index + offset))),
      plain: (rows: readonly never[]) => rows.map((row) => plainCreated(track(row))),
    },
    update: { run: (index) => runs.update(keyAt(index), 1000 + (index % 1000)), plain: Number },
  };
}

type RelatedWork = "prefetch100" | "lazy1000";

/** The works about related rows. */
export function relatedWorks(
  runs: Related,
  { joined, withTracks }: RelatedShapes = asTheyAre,
): Partial<Record<RelatedWork, Work>> {
  const prefetch100: Work = {
    run: (index) => runs.prefetch(...rangeAt(index, 100, ALBUMS)),
    plain: (rows: readonly never[]) => rows.map((row) => plainWithTracks(withTracks(row))),
  };
  if (runs.lazy === undefined) return { prefetch100 };
  const lazy = runs.lazy.bind(runs);
  const lazy1000: Work = {
    run: (index) => lazy(...rangeAt(index, 1000, TRACKS)),
    plain: (rows: readonly never[]) => rows.map((row) => plainJoined(joined(row))),
  };
  return { prefetch100, lazy1000 };
}

type BulkWork = "upsert1000" | "bulkUpdate1000";

/** The works that write many rows which are there already, or may be. */
export function bulkWorks(
  runs: BulkWrites,
  { track }: Pick<Shapes, "track"> = asTheyAre,
): Partial<Record<BulkWork, Work>> {
  const { upsert, bulkUpdate } = runs;
  const upsert1000: Work | undefined = upsert && {
    run: (index) => upsert(upsertsAt(index)),
    plain: (rows: readonly never[]) => rows.map((row) => plainTrack(track(row))),
  };
  const bulkUpdate1000: Work | undefined = bulkUpdate && {
    run: (index) => bulkUpdate(changesAt(index)),
    plain: Number,
  };
  return { ...(upsert1000 && { upsert1000 }), ...(bulkUpdate1000 && { bulkUpdate1000 }) };
}

/** A thousand tracks, every second of which is there; one that is keeps all but its bytes. */
function upsertsAt(index: number): (NewTrack & { readonly id: number })[] {
  const [first] = rangeAt(index, 1000, TRACKS);
  return Array.from({ length: 1000 }, (_, offset) => {
    const id = offset % 2 === 0 ? first + offset : TRACKS + index * 1000 + offset;
    return { id, ...trackAt(id - 1), bytes: index + offset };
  });
}

/** New values of a thousand tracks; the same ones every eighth time, so that those who need rows can keep them. */
function changesAt(index: number): TrackChange[] {
  const first = 1 + (index % 8) * 6000;
  return Array.from({ length: 1000 }, (_, offset) => {
    return { id: first + offset, bytes: index + offset, rating: ((index + offset) % 50) / 10 + 0.25 };
  });
}

/** The works that are questions; rows of totals and groups are plain already, but for how drivers tell numbers. */
export function questionWorks(runs: Questions, { track }: Shapes = asTheyAre): Record<keyof Questions, Work> {
  const many = (rows: readonly never[]) => rows.map((row) => plainTrack(track(row)));
  return {
    totals: { run: (index) => runs.totals(composerAt(index), 120_000), plain: plainNumbers },
    byGenre: {
      run: (index) => runs.byGenre(16 + (index % 5)),
      plain: (rows: readonly Row[]) => rows.map(plainNumbers),
    },
    ofYear: { run: (index) => runs.ofYear(composerAt(index), 2000 + (index % 20)), plain: many },
    either10: {
      run: (index) => runs.either10(Array.from({ length: 10 }, (_, at) => composerAt(index + at * 13))),
      plain: many,
    },
  };
}

function plainNumbers(row: Row): unknown {
  return Object.entries(row).map(([name, value]) => [name, name === "genre" ? value : Number(value).toFixed(6)]);
}

const keyAt = (index: number): number => 1 + ((index * 7919) % TRACKS);

/** The keys of the first and the last of so many of all rows. */
function rangeAt(index: number, length: number, rows: number): [number, number] {
  const first = 1 + ((index * 1009) % (rows - length));
  return [first, first + length - 1];
}

const composerAt = (index: number): string => `Composer ${1 + ((index * 7) % (COMPOSERS - 1))}`;

/** Every second time, longer than any track is. */
const existsFrom = (index: number): number => (index % 2 === 0 ? 120_000 : 1_000_000);

function plainTrack(row: Row): unknown {
  return TRACK_COLUMNS.map((column) => row[column]);
}

function plainAlbum(row: Row): unknown {
  return ALBUM_COLUMNS.map((column) => row[column]);
}

function plainJoined(row: Row): unknown {
  return [plainTrack(row), plainAlbum(row["album"] as Row)];
}

function plainWithTracks(row: Row): unknown {
  return [plainAlbum(row), (row["tracks"] as readonly Row[]).map(plainTrack)];
}

/** A created track, without the key, which depends on what was created before. */
function plainCreated(row: Row): unknown {
  return NEW_COLUMNS.map((column) => row[column]);
}
