import { beforeAll, expect, it } from "vitest";
import { Count, fields, manager, Model, OuterRef, Subquery, Sum } from "dunder-orm";
import {
  ArrayAgg,
  arrayField,
  btreeIndex,
  hnswIndex,
  CosineDistance,
  createExtension,
  L1Distance,
  L2Distance,
  materializedView,
  MaxInnerProduct,
  refreshMaterializedView,
  vectorField,
} from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { expectRefusal, idsOf, lacksExtension, onOthers, onPostgres } from "./only.js";

class Album extends Model("album", { name: fields.string(), tracks: () => fields.hasMany(Track, "album") }) {
  static objects = manager(this);
}

class Track extends Model("track", {
  album: () => fields.foreignKey(Album),
  title: fields.string(),
  position: fields.integer(),
}) {
  static objects = manager(this);
}

class Summary extends Model(
  "summary",
  { album: fields.integer({ primaryKey: true }), tracks: fields.integer(), titles: arrayField(fields.string()) },
  {
    table: materializedView(() =>
      Track.objects
        .exclude({ title: "it's $1 secret" })
        .values("album")
        .annotate({ tracks: Count("id"), titles: ArrayAgg("title", { orderBy: "position" }) }),
    ),
    indexes: [btreeIndex("album", { unique: true })],
  },
) {
  static objects = manager(this);
}

class Later extends Model(
  "later",
  { id: fields.integer({ primaryKey: true }) },
  { table: materializedView(() => "select id from album", { withData: false }) },
) {
  static objects = manager(this);
}

class Passage extends Model(
  "passage",
  { text: fields.text(), embedding: vectorField(3) },
  { indexes: [hnswIndex({ field: "embedding", opclass: "vector_l2_ops" })] },
) {
  static objects = manager(this);
}

onPostgres("Materialised views", (engine) => {
  const use = useDatabase(engine, [Album, Track]);

  beforeAll(async () => {
    await Album.objects.bulkCreate([
      { id: 1, name: "A" },
      { id: 2, name: "B" },
    ]);
    await Track.objects.bulkCreate([
      { album: 1, title: "y", position: 2 },
      { album: 1, title: "x", position: 1 },
      { album: 2, title: "it's $1 secret", position: 1 },
      { album: 2, title: "z", position: 2 },
    ]);
    for (const model of [Summary, Later]) model.bind(use.db);
    await use.db.createTables([Album, Track, Summary, Later]);
  });

  it("show what a queryset gave when they were made", async () => {
    const rows = await Summary.objects.orderBy("album").values().all();
    expect(rows).toEqual([
      { album: 1, tracks: 2, titles: ["x", "y"] },
      { album: 2, tracks: 1, titles: ["z"] },
    ]);
    expect(await Summary.objects.filter({ titles__contains: ["x"] }).aggregate({ n: Sum("tracks") })).toEqual({ n: 2 });
  });

  it("are brought up to date when told to, with readers or without", async () => {
    await Track.objects.create({ album: 1, title: "w", position: 0 });
    expect((await Summary.objects.get({ album: 1 })).tracks).toBe(2);
    await refreshMaterializedView(Summary.objects);
    expect((await Summary.objects.get({ album: 1 })).titles).toEqual(["w", "x", "y"]);
    await Track.objects.filter({ title: "w" }).delete();
    await refreshMaterializedView(Summary.objects, { concurrently: true });
    expect((await Summary.objects.get({ album: 1 })).tracks).toBe(2);
    await expect(Later.objects.count()).rejects.toThrow(/has not been populated/);
    await refreshMaterializedView(Later.objects);
    expect(await Later.objects.count()).toBe(2);
    await refreshMaterializedView(Later.objects, { withData: false });
    await expect(Later.objects.count()).rejects.toThrow(/has not been populated/);
  });

  it("are made once, and dropped", async () => {
    await use.db.createTables([Summary]);
    await use.db.dropTables([Summary]);
    await use.db.dropTables([Summary]);
    await expect(Summary.objects.count()).rejects.toThrow(/does not exist/);
    await use.db.createTables([Summary], { safe: false });
    expect(await Summary.objects.count()).toBe(2);
    await use.db.dropTables([Summary, Later]);
  });

  it("refuse what is none", async () => {
    expect(() => materializedView("select 1" as never)).toThrow(/expected a function/);
    expect(() => materializedView(() => "x", { data: true } as never)).toThrow(/withData/);
    await expect(refreshMaterializedView(Summary)).rejects.toThrow(/rows of a model/);
    await expect(refreshMaterializedView(Album.objects)).rejects.toThrow(/materialized view/);
  });

  it("rows of a subquery for each row, and the first of each, are the core's: slices and distinct(…)", async () => {
    const first = Track.objects
      .filter({ album: OuterRef("id") })
      .orderBy("position")
      .limit(1)
      .values("title");
    const albums = await Album.objects
      .annotate({ first: Subquery(first) })
      .orderBy("id")
      .all();
    expect(albums.map((album) => album.first)).toEqual(["x", "it's $1 secret"]);
    const firsts = await Track.objects.distinct("album").orderBy("album", "-position").all();
    expect(firsts.map(({ title }) => title)).toEqual(["y", "z"]);
  });
});

onPostgres("Vectors", (engine) => {
  const use = useDatabase(engine, []);

  it("are ordered by their distances", async ({ skip }) => {
    if (await lacksExtension(use.db, "vector"))
      return skip("The server does not have the extension vector (pgvector).");
    await createExtension(use.db, "vector");
    Passage.bind(use.db);
    await use.db.createTables([Passage]);
    await Passage.objects.bulkCreate([
      { text: "a", embedding: [1, 0, 0] },
      { text: "b", embedding: [0, 1, 0.1] },
    ]);
    expect((await Passage.objects.orderBy(CosineDistance("embedding", [0, 1, 0])).first())?.embedding).toEqual([
      0, 1, 0.1,
    ]);
    expect(await idsOf(Passage.objects.filter({ embedding: [1, 0, 0] }))).toEqual([1]);
  });

  it("say what they are in SQL, and refuse what they are not", () => {
    Passage.bind(use.db);
    const { sql, parameters } = Passage.objects
      .annotate({
        a: L2Distance("embedding", [0.1, 1, 2]),
        b: L1Distance("embedding", "embedding"),
        c: MaxInnerProduct("embedding", new Float32Array(3)),
      })
      .filter({ a__lt: 0.5 })
      .orderBy(CosineDistance("embedding", [1, 2, 3]))
      .sql();
    for (const operator of ["<->", "<+>", "<#>", "<=>"]) expect(sql).toContain(operator);
    expect(parameters).toContain("[0.1,1,2]");
    expect(() => new Passage({ text: "x", embedding: [1, 2] })).toThrow(/must have 3/);
    expect(() => new Passage({ text: "x", embedding: [1, 2, Number.NaN] })).toThrow(/number 2/);
    expect(new Passage({ text: "x", embedding: [0.1, 1e-3, 2] }).embedding).toEqual([0.1, 0.001, 2]);
    expect(() => vectorField(0)).toThrow(/whole number/);
    expect(() => Passage.objects.annotate({ x: L2Distance("text", [1]) })).toThrow(/of vectors/);
    expect(() => L2Distance("embedding", ["x"] as never)).toThrow(/number 0/);
  });
});

onOthers("Materialised views and vectors", (engine) => {
  const use = useDatabase(engine, [Album, Track]);

  it("are refused by name", async () => {
    await expectRefusal(() => use.db.createTables([Later]), /materializedView/);
    await expectRefusal(() => refreshMaterializedView(Later.objects.using(use.db)), /refreshMaterializedView/);
    await expectRefusal(() => use.db.createTables([Passage]), /vectorField/);
    await expectRefusal(
      () =>
        Passage.objects
          .using(use.db)
          .orderBy(L2Distance("embedding", [1, 2, 3]))
          .all(),
      /L2Distance/,
    );
  });
});
