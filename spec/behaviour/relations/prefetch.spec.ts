import { beforeEach, expect, it } from "vitest";
import { FieldError, NotLoadedError, prefetch, Prefetch } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Album, Artist, Cover, fillMusic, music, Review, Track } from "./music.js";

onEngines("prefetchRelated", (engine) => {
  const holder = useDatabase(engine, music);
  beforeEach(() => fillMusic(holder.db));

  it("trap 43: fetches all related rows by one query, which all(), count() and exists() then do without", async () => {
    const albums = await expectQueries(2, () => Album.objects.prefetchRelated("tracks").all());
    await expectQueries(0, async () => {
      expect(albums.map((album) => [...album.tracks].map(({ title }) => title))).toEqual([
        ["T1.1", "T1.2", "T1.3"],
        ["T2.1", "T2.2", "T2.3"],
        ["T3.1", "T3.2", "T3.3"],
        [],
      ]);
      for (const album of albums) {
        expect(await album.tracks.all()).toEqual([...album.tracks]);
        expect(await album.tracks.count()).toBe(album.tracks.length);
        expect(await album.tracks.exists()).toBe(album.id !== 4);
        expect(await album.tracks.contains(albums[0]!.tracks[Symbol.iterator]().next().value as Track)).toBe(
          album.id === 1,
        );
        const streamed = [];
        for await (const track of album.tracks) streamed.push(track);
        expect(streamed).toEqual([...album.tracks]);
      }
    });
    await expectQueries(2, async () => {
      expect((await albums[0]!.tracks.first())?.title).toBe("T1.1");
      expect(await albums[0]!.tracks.filter({ position__gt: 1 }).count()).toBe(2);
    });
  });

  it("gives each related row its way back: the very row, without a query", async () => {
    const [album] = await Album.objects.prefetchRelated("tracks").all();
    await expectQueries(0, () => {
      for (const track of album!.tracks) expect(track.album).toBe(album);
    });
  });

  it("follows foreign keys, NULL or not, and rows of the same key share one row", async () => {
    const albums = await expectQueries(2, () => Album.objects.prefetchRelated("artist").all());
    expect(albums.map((album) => album.artist?.name ?? null)).toEqual([
      "Anderson .Paak",
      "Anderson .Paak",
      null,
      "Anderson .Paak",
    ]);
    expect(albums[0]!.artist).toBe(albums[1]!.artist);
  });

  it("follows the other side of a one-to-one relation, and its way back", async () => {
    const albums = await expectQueries(2, () => Album.objects.prefetchRelated("cover").all());
    expect(albums.map((album) => album.cover?.colour ?? null)).toEqual(["blue", null, "grün", null]);
    expect(albums[0]!.cover?.album).toBe(albums[0]);
    const covers = await expectQueries(2, () => Cover.objects.orderBy("pk").prefetchRelated("album").all());
    expect(covers.map((cover) => cover.album.name)).toEqual(["Malibu", "Demos"]);
  });

  it("goes on along paths, a query a level however many rows there are", async () => {
    const artists = await expectQueries(5, () =>
      Artist.objects.orderBy("id").prefetchRelated("albums__tracks__reviews", "albums__cover").all(),
    );
    const stars = await expectQueries(0, () =>
      artists.flatMap((artist) =>
        [...artist.albums].flatMap((album) =>
          [...album.tracks].flatMap((track) => [...track.reviews].map((review) => review.stars)),
        ),
      ),
    );
    expect(stars).toEqual([5, 3, 5, 3]);
    expect([...artists[0]!.albums].map((album) => album.cover?.colour ?? null)).toEqual(["blue", null, null]);
    expect([...artists[1]!.albums]).toEqual([]);
  });

  it("asks nothing where there is nothing to ask for", async () => {
    await expectQueries(1, () => Album.objects.filter({ id: 99 }).prefetchRelated("tracks__reviews", "artist").all());
    await expectQueries(0, () => Album.objects.none().prefetchRelated("tracks").all());
    await expectQueries(1, () => Album.objects.filter({ artist__isnull: true }).prefetchRelated("artist").all());
    await expectQueries(2, () => Artist.objects.filter({ id: 2 }).prefetchRelated("albums__tracks").all());
  });

  it("goes on from relations that selectRelated joined", async () => {
    const tracks = await expectQueries(2, () =>
      Track.objects.selectRelated("album").prefetchRelated("album__tracks").filter({ album: 1 }).all(),
    );
    await expectQueries(0, () => {
      for (const track of tracks) expect([...track.album.tracks].map(({ position }) => position)).toEqual([1, 2, 3]);
    });
  });

  it("works with everything that gives rows", async () => {
    const albums = Album.objects.prefetchRelated("tracks");
    const lengths = [
      (await expectQueries(2, () => albums.get({ name: "Malibu" }))).tracks.length,
      (await expectQueries(2, () => albums.getOrNull({ name: "Malibu" })))?.tracks.length,
      (await expectQueries(2, () => albums.first()))?.tracks.length,
      (await expectQueries(2, () => albums.last()))?.tracks.length,
      (await expectQueries(2, () => albums.latest("name")))?.tracks.length,
      (await expectQueries(2, () => albums.inBulk([1, 4]))).get(1)?.tracks.length,
      (await expectQueries(2, () => albums.getOrCreate({ name: "Malibu" })))[0].tracks.length,
      (await expectQueries(2, () => albums.union(Album.objects.none()).orderBy("-id").limit(2).all()))[1]?.tracks
        .length,
      (await expectQueries(2, () => albums.reverse().slice(1, 3).all()))[0]?.tracks.length,
    ];
    expect(lengths).toEqual([3, 3, 3, 0, 3, 3, 3, 3, 3]);
    expect(await albums.count()).toBe(4);
    expect(await albums.exists()).toBe(true);
    expect(await Track.objects.filter({ album__in: albums }).count()).toBe(9);
    expect(await albums.values("name").all()).toHaveLength(4);
  });

  it("works chunk by chunk where rows are streamed", async () => {
    const seen: number[] = [];
    await expectQueries(3, async () => {
      for await (const album of Album.objects.prefetchRelated("tracks").iterator({ chunkSize: 2 })) {
        seen.push(album.tracks.length);
      }
    });
    for await (const album of Album.objects.prefetchRelated("tracks")) seen.push(album.tracks.length);
    await holder.db.atomic(async () => {
      for await (const album of Album.objects.prefetchRelated("tracks").iterator({ chunkSize: 2 })) {
        seen.push(album.tracks.length);
      }
    });
    expect(seen).toEqual([3, 3, 3, 0, 3, 3, 3, 0, 3, 3, 3, 0]);
  });

  it("takes a queryset of one's own for a path, with what that fetches along", async () => {
    const loud = Track.objects
      .filter({ position__gt: 1 })
      .orderBy("-position")
      .selectRelated("album")
      .prefetchRelated("reviews");
    const albums = await expectQueries(3, () => Album.objects.prefetchRelated(Prefetch("tracks", loud)).all());
    const titles = albums.map((album) => [...album.tracks].map((track) => [track.title, track.reviews.length]));
    expect(titles[0]).toEqual([
      ["T1.3", 0],
      ["T1.2", 0],
    ]);
    expect(titles[3]).toEqual([]);
    const nested = await expectQueries(3, () =>
      Album.objects.prefetchRelated(Prefetch("tracks", loud.only("title")), "tracks__reviews").all(),
    );
    expect([...nested[1]!.tracks].map((track) => track.title)).toEqual(["T2.3", "T2.2"]);
  });

  it("puts rows on an attribute of its own, which leaves the relation as it was", async () => {
    const albums = await expectQueries(3, () =>
      Album.objects
        .prefetchRelated(
          Prefetch("tracks", Track.objects.filter({ position: 1 }), { toAttr: "openers" }),
          Prefetch("cover", undefined, { toAttr: "sleeve" }),
        )
        .all(),
    );
    const openers: Track[] = albums[0]!.openers;
    expect(openers.map(({ title }) => title)).toEqual(["T1.1"]);
    expect(Array.isArray(openers)).toBe(true);
    expect(albums.map((album) => album.sleeve?.colour ?? null)).toEqual(["blue", null, "grün", null]);
    expect(() => [...(albums[0]!.tracks as unknown as Iterable<Track>)]).toThrow(NotLoadedError);
    await expectQueries(1, async () => expect(await albums[0]!.tracks.count()).toBe(3));
  });

  it("takes a slice of each row's own rows", async () => {
    const top = (queryset: typeof Track.objects) =>
      expectQueries(2, () => Album.objects.prefetchRelated(Prefetch("tracks", queryset)).all()).then((albums) =>
        albums.map((album) => [...album.tracks].map(({ position }) => position)),
      );
    expect(await top(Track.objects.limit(2))).toEqual([[1, 2], [1, 2], [1, 2], []]);
    expect(await top(Track.objects.orderBy("-position").slice(1, 2))).toEqual([[2], [2], [2], []]);
    expect(await top(Track.objects.offset(1))).toEqual([[2, 3], [2, 3], [2, 3], []]);
    expect(await top(Track.objects.filter({ reviews__stars__gte: 3 }).limit(2))).toEqual([[1], [1], [1], []]);
    const none = await expectQueries(1, () =>
      Album.objects.prefetchRelated(Prefetch("tracks", Track.objects.limit(0))).all(),
    );
    expect(none[0]!.tracks.length).toBe(0);
  });

  it("reads the columns that tie rows together, whatever is left out", async () => {
    const albums = await expectQueries(3, () =>
      Album.objects
        .only("name")
        .prefetchRelated("artist", Prefetch("tracks", Track.objects.only("title")))
        .all(),
    );
    expect(albums[0]!.artist?.name).toBe("Anderson .Paak");
    expect([...albums[0]!.tracks].map(({ title }) => title)).toEqual(["T1.1", "T1.2", "T1.3"]);
    const deferred = await Album.objects.defer("artist", "name").prefetchRelated("artist").all();
    expect(deferred[0]!.artist?.name).toBe("Anderson .Paak");
    const joined = await expectQueries(2, () =>
      Track.objects
        .filter({ album: 1 })
        .selectRelated("album")
        .only("title", "album__name")
        .prefetchRelated("album__artist")
        .all(),
    );
    expect(joined[0]!.album.artist?.name).toBe("Anderson .Paak");
  });

  it("is forgotten by a write through the manager, and by refresh()", async () => {
    const fresh = () => Album.objects.prefetchRelated("tracks").get({ id: 1 });
    let album = await fresh();
    await album.tracks.create({ title: "New", position: 9 });
    expect(await album.tracks.count()).toBe(4);
    album = await fresh();
    await album.tracks.bulkCreate([{ title: "Newer", position: 10 }]);
    expect(await album.tracks.all()).toHaveLength(5);
    album = await fresh();
    await album.tracks.update({ position: 0 });
    expect((await album.tracks.all()).map(({ position }) => position)).toEqual([0, 0, 0, 0, 0]);
    album = await fresh();
    await album.tracks.getOrCreate({ title: "Newest" }, { defaults: { position: 1 } });
    expect(await album.tracks.count()).toBe(6);
    album = await fresh();
    await Track.objects.create({ album: 1, title: "Elsewhere", position: 11 });
    expect(await album.tracks.count()).toBe(6);
    await album.refresh();
    expect(await album.tracks.count()).toBe(7);
    album = await fresh();
    await album.tracks.delete();
    expect(await album.tracks.exists()).toBe(false);
  });

  it("is done for rows that are there already, and skips what they have", async () => {
    const albums = await Album.objects.all();
    const loaded = await expectQueries(2, () => prefetch(albums, "tracks", "artist"));
    expect(loaded).toBe(albums);
    expect(loaded.map((album) => album.tracks.length)).toEqual([3, 3, 3, 0]);
    await expectQueries(1, () => prefetch(albums, "tracks__reviews", "artist"));
    await expectQueries(0, () => prefetch(albums, "tracks__reviews", "artist"));
    const again = await expectQueries(1, () =>
      prefetch(albums, Prefetch("tracks", Track.objects.filter({ position: 2 }))),
    );
    expect([...again[0]!.tracks].map(({ title }) => title)).toEqual(["T1.2"]);
    expect(await expectQueries(0, () => prefetch([] as Album[], "tracks"))).toEqual([]);
  });

  it("reads the key of a foreign key as it is now", async () => {
    const [first, second] = await Album.objects.orderBy("id").all();
    const track = await Track.objects.get({ id: 11 });
    track.album = second!;
    const [same] = await prefetch([track], "album__artist");
    expect(same!.album).toBe(second);
    (track as { album: unknown }).album = first!.pk;
    await prefetch([track], "album");
    expect((track.album as Album).name).toBe("Malibu");
  });

  it("works for raw rows, and for rows of another database of the same models", async () => {
    const { sql } = await import("kysely");
    const rows = await expectQueries(2, () =>
      Album.objects
        .raw(sql`select * from album where id < ${3}`)
        .prefetchRelated("tracks")
        .all(),
    );
    expect(rows.map((album) => album.tracks.length)).toEqual([3, 3]);
    const other = await engine.database();
    await other.createTables(music);
    await Album.objects.using(other).create({ id: 1, name: "Elsewhere" });
    await Track.objects.using(other).create({ id: 1, album: 1, title: "Alone", position: 1 });
    const album = await expectQueries(2, () => Album.objects.using(other).prefetchRelated("tracks").get({ id: 1 }), {
      database: other,
    });
    expect([...album.tracks].map(({ title }) => title)).toEqual(["Alone"]);
    const here = await Album.objects
      .using(other)
      .prefetchRelated(Prefetch("tracks", Track.objects.using(holder.db)))
      .get({ id: 1 });
    expect(here.tracks.length).toBe(3);
  });

  it("refuses what it cannot do, and says what could be meant", async () => {
    const refused = (call: () => unknown, message: RegExp) => {
      expect(call).toThrow(FieldError);
      expect(call).toThrow(message);
    };
    const albums = Album.objects;
    refused(() => albums.prefetchRelated("trakcs" as never), /Album has no relation "trakcs".*Did you mean "tracks"\?/);
    refused(() => albums.prefetchRelated("tracks__rewiews" as never), /Track has no relation "rewiews".*"reviews"/);
    refused(() => albums.prefetchRelated("name" as never), /Album has a field, but no relation, "name"/);
    refused(() => albums.prefetchRelated("__proto__" as never), /has no relation/);
    refused(() => albums.prefetchRelated({ path: "tracks" } as never), /takes names of relations and Prefetch/);
    refused(() => albums.prefetchRelated(undefined as never), /takes names of relations and Prefetch/);
    refused(() => albums.prefetchRelated(), /needs the names of relations, such as artist, tracks, cover/);
    refused(() => albums.values("name").prefetchRelated("tracks"), /cannot follow values/);
    refused(() => Prefetch("tracks", Track.objects.values("title") as never), /values\(…\) gives none/);
    refused(() => Prefetch("tracks", Track as never), /expected a queryset/);
    refused(() => Prefetch(7 as never), /the path names relations/);
    refused(() => Prefetch("tracks", Track.objects, { toAtr: "x" } as never), /no option "toAtr".*"toAttr"/);
    refused(
      () => albums.prefetchRelated(Prefetch("tracks", Review.objects) as never),
      /queryset of Track, got one of Review/,
    );
    const own = Prefetch("tracks", Track.objects.filter({ position: 1 }));
    refused(() => albums.prefetchRelated("tracks", own), /"tracks" is fetched already, with all its rows/);
    refused(() => albums.prefetchRelated("tracks__reviews", own), /fetched already/);
    refused(() => albums.prefetchRelated(own, Prefetch("tracks", Track.objects.all as never)), /expected a queryset/);
    refused(() => albums.prefetchRelated(own, Prefetch("tracks", Track.objects.limit(1))), /with another queryset/);
    expect(() => albums.prefetchRelated(own, own, "tracks", "tracks__reviews")).not.toThrow();
    for (const name of ["name", "loud", "save", "pk", "a__b", "1x", "__proto__", "constructor"]) {
      refused(() => albums.prefetchRelated(Prefetch("tracks", undefined, { toAttr: name })), /toAttr/);
    }
    await expect(
      albums.prefetchRelated(Prefetch("tracks", Track.objects.distinct("album").limit(1))).all(),
    ).rejects.toThrow(/distinct/);
    await expect(albums.prefetchRelated(Prefetch("tracks", Track.objects.union(Track.objects))).all()).rejects.toThrow(
      FieldError,
    );
    await expect(prefetch({} as never, "tracks" as never)).rejects.toThrow(/takes a list of rows/);
    await expect(prefetch([1] as never, "tracks" as never)).rejects.toThrow(/rows of one model/);
    await expect(
      prefetch([await albums.get({ id: 1 }), await Track.objects.get({ id: 11 })] as never, "tracks" as never),
    ).rejects.toThrow(/rows of one model/);
    await expect(prefetch([new Album({ name: "New" })], "tracks")).rejects.toThrow(/never saved/);
    const album = await albums.get({ id: 1 });
    expect(() => (album.tracks as unknown as { length: number }).length).toThrow(/prefetchRelated\("tracks"\)/);
    expect(() => [...(albums as unknown as Iterable<Album>)]).toThrow(TypeError);
    expect(() => (album.tracks.filter({}) as unknown as { length: number }).length).toThrow(NotLoadedError);
    const partial = await albums.only("name").get({ id: 1 });
    await expect(prefetch([partial], "artist")).rejects.toThrow(/Album.artist was not loaded/);
  });
});
