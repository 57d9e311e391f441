import { Album, Track } from "../accepted/music.js";
import { Count, lateral, OuterRef } from "../prelude.js";

export function laterals() {
  const best = Track.objects.filter({ album: OuterRef("pk") }).limit(3);
  // @expect-error ✗ no such field or lookup: best__titel
  Album.objects.join(lateral("best", best), { best__titel: "x" });
  // @expect-error JoinNameTaken<"tracks">
  Album.objects.join(lateral("tracks", best), {});
  const rows = Album.objects.join(lateral("best", best), {});
  // @expect-error ✗ no such field or lookup: best__titel
  rows.filter({ best__titel: "x" });
  // @expect-error Type 'number' is not assignable to type 'string
  rows.filter({ best__title: 1 });
  // @expect-error ✗ no such field: best__album__nmae
  rows.values("best__album__nmae");
  const sums = Album.objects.join(lateral("sum", Track.objects.values("album__name").annotate({ n: Count("*") })), {});
  // @expect-error ✗ no such field: sum__title
  sums.values("sum__title");
  // @expect-error ✗ no such field: sum__album__name
  sums.values("sum__album__name");
  // @expect-error is not assignable to parameter of type 'AnyQuery'
  lateral("x", 3);
}
