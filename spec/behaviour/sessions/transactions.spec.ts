import { beforeEach, describe, expect, it } from "vitest";
import { F, fields, Model, NotLoadedError, StaleRowError } from "dunder-orm";
import { objectState, Session, SessionError, sessionMaker } from "dunder-orm/session";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Album, Artist, Cover, Genre, music, Track } from "./music.js";

class Leaflet extends Model("session_leaflet", {
  text: fields.string({ maxLength: 100 }),
  copies: fields.integer({ default: 1 }),
  version: fields.version(),
}) {}

onEngines("sessions: transactions", (engine) => {
  const statements: string[] = [];
  const holder = useDatabase(engine, [...music, Leaflet], { onQuery: ({ sql }) => statements.push(sql) });
  const writes = (): string[] => statements.splice(0).filter((sql) => /^(insert|update|delete)/i.test(sql));

  beforeEach(async () => {
    for (const model of [Track, Cover, Album.genres.through, Album, Artist, Genre]) {
      await (model as typeof Artist).objects.delete({ all: true });
    }
    statements.length = 0;
  });

  describe("expire and refresh", () => {
    it("an expired attribute throws until it was read again", async () => {
      await using session = new Session(holder.db, { expireOnCommit: true });
      const artist = new Artist({ name: "a" });
      session.add(artist);
      await session.commit();
      expect(() => artist.name).toThrow(NotLoadedError);
      expect(() => artist.name).toThrow(/expired/);
      expect(artist.pk).not.toBe(null);
      await session.refresh(artist);
      expect(artist.name).toBe("a");
      await session.commit();
      expect(() => artist.name).toThrow(NotLoadedError);
      await session.query(Artist).all();
      expect(artist.name).toBe("a");
      session.expire(artist, ["name"]);
      artist.name = "a";
      expect(session.isModified(artist)).toBe(true);
      await session.commit();
      expect((await session.get(Artist, artist.pk))?.name).toBe("a");
    });

    it("refresh takes what is in the database, and drops what was changed", async () => {
      await using session = new Session(holder.db);
      const artist = new Artist({ name: "a" });
      session.add(artist);
      await session.commit();
      await Artist.objects.filter({ pk: artist.pk }).update({ name: "b" });
      artist.name = "mine";
      await session.refresh(artist);
      expect(artist.name).toBe("b");
      expect(session.dirty.size).toBe(0);
      await session.commit();
      await Artist.objects.filter({ pk: artist.pk }).delete();
      await expect(session.refresh(artist)).rejects.toThrow(Artist.DoesNotExist);
    });
  });

  describe("savepoints", () => {
    it("undo what was done since, objects too, and leave the rest", async () => {
      await using session = new Session(holder.db);
      const artist = new Artist({ name: "kept" });
      session.add(artist);
      const nested = await session.beginNested();
      const other = new Artist({ name: "undone" });
      session.add(other);
      artist.name = "changed";
      artist.albums.append(new Album({ name: "x" }));
      await session.flush();
      await nested.rollback();
      expect(nested.isActive).toBe(false);
      expect(artist.name).toBe("kept");
      expect(objectState(other)).toBe("transient");
      await session.commit();
      expect(await Artist.objects.valuesList("name", { flat: true }).all()).toEqual(["kept"]);
      expect(await Album.objects.count()).toBe(0);
    });

    it("forgive a flush that failed in them", async () => {
      await using session = new Session(holder.db);
      const artist = new Artist({ name: "kept" });
      session.add(artist);
      await session.flush();
      const twin = session.beginNested(async () => {
        session.add(new Artist({ id: artist.pk, name: "twin" }));
        await session.flush();
      });
      await expect(twin).rejects.toThrow();
      await session.beginNested(() => Promise.resolve(session.add(new Artist({ name: "second" }))));
      await session.commit();
      expect(await Artist.objects.count()).toBe(2);
    });
  });

  describe("merge", () => {
    it("takes values over to the session's object, along relations", async () => {
      const stored = await Artist.objects.create({ name: "a" });
      const album = await Album.objects.create({ artist: stored, name: "x" });
      const [outside] = await Artist.objects.prefetchRelated("albums").all();
      if (outside === undefined) throw new Error("an artist");
      await using session = new Session(holder.db);
      outside.name = "b";
      ([...outside.albums][0] as Album).name = "y";
      const merged = await session.merge(outside);
      expect(merged).not.toBe(outside);
      expect(merged).toBe(await session.get(Artist, stored.pk));
      await session.commit();
      expect((await Artist.objects.get({})).name).toBe("b");
      expect((await Album.objects.get({ pk: album.pk })).name).toBe("y");
      const fresh = await session.merge(new Artist({ name: "new" }));
      expect(objectState(fresh)).toBe("pending");
    });
  });

  describe("versions", () => {
    it("refuse what somebody else wrote meanwhile", async () => {
      await using session = new Session(holder.db);
      const [a, b] = [new Leaflet({ text: "a" }), new Leaflet({ text: "b" })];
      session.addAll([a, b]);
      await session.commit();
      a.text = "A";
      b.text = "B";
      await session.commit();
      expect([a.version, b.version]).toEqual([2, 2]);
      await using other = new Session(holder.db);
      const same = await other.get(Leaflet, a.pk);
      if (same === null) throw new Error("a leaflet");
      same.text = "theirs";
      await other.commit();
      a.text = "mine";
      await expect(session.commit()).rejects.toThrow(StaleRowError);
      await session.rollback();
      expect([a.text, a.version]).toEqual(["A", 2]);
      session.delete(a);
      await expect(session.flush()).rejects.toThrow(StaleRowError);
      await session.rollback();
      await session.refresh(a);
      session.delete(a);
      await session.commit();
    });
  });

  it("expressions are worked out by the database, and read back", async () => {
    await using session = new Session(holder.db);
    const album = new Album({ name: "x", year: 2015 });
    session.add(album);
    await session.commit();
    (album as { year: unknown }).year = F("year").add(1);
    await session.commit();
    expect(album.year).toBe(2016);
  });

  it("tells what it is about to do, and does nothing", async () => {
    await using session = new Session(holder.db);
    const artist = new Artist({ name: "a" });
    const album = new Album({ artist, name: "x" });
    album.genres.append(new Genre({ name: "soul" }));
    session.add(album);
    const plan = await session.plan();
    expect(plan.steps.map(({ action, model, rows }) => [action, model, rows.length])).toEqual([
      ["insert", "Artist", 1],
      ["insert", "Album", 1],
      ["insert", "Genre", 1],
      ["tie", expect.any(String), 1],
    ]);
    expect(String(plan)).toMatch(/^1\. insert 1 Artist: /);
    expect(statements).toEqual([]);
    await session.commit();
    artist.name = "b";
    session.delete(album);
    expect(String(await session.plan())).toBe(
      `1. update 1 Artist (name): Artist(id=${artist.pk})\n2. delete 1 Album: Album(id=${album.pk})`,
    );
    await session.rollback();
  });

  it("keeps a log of each object", async () => {
    await using session = new Session(holder.db, { changeLog: true });
    const artist = new Artist({ name: "a" });
    session.add(artist);
    await session.flush();
    artist.name = "b";
    await session.commit();
    artist.name = "c";
    await session.flush();
    await session.rollback();
    session.delete(artist);
    await session.commit();
    expect(session.log(artist).map(({ action }) => action)).toEqual(["insert", "update", "delete"]);
    expect(session.log(artist)[1]?.changes).toEqual({ name: { before: "a", after: "b" } });
    await using other = new Session(holder.db);
    expect(() => other.log(artist)).toThrow(/changeLog/);
  });

  it("is heard of: what is changed before a flush is written with it", async () => {
    const make = sessionMaker(holder.db);
    const heard: string[] = [];
    const off = make.on("beforeFlush", (session) => {
      heard.push("before");
      for (const row of session.new) if (row instanceof Artist) row.name = row.name.toUpperCase();
    });
    make.on("afterFlush", ({ inserted }) => heard.push(`after ${inserted.length}`));
    make.on("afterCommit", () => heard.push("commit"));
    make.on("afterRollback", () => heard.push("rollback"));
    await make.begin((session) => Promise.resolve(session.add(new Artist({ name: "a" }))));
    expect((await Artist.objects.get({})).name).toBe("A");
    expect(heard).toEqual(["before", "after 1", "commit"]);
    off();
    const failing = make.begin(async (session) => {
      session.add(new Artist({ name: "b" }));
      await session.flush();
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await Artist.objects.count()).toBe(1);
    await using session = make();
    session.on("beforeFlush", () => session.flush());
    session.add(new Artist({ name: "c" }));
    await expect(session.flush()).rejects.toThrow(SessionError);
  });

  it("says that a session does not go into db.atomic", async () => {
    await using session = new Session(holder.db);
    await expect(holder.db.atomic(() => session.query(Artist).all())).rejects.toThrow(/db.atomic/);
  });

  it("runs other queries in its transaction", async () => {
    await using session = new Session(holder.db);
    session.add(new Artist({ name: "a" }));
    expect(await session.run(() => Artist.objects.count())).toBe(1);
    await session.run(() => Artist.objects.filter({ name: "a" }).update({ name: "b" }));
    await session.rollback();
    expect(await Artist.objects.count()).toBe(0);
  });

  it("is empty, and refuses work, once it was closed; its objects are ordinary rows", async () => {
    const session = new Session(holder.db);
    const artist = new Artist({ name: "a" });
    session.add(artist);
    await session.commit();
    session.add(new Artist({ name: "b" }));
    await session.close();
    expect(() => session.query(Artist)).toThrow(/closed/);
    await artist.update({ name: "c" });
    expect(await Artist.objects.valuesList("name", { flat: true }).all()).toEqual(["c"]);
  });

  describe("statements of a flush", () => {
    it("are as few as can be", async () => {
      await using session = new Session(holder.db);
      const artists = Array.from({ length: 30 }, (_, at) => new Artist({ name: `artist ${at}` }));
      for (const artist of artists) artist.albums.append(new Album({ name: "x" }), new Album({ name: "y" }));
      session.addAll(artists);
      await session.commit();
      expect(writes()).toHaveLength(2);
      for (const artist of artists) artist.name = artist.name.toUpperCase();
      for (const album of session.collection(artists[0] as Artist, "albums")) album.name = "z";
      await session.commit();
      expect(writes()).toHaveLength(2);
      for (const album of await session.query(Album).all()) session.delete(album);
      await session.commit();
      expect(writes().length).toBeLessThanOrEqual(4);
    });
  });
});
