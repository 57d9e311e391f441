import { Q } from "dunder-orm";
import { Artist, type Album, Track } from "../accepted/music.js";

export function filters(artist: Artist, album: Album) {
  // @expect-error Type '"x"' is not assignable to type '"✗ no such field or lookup: album__nmae"'
  Track.objects.filter({ album__nmae: "x" });
  // @expect-error ✗ no such field or lookup: titel
  Track.objects.filter({ titel: 3 });
  // @expect-error ✗ no such field or lookup: title__contians
  Track.objects.exclude({ title__contians: "x" });
  // @expect-error ✗ no such field or lookup: position__contains
  Track.objects.filter({ position: 1, position__contains: "1" });
  // @expect-error ✗ no such field or lookup: title__year
  Track.objects.filter({ title__year: 2001 });
  // @expect-error ✗ no such field or lookup: title__length__icontains
  Track.objects.filter({ title__length__icontains: 2001 });
  // @expect-error ✗ no such field or lookup: album__gt
  Track.objects.filter({ album__gt: 1 });
  // @expect-error ✗ no such field or lookup: album__artist__albums__trakcs
  Track.objects.filter({ album__artist__albums__trakcs: 1 });
  // @expect-error ✗ no such field or lookup: pk__nothing
  Track.objects.filter({ pk__nothing: 1 });
  // @expect-error Type 'string' is not assignable to type 'number'
  Track.objects.filter({ position__gte: "x" });
  // @expect-error Type 'number' is not assignable to type 'string'
  Track.objects.filter({ album__name__icontains: 3 });
  // @expect-error Type '"oot"' is not assignable to type '"draft" | "out"'
  Track.objects.filter({ album__status: "oot" });
  // @expect-error Type 'undefined' is not assignable to type 'string'
  Track.objects.filter({ title: undefined });
  // @expect-error Type 'null' is not assignable to type 'string'
  Track.objects.filter({ title: null });
  // @expect-error Type '{}' is not assignable to type 'string'
  Track.objects.filter({ title: {} });
  // @expect-error Type 'string' is not assignable to type 'boolean'
  Track.objects.filter({ next__isnull: "no" });
  // @expect-error Source has 1 element(s) but target requires 2
  Track.objects.filter({ position__range: [1] });
  // @expect-error Type 'number' is not assignable to type
  Track.objects.filter({ position__in: 3 });
  // @expect-error Type 'string' is not assignable to type 'Date'
  Track.objects.filter({ album__released__lt: "2001-01-01" });
  // @expect-error Type 'Date' is not assignable to type 'string'
  Track.objects.filter({ album__released__date: new Date() });
  // @expect-error Type 'Artist' is not assignable to type 'KeyOperand<Album>'
  Track.objects.filter({ album: artist });
  // @expect-error Type 'QuerySet<Artist>' is not assignable to type
  Track.objects.filter({ album__in: Artist.objects });
  // @expect-error is not assignable to type 'KeyOperand<Track>'
  Track.objects.filter({ pk: "x" });
  // @expect-error ✗ no such field or lookup: album__nam
  Track.objects.filter(Q({ title: "x" }).or(Q({ album__nam: "y" })));
  // @expect-error ✗ wrong type of value for: title
  Track.objects.filter(Q({ title: 3 }).not());
  // @expect-error ✗ no such field or lookup: titel
  Track.objects.filter({ title: "x" }, Q({ titel: "x" }));
  // @expect-error ✗ no such field or lookup: titel
  Track.objects.filter(Q({ title: "x" }), { titel: "x" });
  // @expect-error ✗ no such field or lookup: nmae
  void Track.objects.get({ nmae: "x" });
  // @expect-error ✗ no such field or lookup: nmae
  void album.tracks.getOrNull({ nmae: "x" });
  // @expect-error Type '"title"' has no properties in common with type 'Suggest<Track>'
  Track.objects.filter("title");
}
