import { Count, prefetch, Prefetch } from "dunder-orm";
import { type } from "./equal.js";
import { Album, Artist, Track } from "./music.js";

export async function rows() {
  const [album] = await Album.objects.prefetchRelated("tracks").all();
  for (const track of album!.tracks) type(track.loud).is<string>();
  type(album!.tracks.length).is<number>();
  type(album!.tracks.count()).is<Promise<number>>();

  const nested = await Artist.objects.prefetchRelated("albums__tracks__next", "biography").get({ pk: 1 });
  for (const one of nested.albums) for (const track of one.tracks) type(track.next?.title).is<string | undefined>();
  type(nested.biography?.text).is<string | undefined>();
}

export async function joined() {
  const track = await Track.objects.selectRelated("album__artist").prefetchRelated("album__tracks").first();
  for (const other of track!.album.tracks) type(other).is<Track>();
  type(track?.album.artist?.name).is<string | undefined>();
}

export async function balanced() {
  const both = await Album.objects.fetchRelated("artist__biography", "tracks__next").first();
  type(both?.artist?.biography?.text).is<string | undefined>();
  for (const track of both!.tracks) type(track.next?.title).is<string | undefined>();
}

export async function combined() {
  const counted = await Album.objects
    .annotate({ n: Count("tracks") })
    .prefetchRelated("tracks")
    .first();
  type(counted?.n).is<number | undefined>();
  for (const track of counted!.tracks) type(track).is<Track>();
}

export async function loaded(albums: Album[]) {
  const done = await prefetch(albums, "tracks", "artist");
  type(done[0]!.tracks.length).is<number>();
  type(done[0]!.artist?.name).is<string | undefined>();
  type(await Album.objects.fetchMode("peers").all()).is<Album[]>();
}

export async function querysets() {
  const loud = Track.objects.annotate({ n: Count("*") }).selectRelated("album");
  const own = await Album.objects.prefetchRelated(Prefetch("tracks", loud), "tracks__next").all();
  for (const track of own[0]!.tracks) {
    type(track.n).is<number>();
    type(track.album.name).is<string>();
    type(track.next?.title).is<string | undefined>();
  }
  const named = await Artist.objects
    .prefetchRelated(
      Prefetch("albums", Album.objects.prefetchRelated("tracks"), { toAttr: "records" }),
      Prefetch("biography", undefined, { toAttr: "life" }),
    )
    .all();
  type(named[0]!.records[0]!.tracks.length).is<number>();
  type(named[0]!.life?.text).is<string | undefined>();
  const below = await Artist.objects.prefetchRelated(Prefetch("albums__tracks", loud, { toAttr: "loud" })).all();
  for (const album of below[0]!.albums) type(album.loud[0]!.n).is<number>();
}
