import type { EngineName, NewTrack, RelatedShapes, Shapes } from "../works.js";

/** Rows of libraries whose models call the foreign keys' columns `albumId` and `artistId`. */
export interface TrackRow extends Omit<NewTrack, "album"> {
  readonly id: number;
  readonly albumId: number;
}

export interface AlbumRow {
  readonly id: number;
  readonly name: string;
  readonly artistId: number;
  readonly year: number;
}

export const camelCase: Shapes & RelatedShapes = {
  track: ({ albumId, ...row }: TrackRow) => ({ album_id: albumId, ...row }),
  joined: ({ album, ...row }: TrackRow & { readonly album: AlbumRow }) => joined(row, album),
  withTracks: ({ artistId, tracks, ...album }: AlbumRow & { readonly tracks: readonly TrackRow[] }) => ({
    ...{ artist_id: artistId, ...album },
    tracks: tracks.map(({ albumId, ...row }) => ({ album_id: albumId, ...row })),
  }),
};

export function joined({ albumId, ...row }: TrackRow, { artistId, ...album }: AlbumRow) {
  return { album_id: albumId, ...row, album: { artist_id: artistId, ...album } };
}

/** A new track as these libraries take it. */
export function dataOf({ album, ...track }: NewTrack): Omit<TrackRow, "id"> {
  return { ...track, albumId: album };
}

/** How names are compared whatever their case: SQLite's collation can use an index, and is planned better than `lower`. */
export const ignoringCase = (engine: EngineName, name: string): string =>
  engine === "sqlite" ? `${name} collate nocase` : `lower(${name})`;

/** The pragmas that all contestants have. */
export const PRAGMAS = ["journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"];

export const fileOf = (url: string): string => url.replace("sqlite:", "");
