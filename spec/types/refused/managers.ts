import { Database } from "dunder-orm";
import { Manager } from "dunder-orm/manager";
import { Album, Track } from "../accepted/music.js";

const objects = new Manager(new Database(null));

// @expect-error no such field or lookup: album__nmae
await objects.get(Track, { album__nmae: "x" });
// @expect-error Type 'string' is not assignable to type 'number'
await objects.getOrNull(Track, { position: "x" });
// @expect-error Property 'name' is missing in type
await objects.create(Album, {});
// @expect-error no such relation: trakcs
await objects.prefetch(Album, "trakcs");
// @expect-error no such field or lookup: nmae
Album.objects.sync.get({ nmae: "x" });
// @expect-error is not assignable to
new Manager(3);
