import { columnsOf, type NewTrack } from "../works.js";

export type Row = Readonly<Record<string, unknown>>;

/** What a user of a bare driver makes of a joined row: the album's columns in an object of their own. */
export function nested(row: Row): Row {
  const { album_id: albumId, album_name: name, album_artist_id: artist, album_year: year, ...track } = row;
  return { ...track, album_id: albumId, album: { id: albumId, name, artist_id: artist, year } };
}

/** Rows made by hand from arrays, as fast as it gets. */
export class AlbumRow {
  id: unknown;
  name: unknown;
  artist_id: unknown;
  year: unknown;

  constructor(row: readonly unknown[], at: number) {
    this.id = row[at];
    this.name = row[at + 1];
    this.artist_id = row[at + 2];
    this.year = row[at + 3];
  }
}

export class TrackRow {
  id: unknown;
  title: unknown;
  album_id: unknown;
  composer: unknown;
  milliseconds: unknown;
  bytes: unknown;
  rating: unknown;
  position: unknown;
  genre: unknown;
  album: AlbumRow | null = null;

  constructor(row: readonly unknown[]) {
    this.id = row[0];
    this.title = row[1];
    this.album_id = row[2];
    this.composer = row[3];
    this.milliseconds = row[4];
    this.bytes = row[5];
    this.rating = row[6];
    this.position = row[7];
    this.genre = row[8];
  }
}

export function trackRows(rows: readonly (readonly unknown[])[]): TrackRow[] {
  const found = new Array<TrackRow>(rows.length);
  for (let index = 0; index < rows.length; index += 1) found[index] = new TrackRow(rows[index] as readonly unknown[]);
  return found;
}

export function joinedRows(rows: readonly (readonly unknown[])[]): TrackRow[] {
  const found = trackRows(rows);
  for (let index = 0; index < rows.length; index += 1) {
    (found[index] as TrackRow).album = new AlbumRow(rows[index] as readonly unknown[], 9);
  }
  return found;
}

export function created(id: unknown, track: NewTrack): Row {
  return { id, ...columnsOf(track) };
}
