import { Prefetch, prefetch } from "dunder-orm";
import { Album, Artist, Track } from "../accepted/music.js";

// @expect-error ✗ no such relation: trakcs
Album.objects.prefetchRelated("trakcs");
// @expect-error ✗ no such relation: name
Album.objects.prefetchRelated("name");
// @expect-error ✗ no such relation: tracks__albun
Album.objects.prefetchRelated("tracks__albun");
// @expect-error ✗ no such relation: trakcs
Album.objects.prefetchRelated(Prefetch("trakcs", Track.objects));
// @expect-error ✗ a queryset of other rows than those at: tracks
Album.objects.prefetchRelated(Prefetch("tracks", Artist.objects));
// @expect-error ✗ no such relation: x
Album.objects.fetchRelated("x");
// @expect-error Argument of type '"some"' is not assignable to parameter of type '"one" | "peers" | "raise"'
Album.objects.fetchMode("some");

export async function rows(albums: Album[]) {
  const [album] = await Album.objects.all();
  // @expect-error must have a '[Symbol.iterator]()' method
  for (const track of album!.tracks) track.title;
  // @expect-error Property 'length' does not exist
  album!.tracks.length;
  // @expect-error ✗ no such relation: trax
  await prefetch(albums, "trax");
  const named = await Album.objects.prefetchRelated(Prefetch("tracks", Track.objects, { toAttr: "all" })).all();
  // @expect-error Property 'titel' does not exist
  named[0]!.all[0]!.titel;
}
