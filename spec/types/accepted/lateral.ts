import { Count, F, lateral, Length, Max, OuterRef } from "../prelude.js";
import { type } from "./equal.js";
import { Album, Track } from "./music.js";

export async function laterals() {
  const best = Track.objects
    .filter({ album: OuterRef("pk") })
    .orderBy("-position")
    .limit(3);
  const rows = Album.objects.join(lateral("best", best), {}, { left: true });
  type(
    await rows
      .filter({ best__title__icontains: "x", best__album__name: "y", best__isnull: false, best__position__gt: F("id") })
      .orderBy("-best__position")
      .annotate({ place: F("best__position") })
      .values("name", "best", "best__title", "best__album__artist__name", "place")
      .get(),
  ).is<{
    name: string;
    best: number | null;
    best__title: string | null;
    best__album__artist__name: string | null;
    place: number | null;
  }>();
  const annotated = best.annotate({ size: Length("title") });
  type(await Album.objects.join(lateral("t", annotated), { t__size__gt: 3 }).values("t__size", "t__title").get()).is<{
    t__size: number;
    t__title: string;
  }>();
  const sums = Track.objects.values("album").annotate({ n: Count("*"), most: Max("position") });
  const counted = Album.objects.join(lateral("sum", sums), { sum__album: F("pk") });
  type(await counted.filter({ sum__isnull: false }).valuesList("sum__n", "sum__most", "sum__album").get()).is<
    [number, number | null, number]
  >();
}
