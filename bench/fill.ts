import { Database } from "dunder-orm";
import { sql } from "kysely";
import { Album, Artist, BigTrack, Track } from "./models.js";
import { statementsFor } from "./statements.js";
import { ALBUMS, ARTISTS, type EngineName, trackAt, TRACKS } from "./works.js";

/**
 * Creates the tables and the rows that are read; the million rows that are streamed only where they are wanted.
 * Gives the version of the database.
 */
export async function fill(engine: EngineName, url: string, million: boolean): Promise<string> {
  const db = new Database(url);
  try {
    for (const model of [Artist, Album, Track, BigTrack]) model.bind(db);
    await db.createTables([Artist, Album, Track, BigTrack]);
    await Artist.objects.bulkCreate(numbers(ARTISTS).map((index) => ({ name: `Artist ${index}` })));
    await Album.objects.bulkCreate(
      numbers(ALBUMS).map((index) => ({
        name: `Album ${index}`,
        artist: 1 + (index % ARTISTS),
        year: 1950 + (index % 75),
      })),
    );
    await Track.objects.bulkCreate(numbers(TRACKS).map((index) => trackAt(index)));
    if (million) await db.execute(sql.raw(statementsFor(engine).fillStream));
    // Or a server would do it some time later, in the midst of what is measured.
    await db.execute(sql.raw(engine === "mysql" ? "analyze table artist, album, track" : "analyze"));
    const version = engine === "sqlite" ? "sqlite_version()" : "version()";
    const [row] = await db.execute(sql<{ version: string }>`select ${sql.raw(version)} as version`);
    return /\d+(\.\d+)*/.exec(row?.version ?? "")?.[0] ?? "unknown";
  } finally {
    await db.close();
  }
}

function numbers(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
