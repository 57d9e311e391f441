import { beforeEach, expect, it } from "vitest";
import { NotLoadedError, OrmError } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import type { Cover } from "./music.js";
import { Album, Artist, fillMusic, music, Review, Track } from "./music.js";

onEngines("Loads in one tick", (engine) => {
  const holder = useDatabase(engine, music);
  beforeEach(() => fillMusic(holder.db));

  it("are one query for rows of one model, whatever led to them, and each row gets an instance of its own", async () => {
    const tracks = await Track.objects.all();
    const reviews = await Review.objects.filter({ album__isnull: false }).all();
    const albums = await expectQueries(1, () =>
      Promise.all([
        ...tracks.map((track) => track.album.load()),
        ...reviews.map((review) => review.album?.load() ?? Promise.reject(new Error("not null"))),
      ]),
    );
    expect(albums.slice(0, 9).map(({ pk }) => pk)).toEqual(tracks.map((track) => track.album.pk));
    expect(new Set(albums).size).toBe(12);
    albums.forEach((album, at) => {
      expect(album).toBe(at < 9 ? tracks[at]!.album : reviews[at - 9]!.album);
      expect(album.isSparse).toBe(false);
      expect(album.isDirty()).toBe(false);
    });
    albums[0]!.name = "Changed";
    expect(albums.filter(({ name }) => name === "Changed")).toHaveLength(1);
  });

  it("are one query for each model, however many steps of promises they are apart", async () => {
    const reviews = await Review.objects.filter({ stars: 5 }).all();
    const names = await expectQueries(4, () =>
      Promise.all(
        reviews.map(async (review, at) => {
          for (let step = 0; step < at; step += 1) await Promise.resolve();
          const track = await review.track.load();
          const album = await track.album.load();
          const [artist, cover] = await Promise.all([album.artist?.load(), album.cover.load()]);
          return `${track.title} ${album.name} ${artist?.name ?? "nobody"} ${cover?.colour ?? ""}`;
        }),
      ),
    );
    expect(names.toSorted()).toEqual([
      "T1.1 Malibu Anderson .Paak blue",
      "T2.1 Ótta Anderson .Paak ",
      "T3.1 Demos nobody grün",
    ]);
  });

  it("of the other side of a one-to-one relation are one query, too", async () => {
    const albums = await Album.objects.all();
    const covers = await expectQueries(1, () => Promise.all(albums.map((album) => album.cover.load())));
    expect(covers.map((cover) => cover?.colour ?? null)).toEqual(["blue", null, "grün", null]);
    expect(covers[0]?.album).toBe(albums[0]);
    // Who asks again gets the same answer.
    await expectQueries(0, async () => expect(await albums[1]!.cover.load()).toBeNull());
    expect(() => (albums[1]!.cover as unknown as Cover).colour).toThrow(/Cover\.colour: this Album has no cover/);
    await albums[1]!.refresh();
    await expectQueries(1, async () => expect(await albums[1]!.cover.load()).toBeNull());
  });

  it("of many rows each are one query, in the order of the model", async () => {
    const albums = await Album.objects.all();
    const tracks = await expectQueries(1, () => Promise.all(albums.map((album) => album.tracks.all())));
    expect(tracks.map((some) => some.map(({ position }) => position))).toEqual([[1, 2, 3], [1, 2, 3], [1, 2, 3], []]);
    await expectQueries(0, () => {
      for (const [at, some] of tracks.entries()) for (const track of some) expect(track.album).toBe(albums[at]);
    });
    await expectQueries(1, () => albums[0]!.tracks.all());
  });

  it("keep apart who asks for the same rows", async () => {
    const [one, same] = [await Album.objects.get({ id: 1 }), await Album.objects.get({ id: 1 })];
    const [mine, theirs] = await expectQueries(1, () => Promise.all([one.tracks.all(), same.tracks.all()]));
    expect(mine.map(({ pk }) => pk)).toEqual(theirs.map(({ pk }) => pk));
    expect(mine.some((track) => theirs.includes(track))).toBe(false);
    expect(theirs[0]!.album).toBe(same);
    const [cover, other] = await expectQueries(1, () => Promise.all([one.cover.load(), same.cover.load()]));
    expect(cover).not.toBe(other);
    expect(other?.colour).toBe("blue");
    const [twice, again] = await Promise.all([one.tracks.all(), one.tracks.all()]);
    expect(twice).toEqual(again);
    expect(twice).not.toBe(again);
  });

  it("that were narrowed further are queries of their own", async () => {
    const albums = await Album.objects.filter({ id__lt: 3 }).all();
    await expectQueries(2, () => Promise.all(albums.map((album) => album.tracks.filter({ position: 1 }).all())));
    await expectQueries(2, () => Promise.all(albums.map((album) => album.tracks.orderBy("-position").all())));
  });

  it("ask by equality where there is but one", async () => {
    const seen: string[] = [];
    const db = await engine.database({ onQuery: (event) => seen.push(event.sql.toLowerCase()) });
    await db.createTables(music);
    await Album.objects.using(db).create({ id: 1, name: "Malibu" });
    const made = await Track.objects.using(db).create({ id: 1, album: 1, title: "Bird", position: 1 });
    const track = await Track.objects.using(db).get({ pk: made.pk });
    seen.length = 0;
    const album = await track.album.load();
    await album.tracks.all();
    await album.cover.load();
    expect(seen).toHaveLength(3);
    for (const text of seen)
      expect(text.slice(text.indexOf("where"))).toMatch(/^where \S+ = (\?|\$1|@?\w+)( order by \S+)?$/);
  });

  it("are of the transaction that each is in", async () => {
    const [outside, inside] = await Track.objects.filter({ album: 1 }).limit(2).all();
    const { db } = holder;
    await expectQueries(3, async () => {
      let loadedInside: Album | null = null;
      await db
        .atomic(async () => {
          await Album.objects.filter({ id: 1 }).update({ name: "Renamed" });
          loadedInside = await inside!.album.load();
          throw new Error("undo");
        })
        .catch(() => undefined);
      expect(loadedInside).toHaveProperty("name", "Renamed");
      expect((await outside!.album.load()).name).toBe("Malibu");
    });
    const [third, fourth] = await Track.objects.filter({ album: 2 }).limit(2).all();
    await expectQueries(2, () => Promise.all([third!.album.load(), db.atomic(() => fourth!.album.load())]));
  });

  it("throw for the row alone that is missing, with the caller's own line", async () => {
    const tracks = await Track.objects.filter({ position: 1 }).orderBy("id").all();
    await Album.objects.filter({ id: 2 }).delete();
    const results = await expectQueries(1, () =>
      Promise.allSettled(
        tracks.map(async function loadsOne(track) {
          return await track.album.load();
        }),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const { reason } = results[1] as PromiseRejectedResult & { reason: Error };
    expect(reason).toBeInstanceOf(Album.DoesNotExist);
    expect(reason.message).toBe("Album(id=2) [sparse] is not in the database any more.");
    expect(reason.stack).toMatch(/loadsOne.*lazy-loads\.spec/);
    expect(tracks[1]!.album.isSparse).toBe(true);
    await expect(tracks[1]!.album.load()).rejects.toThrow(Album.DoesNotExist);
  });

  it("throw for all of them where the query fails", async () => {
    const db = await engine.database();
    await db.createTables(music);
    await Album.objects.using(db).create({ id: 1, name: "x" });
    await Album.objects.using(db).create({ id: 2, name: "y" });
    await Track.objects.using(db).bulkCreate([1, 2].map((id) => ({ id, album: id, title: "x", position: 1 })));
    const tracks = await Track.objects.using(db).all();
    await db.close();
    const results = await Promise.allSettled(tracks.map((track) => track.album.load()));
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    for (const result of results) expect((result as PromiseRejectedResult).reason).toBeInstanceOf(OrmError);
  });

  it("that are thousands are one query still", async () => {
    const tracks = Array.from(
      { length: 3000 },
      (_, id) => new Track({ id, album: (id % 3) + 1, title: "x", position: 1 }),
    );
    await expectQueries(1, () => Promise.all(tracks.map((track) => track.album.load())));
    expect(tracks.every((track) => (track.album as Album).name !== "")).toBe(true);
  });

  it("do nothing for what is there", async () => {
    const track = await Track.objects.selectRelated("album__cover").get({ id: 11 });
    await expectQueries(0, async () => {
      expect(await track.album.load()).toBe(track.album);
      expect(track.album.cover?.colour).toBe("blue");
    });
    const album = await Album.objects.get({ id: 1 });
    await album.cover.load();
    await expectQueries(0, () => expect((album.cover as unknown as Cover).colour).toBe("blue"));
    const artist = new Artist({ name: "New" });
    expect(() => artist.albums.all()).toThrow(/never saved/);
    expect(() => [...(artist.albums as unknown as Iterable<Album>)]).toThrow(/never saved/);
    expect(() => (new Track({ album: 1, title: "x", position: 1 }).album as Album).name).toThrow(NotLoadedError);
  });

  it("trap 45: a key assigned after its row was loaded leads to the new row", async () => {
    const track = await Track.objects.get({ id: 11 });
    await track.album.load();
    (track as { album: unknown }).album = 2;
    expect(track.album.isSparse).toBe(true);
    expect((await track.album.load()).name).toBe("Ótta");
  });
});
