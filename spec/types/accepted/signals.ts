import { F, postBulkUpdate, postUpdate, preBulkCreate, preBulkUpdate, preSave, preUpdate } from "dunder-orm";
import type { BulkConflict } from "dunder-orm";
import { type } from "./equal.js";
import { Album, Track } from "./music.js";

preSave.connect(Track, ({ row, created }) => {
  type(row).is<Track>();
  type(created).is<boolean>();
});

preBulkCreate.connect(Track, ({ rows, conflict }) => {
  type(rows).is<readonly Track[]>();
  type(conflict).is<BulkConflict | null>();
  for (const row of rows) row.title = row.title.trim();
});
preBulkCreate.connect(({ rows }) => {
  type(rows[0]?.pk).is<unknown>();
});

preUpdate.connect(Album, async ({ model, queryset, values }) => {
  type(model.name).is<string>();
  type(await queryset.filter({ tracks__position__gt: 1 }).all()).is<Album[]>();
  values.name = "x";
  values.name = F("name");
  values.artist = 1;
  values.artist = null;
  values.released = new Date();
  delete values.status;
});
preUpdate.connect(async ({ queryset, values }) => {
  type(await queryset.count()).is<number>();
  type(values["any"]).is<unknown>();
  values["any"] = 1;
});
postUpdate.connect(Album, ({ queryset, matched }) => {
  type(matched).is<number>();
  return queryset.values("name", "artist__name").all();
});

preBulkUpdate.connect(Track, ({ rows, fields }) => {
  type(rows).is<readonly Track[]>();
  type(fields).is<readonly string[]>();
});
export const stop = postBulkUpdate.connect(Track, ({ matched }) => type(matched).is<number>());
type(stop).is<() => void>();
