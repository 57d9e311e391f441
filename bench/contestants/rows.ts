import { columnsOf, type NewTrack } from "../works.js";

export type Row = Readonly<Record<string, unknown>>;
type Open = Record<string, unknown>;

/** What a user of a bare driver makes of a joined row: the album's columns in an object of their own. */
export function nested(row: Row): Row {
  const { album_id: albumId, album_name: name, album_artist_id: artist, album_year: year, ...track } = row;
  return { ...track, album_id: albumId, album: { id: albumId, name, artist_id: artist, year } };
}

/** Each album's tracks in a list of its own. */
export function withTracks(albums: readonly Row[], tracks: readonly Row[]): Row[] {
  const lists = new Map<unknown, Row[]>();
  for (const album of albums) lists.set(album["id"], ((album as Open)["tracks"] = []));
  for (const track of tracks) lists.get(track["album_id"])?.push(track);
  return albums as Row[];
}

/** Each track's album beside its columns. */
export function withAlbums(tracks: readonly Row[], albums: readonly Row[]): readonly Row[] {
  const byKey = new Map<unknown, Row>();
  for (const album of albums) byKey.set(album["id"], album);
  for (const track of tracks) (track as Open)["album"] = byKey.get(track["album_id"]);
  return tracks;
}

/** The keys of the tracks' albums, each once. */
export const albumKeys = (tracks: readonly (Row | TrackRow)[]): number[] => [
  ...new Set(tracks.map((track) => track["album_id"] as number)),
];

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

class AlbumWithTracks extends AlbumRow {
  readonly tracks: TrackRow[] = [];
}

type Arrays = readonly (readonly unknown[])[];

export function albumsWithTracks(albums: Arrays, tracks: Arrays): AlbumWithTracks[] {
  const byKey = new Map<unknown, AlbumWithTracks>();
  const found = albums.map((row) => {
    const album = new AlbumWithTracks(row, 0);
    byKey.set(album.id, album);
    return album;
  });
  for (const row of tracks) {
    const track = new TrackRow(row);
    byKey.get(track.album_id)?.tracks.push(track);
  }
  return found;
}

export function tracksWithAlbums(tracks: readonly TrackRow[], albums: Arrays): readonly TrackRow[] {
  const byKey = new Map<unknown, AlbumRow>();
  for (const row of albums) byKey.set(row[0], new AlbumRow(row, 0));
  for (const track of tracks) track.album = byKey.get(track.album_id) ?? null;
  return tracks;
}

export function created(id: unknown, track: NewTrack): Row {
  return { id, ...columnsOf(track) };
}
