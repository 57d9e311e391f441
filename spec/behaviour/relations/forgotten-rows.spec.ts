import { beforeEach, expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  tracks: () => fields.hasMany(Track, "album"),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
}

class Track extends Model(
  "track",
  { id: fields.integer({ primaryKey: true }), album: () => fields.foreignKey(Album, { null: true }) },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

class Tag extends Model(
  "tag",
  { id: fields.integer({ primaryKey: true }), albums: () => fields.manyToMany(Album, { reverse: "tags" }) },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

/** What both kinds of managers have. */
interface Members {
  add(...keys: number[]): Promise<void>;
  remove(...keys: number[]): Promise<void>;
  clear(): Promise<void>;
  set(keys: readonly number[], options?: { clear: boolean }): Promise<void>;
  create(values: { id: number }): Promise<unknown>;
  bulkCreate(rows: readonly { id: number }[]): Promise<unknown>;
  getOrCreate(where: { id: number }): Promise<unknown>;
  updateOrCreate(where: { id: number }): Promise<unknown>;
  all(): Promise<readonly { readonly id: number }[]>;
  count(): Promise<number>;
  exists(): Promise<boolean>;
}

type Write = readonly [name: string, write: (members: Members) => Promise<unknown>, left: readonly number[]];

/** With 1 and 2 in the relation before, and a row 3 that is not. */
const writes: readonly Write[] = [
  ["add", (members) => members.add(3), [1, 2, 3]],
  ["add of what is there", (members) => members.add(1), [1, 2]],
  ["remove", (members) => members.remove(2), [1]],
  ["remove of what is not there", (members) => members.remove(3), [1, 2]],
  ["clear", (members) => members.clear(), []],
  ["set", (members) => members.set([2, 3]), [2, 3]],
  ["set, clearing first", (members) => members.set([3], { clear: true }), [3]],
  ["create", (members) => members.create({ id: 9 }), [1, 2, 9]],
  ["bulkCreate", (members) => members.bulkCreate([{ id: 8 }, { id: 9 }]), [1, 2, 8, 9]],
  ["getOrCreate", (members) => members.getOrCreate({ id: 9 }), [1, 2, 9]],
  ["updateOrCreate", (members) => members.updateOrCreate({ id: 9 }), [1, 2, 9]],
];

onEngines("Rows that were fetched along", (engine) => {
  const suite = useDatabase(engine, [Album, Track, Tag]);
  let album: Album;

  beforeEach(async () => {
    for (const model of [Track, Album, Tag]) await (model as typeof Tag).objects.delete({ all: true });
    await Album.objects.create({ id: 1 });
    await Track.objects.bulkCreate([{ id: 1, album: 1 }, { id: 2, album: 1 }, { id: 3 }]);
    await Tag.objects.bulkCreate([{ id: 1 }, { id: 2 }, { id: 3 }]);
    album = await Album.objects.get({ id: 1 });
    await album.tags.add(1, 2);
    album = await Album.objects.prefetchRelated("tracks", "tags").get({ id: 1 });
  });

  const ids = async (members: Members) => (await members.all()).map(({ id }) => id);

  for (const name of ["tracks", "tags"] as const) {
    const members = () => album[name] as unknown as Members;

    it.each(writes)(`of ${name} are asked for again after %s`, async (_, write, left) => {
      const other = name === "tracks" ? "tags" : "tracks";
      await expectQueries(0, () => ids(members()), { database: suite.db });
      await write(members());
      expect(await expectQueries(1, () => ids(members()), { database: suite.db })).toEqual(left);
      expect(await expectQueries(1, () => members().count(), { database: suite.db })).toBe(left.length);
      expect(await expectQueries(1, () => members().exists(), { database: suite.db })).toBe(left.length > 0);
      // What is known of other relations still holds.
      const kept = album[other] as unknown as Members;
      expect(await expectQueries(0, () => ids(kept), { database: suite.db })).toEqual([1, 2]);
    });

    it(`of ${name} are asked for again where a write fails`, async () => {
      await expect(members().create({ id: 1 })).rejects.toThrow();
      expect(await expectQueries(1, () => ids(members()), { database: suite.db })).toEqual([1, 2]);
    });
  }
});
