import { Database } from "dunder-orm";
import { Album, Artist, Track } from "./models.js";
import { ALBUMS, ARTISTS, trackAt, TRACKS } from "./works.js";

/** Creates the tables and the rows that are read. */
export async function fill(url: string): Promise<void> {
  const db = new Database(url);
  try {
    for (const model of [Artist, Album, Track]) model.bind(db);
    await db.createTables([Artist, Album, Track]);
    await Artist.objects.bulkCreate(numbers(ARTISTS).map((index) => ({ name: `Artist ${index}` })));
    await Album.objects.bulkCreate(
      numbers(ALBUMS).map((index) => ({
        name: `Album ${index}`,
        artist: 1 + (index % ARTISTS),
        year: 1950 + (index % 75),
      })),
    );
    await Track.objects.bulkCreate(numbers(TRACKS).map((index) => trackAt(index)));
  } finally {
    await db.close();
  }
}

function numbers(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
