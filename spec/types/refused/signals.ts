import { preBulkCreate, preBulkUpdate, preUpdate } from "dunder-orm";
import { Track } from "../accepted/music.js";

// @expect-error Property 'titel' does not exist on type 'Track'
preBulkCreate.connect(Track, ({ rows }) => rows.map((row) => row.titel));
// @expect-error Property 'push' does not exist on type 'readonly Track[]'
preBulkCreate.connect(Track, ({ rows }) => rows.push(new Track({ album: 1, title: "x", position: 1 })));
preUpdate.connect(Track, ({ queryset, values }) => {
  // @expect-error Type '1' is not assignable to type 'string | AnyExpression<unknown, unknown> | undefined'
  values.title = 1;
  // @expect-error Property 'titel' does not exist
  values.titel = "x";
  // @expect-error '"titel"' is not assignable
  return queryset.orderBy("titel");
});
// @expect-error Property 'matched' does not exist on type 'BulkUpdateEvent<Track>'
preBulkUpdate.connect(Track, ({ matched }) => matched);
