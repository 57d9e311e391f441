import { beforeAll, expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { type Loose } from "./table.js";

class Artist extends Model("artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  born: fields.date({ null: true }),
  mentor: () => fields.foreignKey(Artist, { null: true }),
  pupils: () => fields.hasMany(Artist, "mentor"),
  albums: () => fields.hasMany(Album, "artist"),
  produced: () => fields.hasMany(Album, "producer"),
  profile: () => fields.hasOne(Profile, "artist"),
}) {
  static objects = manager(this);
}

class Profile extends Model("profile", {
  code: fields.string({ primaryKey: true, maxLength: 10 }),
  artist: () => fields.oneToOne(Artist, { onDelete: "cascade" }),
  site: fields.string({ maxLength: 40, null: true }),
}) {
  static objects = manager(this);
}

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  artist: () => fields.foreignKey(Artist, { onDelete: "cascade" }),
  producer: () => fields.foreignKey(Artist, { null: true }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 20 }),
  album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
  position: fields.integer(),
}) {
  static objects = manager(this);
}

interface ArtistData {
  readonly id: number;
  readonly name: string;
  readonly born: string | null;
  readonly mentor: number | null;
}
interface AlbumData {
  readonly id: number;
  readonly name: string;
  readonly artist: number;
  readonly producer: number | null;
}
interface TrackData {
  readonly id: number;
  readonly title: string;
  readonly album: number;
  readonly position: number;
}

// Keys of different tables differ, so that one taken for another shows.
const artists: readonly ArtistData[] = [
  { id: 1, name: "Ann", born: "1970-01-01", mentor: null },
  { id: 2, name: "bob", born: null, mentor: 1 },
  { id: 3, name: "Él", born: "2000-02-29", mentor: 1 },
  { id: 4, name: "Dee", born: "1969-12-31", mentor: 3 },
  { id: 5, name: "ann", born: "2001-01-01", mentor: null },
];
const profiles = [
  { code: "p1", artist: 1, site: "https://ann.example" },
  { code: "p2", artist: 3, site: null },
];
const albums: readonly AlbumData[] = [
  { id: 11, name: "Malibu", artist: 1, producer: 2 },
  { id: 12, name: "malibu 2", artist: 1, producer: null },
  { id: 13, name: "Fantasies", artist: 3, producer: 3 },
  { id: 14, name: "Empty", artist: 2, producer: 1 },
  { id: 15, name: "100%", artist: 4, producer: null },
];
const tracks: readonly TrackData[] = [
  { id: 21, title: "Waters", album: 11, position: 1 },
  { id: 22, title: "Heart", album: 11, position: 2 },
  { id: 23, title: "heart", album: 12, position: 1 },
  { id: 24, title: "Muse", album: 13, position: 1 },
  { id: 25, title: "Alive", album: 13, position: 2 },
  { id: 26, title: "%", album: 15, position: 3 },
];

const artistOf = (album: AlbumData) => artists.find(({ id }) => id === album.artist)!;
const producerOf = (album: AlbumData) => artists.find(({ id }) => id === album.producer);
const mentorOf = (artist: ArtistData) => artists.find(({ id }) => id === artist.mentor);
const pupilsOf = (artist: ArtistData) => artists.filter(({ mentor }) => mentor === artist.id);
const albumsOf = (artist: ArtistData) => albums.filter((album) => album.artist === artist.id);
const producedBy = (artist: ArtistData) => albums.filter((album) => album.producer === artist.id);
const tracksOf = (album: AlbumData) => tracks.filter((track) => track.album === album.id);
const albumOf = (track: TrackData) => albums.find(({ id }) => id === track.album)!;
const profileOf = (artist: ArtistData) => profiles.find((profile) => profile.artist === artist.id);
const firstYear = (day: string | null | undefined) => Number((day ?? "").slice(0, 4));

/** One row: a lookup, its value, and of which rows plain JavaScript says that it holds. */
type Row<T> = readonly [key: string, value: unknown, holds: (row: T) => boolean];

const ofTracks: readonly Row<TrackData>[] = [
  ["album", 11, (track) => track.album === 11],
  ["album__exact", 13, (track) => track.album === 13],
  ["album__ne", 11, (track) => track.album !== 11],
  ["album__in", [11, 15, 99], (track) => [11, 15].includes(track.album)],
  ["album__in", new Set([12]), (track) => track.album === 12],
  ["album__in", [], () => false],
  ["album__isnull", false, () => true],
  ["album__isnull", true, () => false],
  ["album__pk", 13, (track) => track.album === 13],
  ["album__id__gt", 12, (track) => track.album > 12],
  ["album__pk__in", [11, 12], (track) => [11, 12].includes(track.album)],
  ["album__pk__range", [12, 14], (track) => track.album >= 12 && track.album <= 14],
  ["album__name", "Malibu", (track) => albumOf(track).name === "Malibu"],
  ["album__name__ne", "Malibu", (track) => albumOf(track).name !== "Malibu"],
  ["album__name__iexact", "MALIBU", (track) => albumOf(track).name === "Malibu"],
  ["album__name__icontains", "malibu", (track) => /malibu/i.test(albumOf(track).name)],
  ["album__name__contains", "%", (track) => albumOf(track).name === "100%"],
  ["album__name__in", ["Malibu", "100%"], (track) => ["Malibu", "100%"].includes(albumOf(track).name)],
  ["album__name__length__gte", 8, (track) => albumOf(track).name.length >= 8],
  ["album__artist", 1, (track) => albumOf(track).artist === 1],
  ["album__artist__in", [3, 4], (track) => [3, 4].includes(albumOf(track).artist)],
  ["album__artist__name", "Ann", (track) => artistOf(albumOf(track)).name === "Ann"],
  ["album__artist__name__istartswith", "é", (track) => artistOf(albumOf(track)).name === "Él"],
  ["album__artist__born__year", 1970, (track) => firstYear(artistOf(albumOf(track)).born) === 1970],
  ["album__artist__born__isnull", true, (track) => artistOf(albumOf(track)).born === null],
  ["album__artist__mentor", 3, (track) => artistOf(albumOf(track)).mentor === 3],
  ["album__artist__mentor__isnull", true, (track) => artistOf(albumOf(track)).mentor === null],
  ["album__artist__mentor__name", "Ann", (track) => mentorOf(artistOf(albumOf(track)))?.name === "Ann"],
  [
    "album__artist__mentor__mentor__name",
    "Ann",
    (track) => {
      const mentor = mentorOf(artistOf(albumOf(track)));
      return mentor !== undefined && mentorOf(mentor)?.name === "Ann";
    },
  ],
  ["album__producer__name", "bob", (track) => producerOf(albumOf(track))?.name === "bob"],
  ["album__producer__isnull", true, (track) => albumOf(track).producer === null],
  ["album__producer__name__isnull", true, (track) => albumOf(track).producer === null],
  [
    "album__artist__profile__site__contains",
    "ann",
    (track) => profileOf(artistOf(albumOf(track)))?.site?.includes("ann") === true,
  ],
  ["album__artist__profile__isnull", true, (track) => profileOf(artistOf(albumOf(track))) === undefined],
  ["album__tracks__title", "Waters", (track) => tracksOf(albumOf(track)).some(({ title }) => title === "Waters")],
  ["pk", 23, (track) => track.id === 23],
  ["pk__in", [21, 26, 99], (track) => [21, 26].includes(track.id)],
  ["pk__ne", 21, (track) => track.id !== 21],
  ["pk__gte", 24, (track) => track.id >= 24],
  ["id__range", [22, 24], (track) => track.id >= 22 && track.id <= 24],
];

const ofAlbums: readonly Row<AlbumData>[] = [
  ["producer", 2, (album) => album.producer === 2],
  ["producer", null, (album) => album.producer === null],
  ["producer__ne", 2, (album) => album.producer !== 2],
  ["producer__ne", null, (album) => album.producer !== null],
  ["producer__in", [1, null], (album) => album.producer === 1],
  ["producer__isnull", true, (album) => album.producer === null],
  ["producer__isnull", false, (album) => album.producer !== null],
  ["producer__pk__gt", 1, (album) => album.producer !== null && album.producer > 1],
  ["producer__pk__isnull", true, (album) => album.producer === null],
  ["producer__name", "Él", (album) => producerOf(album)?.name === "Él"],
  ["producer__name__ne", "Él", (album) => producerOf(album)?.name !== "Él"],
  ["producer__name__icontains", "B", (album) => producerOf(album)?.name === "bob"],
  ["producer__born__isnull", true, (album) => (producerOf(album)?.born ?? null) === null],
  ["producer__born__isnull", false, (album) => (producerOf(album)?.born ?? null) !== null],
  ["producer__born__year__lt", 1990, (album) => producerOf(album)?.born === "1970-01-01"],
  ["producer__mentor__name", "Ann", (album) => producerOf(album)?.mentor === 1],
  ["producer__profile__code", "p1", (album) => album.producer === 1],
  ["artist__name__regex", "^[A-Z]", (album) => /^[A-Z]/.test(artistOf(album).name)],
  ["tracks", 24, (album) => tracksOf(album).some(({ id }) => id === 24)],
  ["tracks__in", [21, 23, 99], (album) => tracksOf(album).some(({ id }) => [21, 23].includes(id))],
  ["tracks__pk", 26, (album) => tracksOf(album).some(({ id }) => id === 26)],
  ["tracks__isnull", true, (album) => tracksOf(album).length === 0],
  ["tracks__isnull", false, (album) => tracksOf(album).length > 0],
  ["tracks__title", "Heart", (album) => tracksOf(album).some(({ title }) => title === "Heart")],
  ["tracks__title__iexact", "HEART", (album) => tracksOf(album).some(({ title }) => /^heart$/i.test(title))],
  ["tracks__title__startswith", "%", (album) => tracksOf(album).some(({ title }) => title === "%")],
  ["tracks__position__gte", 2, (album) => tracksOf(album).some(({ position }) => position >= 2)],
  ["tracks__title__length__in", [1, 4], (album) => tracksOf(album).some(({ title }) => [1, 4].includes(title.length))],
  ["artist__albums__name", "malibu 2", (album) => album.artist === 1],
  ["artist__albums__tracks__title", "heart", (album) => album.artist === 1],
];

const ofArtists: readonly Row<ArtistData>[] = [
  ["mentor", 1, (artist) => artist.mentor === 1],
  ["mentor__name", "Ann", (artist) => mentorOf(artist)?.name === "Ann"],
  ["mentor__mentor", 1, (artist) => mentorOf(artist)?.mentor === 1],
  ["mentor__mentor__isnull", true, (artist) => (mentorOf(artist)?.mentor ?? null) === null],
  ["pupils", 4, (artist) => artist.id === 3],
  ["pupils__name", "bob", (artist) => pupilsOf(artist).some(({ name }) => name === "bob")],
  ["pupils__born__isnull", false, (artist) => pupilsOf(artist).some(({ born }) => born !== null)],
  ["pupils__isnull", true, (artist) => pupilsOf(artist).length === 0],
  [
    "pupils__pupils__name",
    "Dee",
    (artist) => pupilsOf(artist).some((pupil) => pupilsOf(pupil).some(({ name }) => name === "Dee")),
  ],
  ["mentor__pupils__name", "bob", (artist) => artist.mentor === 1],
  ["albums__tracks__title__icontains", "HEART", (artist) => artist.id === 1],
  ["albums__tracks", 25, (artist) => artist.id === 3],
  [
    "albums__tracks__isnull",
    true,
    (artist) => albumsOf(artist).length === 0 || albumsOf(artist).some((album) => tracksOf(album).length === 0),
  ],
  ["albums__producer__name", "bob", (artist) => albumsOf(artist).some(({ producer }) => producer === 2)],
  [
    "albums__producer__isnull",
    true,
    (artist) => albumsOf(artist).length === 0 || albumsOf(artist).some(({ producer }) => producer === null),
  ],
  ["produced__artist__name", "Ann", (artist) => producedBy(artist).some((album) => album.artist === 1)],
  ["produced__isnull", false, (artist) => producedBy(artist).length > 0],
  ["profile", "p2", (artist) => artist.id === 3],
  ["profile__in", ["p1", "p2"], (artist) => profileOf(artist) !== undefined],
  ["profile__isnull", true, (artist) => profileOf(artist) === undefined],
  ["profile__isnull", false, (artist) => profileOf(artist) !== undefined],
  ["profile__pk", "p1", (artist) => artist.id === 1],
  ["profile__code__startswith", "p", (artist) => profileOf(artist) !== undefined],
  ["profile__site", null, (artist) => (profileOf(artist)?.site ?? null) === null],
  ["profile__site__isnull", false, (artist) => (profileOf(artist)?.site ?? null) !== null],
  ["profile__site__ne", "https://ann.example", (artist) => artist.id !== 1],
  ["profile__site__endswith", ".example", (artist) => artist.id === 1],
  ["mentor__profile__code", "p1", (artist) => artist.mentor === 1],
];

const ofProfiles: readonly Row<(typeof profiles)[number]>[] = [
  ["pk", "p1", (profile) => profile.code === "p1"],
  ["pk__in", ["p2", "p9"], (profile) => profile.code === "p2"],
  ["pk__startswith", "p", () => true],
  ["artist", 3, (profile) => profile.artist === 3],
  ["artist__name__iexact", "ANN", (profile) => profile.artist === 1],
  ["artist__albums__name", "Fantasies", (profile) => profile.artist === 3],
  ["artist__profile__code", "p1", (profile) => profile.code === "p1"],
];

onEngines("Lookups through relations", (engine) => {
  useDatabase(engine, [Artist, Profile, Album, Track]);
  beforeAll(async () => {
    for (const artist of artists) await Artist.objects.create(artist);
    await Profile.objects.bulkCreate(profiles);
    await Album.objects.bulkCreate(albums);
    await Track.objects.bulkCreate(tracks);
  });

  // A relation to many rows may give a row several times: it is named once here.
  const keys = (rows: readonly object[]) => rows.map((row) => (row as { pk: number | string }).pk).sort();

  function tests<T>(
    title: string,
    ask: () => unknown,
    rows: readonly Row<T>[],
    data: readonly T[],
    key: keyof T,
  ): void {
    it.each(rows.map(([name, value, holds]) => [name, value, holds] as const))(
      `${title}: %s: %j`,
      async (name, value, holds) => {
        const all = ask() as Loose;
        const found = keys(
          await all
            .filter({ [name]: value })
            .distinct()
            .all(),
        );
        const others = keys(await all.exclude({ [name]: value }).all());
        expect(found).toEqual(data.filter(holds).map((row) => row[key]));
        expect(others).toEqual(data.filter((row) => !holds(row)).map((row) => row[key]));
      },
    );
  }

  tests("tracks", () => Track.objects, ofTracks, tracks, "id");
  tests("albums", () => Album.objects, ofAlbums, albums, "id");
  tests("artists", () => Artist.objects, ofArtists, artists, "id");
  tests("profiles", () => Profile.objects, ofProfiles, profiles, "code");

  it("relations take rows, loaded or not, and lists of them", async () => {
    const malibu = await Album.objects.get({ name: "Malibu" });
    const heart = await Track.objects.get({ title: "heart" });
    const profile = await Profile.objects.get({ pk: "p1" });
    expect(keys(await Track.objects.filter({ album: malibu }).all())).toEqual([21, 22]);
    expect(keys(await Track.objects.filter({ album: heart.album }).all())).toEqual([23]);
    expect(keys(await Track.objects.filter({ album__in: [malibu, heart.album, 13] }).all())).toEqual([
      21, 22, 23, 24, 25,
    ]);
    expect(keys(await Track.objects.filter({ album__ne: malibu }).all())).toEqual([23, 24, 25, 26]);
    expect(keys(await Track.objects.filter({ album__artist: profile.artist }).all())).toEqual([21, 22, 23]);
    expect(keys(await Album.objects.filter({ tracks: heart }).all())).toEqual([12]);
    expect(keys(await Album.objects.filter({ pk: malibu }).all())).toEqual([11]);
    expect(keys(await Album.objects.filter({ pk__in: [malibu, 13] }).all())).toEqual([11, 13]);
    expect(keys(await Artist.objects.filter({ profile }).all())).toEqual([1]);
    expect(keys(await Album.objects.exclude({ producer__in: [2, 3] }).all())).toEqual([12, 14, 15]);
  });

  it("relations take querysets of rows", async () => {
    const byAnn = Album.objects.filter({ artist__name: "Ann" });
    const firsts = Track.objects.filter({ position: 1 });
    expect(keys(await Track.objects.filter({ album__in: byAnn }).all())).toEqual([21, 22, 23]);
    expect(keys(await Track.objects.exclude({ album__in: byAnn }).all())).toEqual([24, 25, 26]);
    expect(keys(await Track.objects.filter({ album__in: byAnn, position: 1 }).all())).toEqual([21, 23]);
    expect(keys(await Album.objects.filter({ tracks__in: firsts }).all())).toEqual([11, 12, 13]);
    expect(keys(await Album.objects.exclude({ tracks__in: firsts }).all())).toEqual([14, 15]);
    expect(keys(await Album.objects.filter({ pk__in: byAnn }).all())).toEqual([11, 12]);
    expect(
      keys(await Artist.objects.filter({ pk__in: Artist.objects.filter({ pupils__isnull: false }) }).all()),
    ).toEqual([1, 3]);
    expect(keys(await Artist.objects.filter({ mentor__in: Artist.objects.filter({ mentor: null }) }).all())).toEqual([
      2, 3,
    ]);
    expect(keys(await Album.objects.exclude({ producer__in: Artist.objects.filter({ name: "bob" }) }).all())).toEqual([
      12, 13, 14, 15,
    ]);
    expect(keys(await Artist.objects.filter({ profile__in: Profile.objects.filter({ site: null }) }).all())).toEqual([
      3,
    ]);
    const nested = Track.objects.filter({
      album__in: Album.objects.filter({
        artist__in: Artist.objects.filter({ mentor__in: Artist.objects.filter({ name: "Ann" }) }),
      }),
    });
    expect(keys(await nested.all())).toEqual([24, 25]);
    expect(keys(await Track.objects.filter({ album__in: Album.objects.orderBy("-id").limit(2) }).all())).toEqual([26]);
  });

  it("a related manager is a queryset like others", async () => {
    const malibu = await Album.objects.get({ pk: 11 });
    const ann = await Artist.objects.get({ pk: 1 });
    expect(keys(await malibu.tracks.filter({ position__gt: 1 }).all())).toEqual([22]);
    expect(keys(await malibu.tracks.exclude({ title__icontains: "heart" }).all())).toEqual([21]);
    expect(keys(await ann.pupils.filter({ born__isnull: true }).all())).toEqual([2]);
    expect(keys(await ann.albums.filter({ tracks__isnull: false }).distinct().all())).toEqual([11, 12]);
    expect(keys(await Track.objects.filter({ album__in: ann.albums }).all())).toEqual([21, 22, 23]);
    expect((await ann.profile.load())?.pk).toBe("p1");
  });
});
