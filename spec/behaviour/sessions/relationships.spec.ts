import { beforeEach, describe, expect, it } from "vitest";
import { fields, Model } from "dunder-orm";
import { CircularDependencyError, objectState, relationship, Session, SessionError } from "dunder-orm/session";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Album, Artist, Cover, Genre, music, Track } from "./music.js";

class Node extends Model("session_node", {
  name: fields.string({ maxLength: 20 }),
  parent: () => fields.foreignKey(Node, { null: true }),
  favourite: () => fields.foreignKey(Node, { null: true }),
  children: () => relationship(Node, { backPopulates: "parent", cascade: "all" }),
}) {}

class Chicken extends Model("session_chicken", {
  egg: () => fields.foreignKey(Egg),
}) {}

class Egg extends Model("session_egg", {
  chicken: () => fields.foreignKey(Chicken),
}) {}

onEngines("sessions: relationships", (engine) => {
  const statements: string[] = [];
  const holder = useDatabase(engine, [...music, Node], { onQuery: ({ sql }) => statements.push(sql) });
  const writes = (): string[] => statements.splice(0).filter((sql) => /^(insert|update|delete)/i.test(sql));

  beforeEach(async () => {
    for (const model of [Track, Cover, Album.genres.through, Album, Artist, Genre]) {
      await (model as typeof Artist).objects.delete({ all: true });
    }
    statements.length = 0;
  });

  it("appends to what a persistent object leads to: inserted at commit, both sides at once", async () => {
    await Artist.objects.create({ name: "Anderson" });
    await using session = new Session(holder.db);
    const artist = await session.query(Artist).one();
    const album = new Album({ name: "Ventura" });
    artist.albums.append(album);
    expect(album.artist).toBe(artist);
    expect(objectState(album)).toBe("pending");
    await session.commit();
    expect(await Album.objects.get({ name: "Ventura" }).then((row) => row.artist?.pk)).toBe(artist.pk);
    expect(await artist.albums.all()).toEqual([album]);
    const second = new Album({ name: "Malibu" });
    artist.albums.append(second);
    expect([...session.collection(artist, "albums")]).toEqual([album, second]);
    await session.commit();
    expect(await Album.objects.count()).toBe(2);
  });

  it("adds a whole graph of new objects by one of them", async () => {
    await using session = new Session(holder.db);
    const artist = new Artist({ name: "Anderson" });
    const album = new Album({ name: "Malibu" });
    artist.albums.append(album);
    album.tracks.append(new Track({ title: "The Bird", album }), new Track({ title: "The Waters", album }));
    session.add(artist);
    expect(session.new.size).toBe(4);
    await session.commit();
    expect(writes()).toHaveLength(3);
    expect(await Track.objects.filter({ album__artist: artist.pk }).count()).toBe(2);
  });

  it("keeps both sides in step when the foreign key is set", async () => {
    await using session = new Session(holder.db);
    const [a, b] = [new Artist({ name: "a" }), new Artist({ name: "b" })];
    const album = new Album({ name: "x", artist: a });
    session.addAll([a, b, album]);
    expect([...session.collection(a, "albums")]).toEqual([album]);
    album.artist = b;
    expect([...session.collection(a, "albums")]).toEqual([]);
    expect([...session.collection(b, "albums")]).toEqual([album]);
    await session.commit();
    album.artist = a;
    await session.rollback();
    expect([...session.collection(b, "albums")]).toEqual([album]);
    expect(album.artist).toBe(b);
  });

  it("sets the keys of those taken out to null, and deletes orphans where they cascade so", async () => {
    await using session = new Session(holder.db);
    const artist = new Artist({ name: "Anderson" });
    const album = new Album({ name: "Malibu", artist });
    const track = new Track({ title: "The Bird", album });
    session.addAll([artist, track]);
    await session.commit();
    session.collection(artist, "albums").remove(album);
    session.collection(album, "tracks").remove(track);
    await session.commit();
    expect((await Album.objects.get({})).artist).toBe(null);
    expect(await Track.objects.count()).toBe(0);
    expect(objectState(track)).toBe("detached");
  });

  it("moves an object between collections by one update", async () => {
    await using session = new Session(holder.db);
    const [a, b] = [new Artist({ name: "a" }), new Artist({ name: "b" })];
    const album = new Album({ name: "x", artist: a });
    session.addAll([a, b, album]);
    await session.commit();
    writes();
    b.albums.append(album);
    await session.commit();
    expect(writes()).toHaveLength(1);
    expect((await Album.objects.get({})).artist?.pk).toBe(b.pk);
  });

  it("says what is to be done about a row that cannot do without an owner", async () => {
    class Shelf extends Model("session_shelf", { books: () => fields.hasMany(Book, "shelf") }) {}
    class Book extends Model("session_book", { shelf: () => fields.foreignKey(Shelf) }) {}
    await holder.db.createTables([Shelf, Book]);
    await using session = new Session(holder.db);
    const shelf = new Shelf({});
    const book = new Book({ shelf });
    session.addAll([shelf, book]);
    await session.commit();
    session.collection(shelf, "books").remove(book);
    await expect(session.flush()).rejects.toThrow(/delete-orphan/);
    book.shelf = shelf;
    await session.commit();
  });

  it("one-to-one: replacing takes the key from the one before", async () => {
    await using session = new Session(holder.db);
    const album = new Album({ name: "Malibu" });
    const [first, second] = [new Cover({ file: "1.png" }), new Cover({ file: "2.png" })];
    first.album = album;
    session.add(first);
    await session.commit();
    expect(await album.cover.load()).toBe(first);
    (album as { cover: unknown }).cover = second;
    expect(first.album).toBe(null);
    expect(second.album).toBe(album);
    await session.commit();
    const found = await Cover.objects.orderBy("file").all();
    expect(found.map((one) => one.album?.pk ?? null)).toEqual([null, album.pk]);
  });

  it("many-to-many: both sides, one statement to tie and one to untie", async () => {
    await using session = new Session(holder.db);
    const [rock, soul] = [new Genre({ name: "rock" }), new Genre({ name: "soul" })];
    const albums = ["a", "b", "c"].map((name) => new Album({ name }));
    session.addAll(albums);
    for (const album of albums) album.genres.append(rock, soul);
    expect([...session.collection(rock, "albums")]).toEqual(albums);
    await session.commit();
    expect(await Album.genres.through.objects.count()).toBe(6);
    writes();
    session.collection(rock, "albums").remove(albums[0] as Album, albums[1] as Album);
    expect([...session.collection(albums[0] as Album, "genres")]).toEqual([soul]);
    await session.commit();
    expect(writes()).toHaveLength(1);
    expect(await Album.objects.filter({ genres__name: "rock" }).count()).toBe(1);
    session.collection(soul, "albums").clear();
    await session.flush();
    await session.rollback();
    expect(session.collection(soul, "albums").length).toBe(3);
    expect(await Album.objects.filter({ genres__name: "soul" }).count()).toBe(3);
  });

  it("the related manager changes what the session has, and the flush writes it", async () => {
    await using session = new Session(holder.db);
    const artist = new Artist({ name: "Anderson" });
    const album = new Album({ name: "x", artist });
    session.addAll([artist, album, new Album({ name: "y" })]);
    await session.commit();
    const y = await session.query(Album).filter({ name: "y" }).one();
    await artist.albums.add(y);
    await artist.albums.remove(album);
    const made = await artist.albums.create({ name: "z" });
    expect(objectState(made)).toBe("persistent");
    await session.commit();
    expect(
      await Album.objects.filter({ artist: artist.pk }).orderBy("name").valuesList("name", { flat: true }).all(),
    ).toEqual(["y", "z"]);
    await artist.albums.set([album]);
    await session.commit();
    expect(await Album.objects.filter({ artist: artist.pk }).valuesList("name", { flat: true }).all()).toEqual(["x"]);
  });

  it("loads in the order that the relationship says", async () => {
    const album = await Album.objects.create({ name: "x" });
    await Track.objects.bulkCreate([3, 1, 2].map((position) => ({ album, title: `${position}`, position })));
    await using session = new Session(holder.db);
    const one = await session.query(Album).one();
    expect((await one.tracks.all()).map(({ position }) => position)).toEqual([1, 2, 3]);
    expect([...(one.tracks as unknown as Iterable<Track>)].length).toBe(3);
  });

  describe("rows that point at rows of their own model", () => {
    beforeEach(async () => {
      await using session = new Session(holder.db);
      for (const node of await session.query(Node).all()) session.delete(node);
      await session.commit();
      statements.length = 0;
    });

    it("are inserted level by level, and deleted with what they cascade to", async () => {
      await using session = new Session(holder.db);
      const root = new Node({ name: "root" });
      const inner = [new Node({ name: "a" }), new Node({ name: "b" })];
      root.children.append(...inner);
      inner[0]?.children.append(new Node({ name: "aa" }), new Node({ name: "ab" }));
      session.add(root);
      await session.commit();
      expect(writes()).toHaveLength(3);
      await using other = new Session(holder.db);
      other.delete(await other.query(Node).filter({ name: "root" }).one());
      await other.commit();
      expect(await other.query(Node).count()).toBe(0);
    });

    it("may go in a circle, where a key may be null meanwhile", async () => {
      await using session = new Session(holder.db);
      const [a, b] = [new Node({ name: "a" }), new Node({ name: "b" })];
      a.favourite = b;
      b.favourite = a;
      const self = new Node({ name: "self" });
      self.favourite = self;
      session.addAll([a, b, self]);
      await session.commit();
      const found = await session.query(Node).orderBy("name").values("name", "favourite__name").all();
      expect(found).toEqual([
        { name: "a", favourite__name: "b" },
        { name: "b", favourite__name: "a" },
        { name: "self", favourite__name: "self" },
      ]);
      expect(writes().length).toBeLessThanOrEqual(3);
      session.delete(a);
      session.delete(b);
      await session.commit();
      expect(await session.query(Node).count()).toBe(1);
    });
  });

  it("says of a circle that none of its keys can be null", async () => {
    await using session = new Session(holder.db);
    const egg = new Egg({ chicken: 1 });
    egg.chicken = new Chicken({ egg });
    session.add(egg);
    await expect(session.flush()).rejects.toThrow(CircularDependencyError);
  });

  it("refuses what is viewonly, and rows of other models", () => {
    class Room extends Model("session_room", {
      chairs: () => relationship(Chair, { backPopulates: "room", viewonly: true }),
    }) {}
    class Chair extends Model("session_chair", { room: () => fields.foreignKey(Room, { null: true }) }) {}
    const room = new Room({});
    expect(() => room.chairs.append(new Chair({}))).toThrow(SessionError);
    expect(() => new Artist({ name: "x" }).albums.append(new Genre({ name: "x" }) as never)).toThrow(/rows of Album/);
  });
});
