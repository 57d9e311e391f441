import { Track } from "../accepted/music.js";

export async function paths(track: Track) {
  // @expect-error ✗ no such field: -postion
  Track.objects.orderBy("-postion");
  // @expect-error ✗ no such field: album__nmae
  Track.objects.orderBy("position", "album__nmae");
  // @expect-error ✗ no such field: title__lower
  Track.objects.orderBy("title__lower");
  // @expect-error ✗ no such field: titel
  Track.objects.distinct("titel");
  // @expect-error "✗ not a relation to one row: albun"
  Track.objects.selectRelated("albun");
  // @expect-error ✗ not a relation to one row: album__artst
  Track.objects.selectRelated("next", "album__artst");
  // @expect-error ✗ not a relation to one row: album__tracks
  Track.objects.selectRelated("album__tracks");
  // @expect-error ✗ not a relation to one row: title
  Track.objects.selectRelated("title");
  // @expect-error Property 'name' does not exist on type 'Sparse<Album>'
  void track.album.name;
  const joined = await Track.objects.selectRelated("album").get({ pk: 1 });
  // @expect-error Property 'nmae' does not exist on type
  void joined.album.nmae;
  // @expect-error 'joined.album.artist' is possibly 'null'
  void joined.album.artist.pk;
  const artist = joined.album.artist;
  // @expect-error Property 'name' does not exist on type 'Sparse<Artist>'
  void artist?.name;
  // @expect-error must have a '[Symbol.iterator]()' method
  for (const each of joined.album.tracks) void each;
  // @expect-error Property 'then' does not exist
  void Track.objects.then;
}
