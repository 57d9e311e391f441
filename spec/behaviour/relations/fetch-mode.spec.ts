import { beforeEach, describe, expect, it } from "vitest";
import { ConfigurationError, Database, FieldError, type LoadLoop, NotLoadedError } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Album, fillMusic, music, Review, Track } from "./music.js";

onEngines("fetchMode", (engine) => {
  const holder = useDatabase(engine, music);
  beforeEach(() => fillMusic(holder.db));

  it('"peers" fetches a relation for every row of the result when the first asks for it', async () => {
    await expectQueries(2, async () => {
      const tracks = await Track.objects.fetchMode("peers").all();
      for (const track of tracks) expect((await track.album.load()).pk).toBe(track.album.pk);
      expect(tracks.filter((track) => track.album === tracks[0]!.album)).toHaveLength(3);
    });
  });

  it('"peers" keeps the sparse rows that somebody holds, and fills them where they are', async () => {
    const tracks = await Track.objects.fetchMode("peers").orderBy("id").all();
    const [first, second] = [tracks[0]!.album, tracks[1]!.album];
    await expectQueries(1, () => tracks[8]!.album.load());
    expect([first.isSparse, second.isSparse]).toEqual([false, false]);
    expect(tracks[0]!.album).toBe(first);
    expect(tracks[1]!.album).toBe(second);
    expect(tracks.every((track) => !track.album.isSparse)).toBe(true);
  });

  it('"peers" goes on from what it loaded', async () => {
    await expectQueries(4, async () => {
      const reviews = await Review.objects.fetchMode("peers").all();
      for (const review of reviews) {
        const album = await (await review.track.load()).album.load();
        await album.artist?.load();
      }
    });
  });

  it('"peers" holds for the other sides, too', async () => {
    await expectQueries(4, async () => {
      const albums = await Album.objects.fetchMode("peers").all();
      const counts: number[] = [];
      for (const album of albums) {
        await album.cover.load();
        const tracks = await album.tracks.all();
        for (const track of tracks) counts.push((await track.reviews.all()).length);
        expect(await album.tracks.count()).toBe(tracks.length);
      }
      expect(counts).toEqual([2, 0, 0, 2, 0, 0, 2, 0, 0]);
    });
  });

  it('"peers" holds for rows that were joined or fetched along', async () => {
    await expectQueries(2, async () => {
      for (const track of await Track.objects.selectRelated("album").fetchMode("peers").all()) {
        await track.album.artist?.load();
      }
    });
    await expectQueries(3, async () => {
      for (const album of await Album.objects.prefetchRelated("tracks").fetchMode("peers").all()) {
        for (const track of album.tracks) await track.reviews.all();
      }
    });
    await expectQueries(2, async () => {
      for await (const track of Track.objects.fetchMode("peers")) await track.album.load();
    });
  });

  it('"peers" throws for a row that is missing when it is asked for, and for no other', async () => {
    const tracks = await Track.objects.fetchMode("peers").filter({ position: 1 }).orderBy("id").all();
    await Album.objects.filter({ id: 2 }).delete();
    await expectQueries(2, async () => {
      expect((await tracks[0]!.album.load()).name).toBe("Malibu");
      await expect(tracks[1]!.album.load()).rejects.toThrow(Album.DoesNotExist);
      expect((await tracks[2]!.album.load()).name).toBe("Demos");
    });
  });

  it('"raise" forbids lazy loads, and says what to do', async () => {
    const tracks = await Track.objects.fetchMode("raise").all();
    await expectQueries(0, async () => {
      const load = tracks[0]!.album.load();
      await expect(load).rejects.toThrow(NotLoadedError);
      await expect(load).rejects.toThrow(
        'Track.album.load() would be a query for one row, which fetchMode("raise") forbids. ' +
          'Fetch it along with Track.objects.selectRelated("album").',
      );
      await expect(tracks[0]!.reviews.all()).rejects.toThrow(/Track\.objects\.prefetchRelated\("reviews"\)/);
      expect(() => tracks[0]!.reviews[Symbol.asyncIterator]()).toThrow(NotLoadedError);
    });
    const [album] = await Album.objects.selectRelated("artist").prefetchRelated("tracks").fetchMode("raise").all();
    await expect(album!.cover.load()).rejects.toThrow(/selectRelated\("cover"\)/);
    await expectQueries(0, () => album!.tracks.all());
    await expect([...album!.tracks][0]!.reviews.all()).rejects.toThrow(NotLoadedError);
    await expect(album!.artist!.albums.all()).rejects.toThrow(NotLoadedError);
  });

  it('"raise" lets pass what is asked for in so many words', async () => {
    const [album] = await Album.objects.fetchMode("raise").all();
    expect(await album!.tracks.count()).toBe(3);
    expect(await album!.tracks.filter({ position: 1 }).all()).toHaveLength(1);
    await album!.tracks.create({ title: "New", position: 7 });
    await album!.update({ name: "Changed" });
    await album!.refresh();
    await expect(album!.tracks.all()).rejects.toThrow(NotLoadedError);
  });

  it.skipIf(engine.isPglite)("is an option of a database, and a queryset's own mode goes before it", async () => {
    const url = await engine.url();
    const peers = new Database(url, { fetchMode: "peers" });
    const raise = new Database(url, { fetchMode: "raise" });
    try {
      await peers.createTables(music);
      await Album.objects.using(peers).bulkCreate([1, 2].map((id) => ({ id, name: "x" })));
      await Track.objects.using(peers).bulkCreate([1, 2].map((id) => ({ id, album: id, title: "x", position: id })));
      const loadAll = async (tracks: Track[]) => {
        for (const track of tracks) await track.album.load();
      };
      await expectQueries(2, async () => loadAll(await Track.objects.using(peers).all()));
      await expectQueries(3, async () => loadAll(await Track.objects.using(peers).fetchMode("one").all()));
      await expect(loadAll(await Track.objects.using(raise).all())).rejects.toThrow(NotLoadedError);
      await expectQueries(2, async () => loadAll(await Track.objects.using(raise).fetchMode("peers").all()));
      await expectQueries(3, async () => loadAll(await Track.objects.using(raise).fetchMode("one").all()));
    } finally {
      await peers.close();
      await raise.close();
    }
  });

  it("tells of a loop that loads one by one, once for each place", async () => {
    const loops: LoadLoop[] = [];
    const db = await engine.database({ onLoadLoop: (loop) => loops.push(loop), loadLoopThreshold: 3 });
    await db.createTables(music);
    await Album.objects.using(db).bulkCreate([1, 2, 3, 4].map((id) => ({ id, name: "x" })));
    await Track.objects.using(db).bulkCreate([1, 2, 3, 4].map((id) => ({ id, album: id, title: "x", position: id })));
    const inALoop = async () => {
      for (const track of await Track.objects.using(db).all()) await track.album.load();
    };
    await inALoop();
    await inALoop();
    expect(loops).toHaveLength(1);
    const [loop] = loops as [LoadLoop];
    expect(loop).toMatchObject({ model: "Track", relation: "album", loads: 3 });
    expect(loop.place).toMatch(/inALoop.*fetch-mode\.spec/);
    expect(loop.message).toContain('Track.objects.selectRelated("album")');
    expect(loop.message).toContain(loop.place);
    await Promise.all((await Track.objects.using(db).all()).map((track) => track.album.load()));
    for (const track of await Track.objects.using(db).limit(2).all()) await track.album.load();
    for (let times = 0; times < 5; times += 1) await (await Track.objects.using(db).get({ id: 1 })).album.load();
    expect(loops).toHaveLength(1);
    for (const album of await Album.objects.using(db).all()) await album.tracks.all();
    expect(loops).toHaveLength(2);
    expect(loops[1]!.message).toContain('Album.objects.prefetchRelated("tracks")');
  });

  it("is refused where it is none", () => {
    expect(() => Track.objects.fetchMode("all" as never)).toThrow(FieldError);
    expect(() => Track.objects.fetchMode(undefined as never)).toThrow(/takes one of "one", "peers", "raise"/);
    expect(() => Track.objects.values("title").fetchMode("peers")).toThrow(/cannot follow values/);
  });
});

describe("Options about lazy loads", () => {
  it.each([{ fetchMode: "some" }, { onLoadLoop: "console" }, { loadLoopThreshold: 1 }, { loadLoopThreshold: "3" }])(
    "are refused where they are wrong: %o",
    (options) => {
      expect(() => new Database("sqlite::memory:", options as never)).toThrow(ConfigurationError);
    },
  );

  it("let rows be collected: peers are held weakly", async () => {
    const db = new Database("sqlite::memory:");
    for (const model of music) model.bind(db);
    await db.createTables(music);
    await fillMusic(db);
    const [kept] = await Track.objects.fetchMode("peers").all();
    const origin = Object.getOwnPropertySymbols(kept!).find((symbol) => symbol.description === "dunder.origin");
    const { result } = (kept as unknown as Record<symbol, { result: { peers: readonly unknown[] } }>)[origin!]!;
    expect(result.peers).toHaveLength(9);
    expect(result.peers.every((peer) => peer instanceof WeakRef)).toBe(true);
    await db.close();
  });
});
