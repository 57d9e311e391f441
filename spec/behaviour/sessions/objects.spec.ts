import { beforeEach, describe, expect, it } from "vitest";
import { type ObjectState, objectState, PendingRollbackError, Session, SessionError } from "dunder-orm/session";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Album, Artist, Cover, Genre, music, Track } from "./music.js";

onEngines("sessions: objects", (engine) => {
  const statements: string[] = [];
  const holder = useDatabase(engine, music, {
    onQuery: ({ sql }) => statements.push(sql),
  });
  const writes = (): string[] => statements.splice(0).filter((sql) => /^(insert|update|delete)/i.test(sql));
  const reads = (): string[] => statements.splice(0).filter((sql) => /^select/i.test(sql));

  beforeEach(async () => {
    for (const model of [Track, Cover, Album.genres.through, Album, Artist, Genre]) {
      await (model as typeof Artist).objects.delete({ all: true });
    }
    statements.length = 0;
  });

  it("inserts what was added, those first that others point at, each model by one statement", async () => {
    await using session = new Session(holder.db);
    const artist = new Artist({ name: "Anderson" });
    const album = new Album({ artist, name: "Malibu" });
    session.addAll([
      new Track({ album, title: "The Bird" }),
      new Track({ album, title: "The Waters" }),
      new Album({ artist, name: "Ventura" }),
    ]);
    expect(session.new.size).toBe(5);
    await session.commit();
    expect(writes()).toHaveLength(3);
    expect(await Track.objects.filter({ album__artist__name: "Anderson" }).count()).toBe(2);
    expect(await Album.objects.filter({ artist: artist.pk }).count()).toBe(2);
  });

  it("has one object for each row", async () => {
    const made = await Artist.objects.create({ name: "Anderson" });
    await using session = new Session(holder.db);
    const artist = await session.query(Artist).one();
    statements.length = 0;
    expect(await session.get(Artist, made.pk)).toBe(artist);
    expect(reads()).toEqual([]);
    const [again] = await session.query(Artist).filter({ name: "Anderson" }).all();
    expect(again).toBe(artist);
    artist.name = "Brandon";
    expect((await session.noAutoflush(() => session.query(Artist).one())).name).toBe("Brandon");
    expect(session.identityMap.size).toBe(1);
  });

  it("goes by its identity map along relations, joined, prefetched and lazily loaded", async () => {
    const artist = await Artist.objects.create({ name: "Anderson" });
    await Album.objects.bulkCreate([
      { artist, name: "Malibu" },
      { artist, name: "Ventura" },
    ]);
    await using session = new Session(holder.db);
    const [first, second] = await session.query(Album).selectRelated("artist").all();
    expect(first?.artist).toBe(second?.artist);
    const one = await session.get(Artist, artist.pk);
    expect(one).toBe(first?.artist);
    expect(await one?.albums.all()).toEqual([first, second]);
    const [prefetched] = await session.query(Artist).prefetchRelated("albums").all();
    expect([...(prefetched?.albums ?? [])][0]).toBe(first);
    await session.commit();
    await using other = new Session(holder.db);
    const lone = await other.query(Album).first();
    const loaded = await lone?.artist?.load();
    expect(loaded?.name).toBe("Anderson");
    expect(await other.query(Artist).one()).toBe(loaded);
    const albums = await other.query(Album).all();
    expect(albums[0]?.artist).toBe(loaded);
    expect(albums[1]?.artist).toBe(loaded);
  });

  it("updates what has changed, and nothing else", async () => {
    await Artist.objects.bulkCreate([{ name: "a" }, { name: "b" }, { name: "c" }]);
    await using session = new Session(holder.db);
    const [a, b, c] = await session.query(Artist).orderBy("name").all();
    if (!a || !b || !c) throw new Error("three artists");
    a.name = "A";
    b.name = "B";
    c.name = "x";
    c.name = "c";
    expect([...session.dirty]).toEqual([a, b]);
    expect(session.isModified(c)).toBe(false);
    expect(session.changes(a)).toEqual({ name: { before: "a", after: "A" } });
    statements.length = 0;
    await session.flush();
    expect(writes().length).toBe(1);
    await session.flush();
    expect(writes()).toEqual([]);
    await session.commit();
    expect(await Artist.objects.orderBy("id").valuesList("name", { flat: true }).all()).toEqual(["A", "B", "c"]);
  });

  it("asks nothing where nothing is to be done", async () => {
    await using session = new Session(holder.db);
    await session.flush();
    await session.commit();
    await session.rollback();
    expect(statements).toEqual([]);
  });

  it("flushes before it asks", async () => {
    await using session = new Session(holder.db);
    session.add(new Artist({ name: "new" }));
    expect(await session.query(Artist).count()).toBe(1);
    // Of one session, what is asked outside of the transaction would wait for its end.
    if (!engine.isPglite) expect(await Artist.objects.count()).toBe(0);
    await session.rollback();
    expect(await session.query(Artist).count()).toBe(0);
  });

  it("deletes, those first that point at others", async () => {
    await using session = new Session(holder.db);
    const artist = new Artist({ name: "Anderson" });
    const album = new Album({ artist, name: "Malibu" });
    const track = new Track({ album, title: "The Bird" });
    session.add(track);
    await session.commit();
    session.delete(artist);
    session.delete(album);
    session.delete(track);
    expect(session.deleted.size).toBe(3);
    await session.commit();
    expect([await Artist.objects.count(), await Album.objects.count(), await Track.objects.count()]).toEqual([0, 0, 0]);
    expect(objectState(artist)).toBe("detached");
  });

  it("takes with a row what its foreign keys and relationships say, objects too", async () => {
    await using session = new Session(holder.db);
    const artist = new Artist({ name: "Anderson" });
    const album = new Album({ artist, name: "Malibu" });
    const track = new Track({ album, title: "The Bird" });
    session.add(track);
    await session.commit();
    session.delete(artist);
    await session.flush();
    expect(album.artist).toBe(null);
    expect(session.isModified(album, { includeCollections: false })).toBe(false);
    session.delete(album);
    await session.flush();
    expect(objectState(track)).toBe("deleted");
    await session.rollback();
    expect([artist, album, track].map(objectState)).toEqual(["persistent", "persistent", "persistent"]);
    expect(album.artist).toBe(artist);
    expect(await Track.objects.count()).toBe(1);
  });

  describe("states", () => {
    const states: ObjectState[] = [];
    const session = (): Session => {
      states.length = 0;
      const made = new Session(holder.db);
      made.on("stateChanged", ({ to }) => states.push(to));
      return made;
    };

    it("transient, pending, persistent, deleted, detached", async () => {
      await using one = session();
      const artist = new Artist({ name: "x" });
      expect(objectState(artist)).toBe("transient");
      one.add(artist);
      await one.flush();
      one.delete(artist);
      await one.flush();
      await one.commit();
      expect(states).toEqual(["pending", "persistent", "deleted", "detached"]);
      expect(() => one.delete(artist)).toThrow(SessionError);
    });

    it("pending goes back to transient, deleted to persistent", async () => {
      await using one = session();
      const artist = new Artist({ name: "x" });
      one.add(artist);
      await one.flush();
      expect(artist.pk).not.toBe(null);
      await one.rollback();
      expect(objectState(artist)).toBe("transient");
      expect(artist.pk).toBe(null);
      one.add(artist);
      await one.commit();
      one.delete(artist);
      await one.flush();
      await one.rollback();
      expect(objectState(artist)).toBe("persistent");
      expect(await one.get(Artist, artist.pk)).toBe(artist);
      expect(await Artist.objects.count()).toBe(1);
    });

    it("expunged: pending is transient, persistent is detached, and an ordinary row", async () => {
      await using one = session();
      const [a, b] = [new Artist({ name: "a" }), new Artist({ name: "b" })];
      one.add(a);
      one.expunge(a);
      expect(objectState(a)).toBe("transient");
      one.add(b);
      await one.commit();
      one.expunge(b);
      expect(objectState(b)).toBe("detached");
      b.name = "B";
      await b.save();
      expect(await Artist.objects.filter({ name: "B" }).count()).toBe(1);
      one.add(b);
      expect(objectState(b)).toBe("persistent");
    });
  });

  it("gives objects back what they had when it is rolled back", async () => {
    await using session = new Session(holder.db);
    const artist = new Artist({ name: "a" });
    session.add(artist);
    await session.commit();
    artist.name = "b";
    await session.flush();
    artist.name = "c";
    await session.rollback();
    expect(artist.name).toBe("a");
    expect(session.dirty.size).toBe(0);
  });

  it("refuses everything after a flush that failed, until it is rolled back", async () => {
    await using session = new Session(holder.db);
    const artist = new Artist({ name: "a" });
    session.add(artist);
    await session.commit();
    session.add(new Artist({ id: artist.pk, name: "twin" }));
    await expect(session.flush()).rejects.toThrow();
    expect(() => session.query(Artist)).toThrow(PendingRollbackError);
    await expect(session.commit()).rejects.toThrow(PendingRollbackError);
    await session.rollback();
    expect(await session.query(Artist).count()).toBe(1);
  });

  it("finds what is wrong before anything is written, and goes on once it is put right", async () => {
    await using session = new Session(holder.db);
    const [good, bad] = [new Artist({ name: "good" }), new Artist({ name: "bad" })];
    session.addAll([good, bad]);
    bad.name = null as never;
    await expect(session.flush()).rejects.toThrow(/name/);
    expect(writes()).toEqual([]);
    bad.name = "better";
    await session.commit();
    expect(await Artist.objects.count()).toBe(2);
  });

  it("refuses an object of another session, and writes past it", async () => {
    await using one = new Session(holder.db);
    await using two = new Session(holder.db);
    const artist = new Artist({ name: "a" });
    one.add(artist);
    expect(() => two.add(artist)).toThrow(/another session/);
    await one.commit();
    artist.name = "b";
    await expect(artist.save()).rejects.toThrow(SessionError);
    await expect(one.query(Artist).bulkCreate([{ name: "b" }])).rejects.toThrow(SessionError);
    expect(() => one.add({})).toThrow(/rows of models/);
  });

  it("does what is asked at the same time one after another", async () => {
    await using session = new Session(holder.db);
    for (let at = 0; at < 5; at += 1) session.add(new Artist({ name: `artist ${at}` }));
    const counts = await Promise.all([
      session.query(Artist).count(),
      session.flush(),
      session.query(Artist).count(),
      session.commit(),
      session.query(Artist).all(),
    ]);
    expect([counts[0], counts[2], counts[4].length]).toEqual([5, 5, 5]);
  });
});
