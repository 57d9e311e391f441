import fc from "fast-check";
import { expect, it } from "vitest";
import { Prefetch, prefetch } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Album, Artist, Cover, music, Review, Track } from "./music.js";

/** Which artist each album has, or none; which album each track is on, and at which position; which albums have covers. */
const libraries = fc.record({
  albums: fc.array(fc.option(fc.integer({ min: 1, max: 3 })), { maxLength: 6 }),
  tracks: fc.array(fc.record({ album: fc.nat(), position: fc.integer({ min: 0, max: 4 }) }), { maxLength: 12 }),
  covers: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
});

type Library = typeof libraries extends fc.Arbitrary<infer L> ? L : never;

async function fill({ albums, tracks, covers }: Library): Promise<void> {
  for (const model of [Review, Cover, Track, Album, Artist]) await model.objects.delete({ all: true });
  await Artist.objects.bulkCreate([1, 2, 3].map((id) => ({ id, name: `Artist ${id}` })));
  await Album.objects.bulkCreate(albums.map((artist, at) => ({ id: at + 1, name: `é${at}`, artist })));
  if (albums.length === 0) return;
  await Track.objects.bulkCreate(
    tracks.map(({ album, position }, at) => ({ id: at + 1, album: (album % albums.length) + 1, title: "x", position })),
  );
  await Cover.objects.bulkCreate(albums.flatMap((_, at) => (covers[at] ? [{ album: at + 1, colour: `c${at}` }] : [])));
}

const BY_PLACE = Track.objects.orderBy("position", "id");

/** What is told of a track and all that it leads to, whichever way that was fetched. */
interface Told {
  readonly id: number;
  readonly album: { readonly name: string };
}

onEngines("Whichever way relations are fetched", (engine) => {
  useDatabase(engine, music);

  it("they are the same: joined, fetched along, and loaded later", async () => {
    await fc.assert(
      fc.asyncProperty(libraries, async (library) => {
        await fill(library);
        const told = (track: Told, artist?: string, colour?: string) => [track.id, track.album.name, artist, colour];
        const joined = (await Track.objects.orderBy("id").selectRelated("album__artist", "album__cover").all()).map(
          (track) => told(track, track.album.artist?.name, track.album.cover?.colour),
        );
        const along = await Track.objects.orderBy("id").prefetchRelated("album__artist", "album__cover").all();
        expect(along.map((track) => told(track, track.album.artist?.name, track.album.cover?.colour))).toEqual(joined);
        for (const mode of ["one", "peers"] as const) {
          const later = await Promise.all(
            (await Track.objects.orderBy("id").fetchMode(mode).all()).map(async (track) => {
              const album = await track.album.load();
              const [artist, cover] = [await album.artist?.load(), await album.cover.load()];
              return told({ id: track.id, album }, artist?.name, cover?.colour);
            }),
          );
          expect(later).toEqual(joined);
        }
      }),
      { numRuns: engine.name === "sqlite" ? 60 : 12 },
    );
  });

  it("many rows are those that a filter finds, in its order, and a slice is that of each", async () => {
    const slices = fc.record({ from: fc.nat({ max: 3 }), length: fc.option(fc.nat({ max: 3 })) });
    await fc.assert(
      fc.asyncProperty(libraries, slices, async (library, { from, length }) => {
        await fill(library);
        const slice = BY_PLACE.slice(from, length === null ? undefined : from + length);
        const albums = await Album.objects.orderBy("id").all();
        const whole = await prefetch(albums, Prefetch("tracks", BY_PLACE));
        const sliced = await Album.objects
          .orderBy("id")
          .prefetchRelated(Prefetch("tracks", slice, { toAttr: "some" }))
          .all();
        const found = await Promise.all(albums.map((album) => BY_PLACE.filter({ album }).all()));
        const ids = (tracks: Iterable<Track>) => [...tracks].map(({ id }) => id);
        expect(whole.map((album) => ids(album.tracks))).toEqual(found.map(ids));
        expect(sliced.map((album) => ids(album.some))).toEqual(
          found.map((tracks) => ids(tracks).slice(from, length === null ? undefined : from + length)),
        );
      }),
      { numRuns: engine.name === "sqlite" ? 60 : 12 },
    );
  });
});
