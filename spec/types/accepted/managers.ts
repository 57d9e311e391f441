import { Count, type Database, F, Prefetch, Q } from "dunder-orm";
import { Manager } from "dunder-orm/manager";
import { Album, Track } from "./music.js";
import { type } from "./equal.js";

export async function managed(db: Database, track: Track) {
  const objects = new Manager(db);
  type(await objects.get(Track, { album__name__icontains: "x", position__gt: 1 })).is<Track>();
  type(await objects.getOrNull(Track, Q({ title: "x" }).not())).is<Track | null>();
  const joined = await objects.get(Track.objects.selectRelated("album"), { title: "x" });
  type(joined.album.name).is<string>();
  type(await objects.create(Album, { name: "x" })).is<Album>();
  type(await objects.update(track, ["title", "album"])).is<number>();
  type(await objects.delete(track, { recursive: true })).is<number>();
  const [made, created] = await objects.getOrCreate(Album, { name: "x" }, { defaults: { name: "y" } });
  type(made).is<Album>();
  type(created).is<boolean>();
  type(await objects.execute(Track.objects.values("title"))).is<{ title: string }[]>();
  type(await objects.execute(Track.objects)).is<Track[]>();
  const [album] = await objects.prefetch(Album, "tracks", Prefetch("tracks", Track.objects, { toAttr: "all" }));
  type(album?.tracks.length).is<number | undefined>();
  type(await objects.scalar<number>(Track.objects.values("position"))).is<number | null>();
  type(await objects.atomic(() => Promise.resolve("x"))).is<string>();
}

export function now() {
  type(Track.objects.filter({ title: "x" }).sync.all()).is<Track[]>();
  type(Track.objects.annotate({ n: Count("*") }).sync.first()?.n).is<number | undefined>();
  type(Track.objects.valuesList("title", { flat: true }).sync.all()).is<string[]>();
  type(Track.objects.sync.update({ position: F("position").add(1) }, { all: true })).is<number>();
  for (const track of Track.objects.selectRelated("album").sync) type(track.album.name).is<string>();
}
