import { beforeAll, expect, it } from "vitest";
import { Count, FieldError, fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Note extends Model(
  "note",
  {
    id: fields.integer({ primaryKey: true }),
    text: fields.string({ maxLength: 20 }),
    rank: fields.integer({ null: true }),
  },
  { ordering: ["-rank", "id"] },
) {
  static objects = manager(this);
}

onEngines("The corners of querysets", (engine) => {
  useDatabase(engine, [Note]);
  beforeAll(async () => {
    await Note.objects.bulkCreate([1, 2, 3, 4].map((id) => ({ id, text: `t${id}`, rank: id % 2 })));
  });
  const notes = Note.objects;
  const ids = async (query: typeof notes): Promise<number[]> => (await query.all()).map((row) => row.id);

  it.each([[0], [-1], [1.5], [NaN], [Infinity], ["2"], [null], [2n], [{}]])("chunkSize %s is refused", async (size) => {
    await expect(notes.iterator({ chunkSize: size as never }).next()).rejects.toThrow(FieldError);
    await expect(
      notes
        .none()
        .iterator({ chunkSize: size as never })
        .next(),
    ).rejects.toThrow("Note: chunkSize is a whole number above 0");
  });

  it("reverse() twice is none, and turns the model's order and no order", async () => {
    expect(await ids(notes.reverse())).toEqual([4, 2, 3, 1]);
    expect(await ids(notes.reverse().reverse())).toEqual(await ids(notes));
    expect(await ids(notes.reverse().orderBy("id"))).toEqual([1, 2, 3, 4]);
    expect((await notes.orderBy().reverse().first())?.id).toBe(4);
    expect((await notes.orderBy().reverse().last())?.id).toBe(1);
    expect(() => notes.limit(1).reverse()).toThrow(FieldError);
  });

  it("contains() asks about slices, distinct rows and none(), and for rows of the model", async () => {
    const [first, second] = await notes.orderBy("id").all();
    const head = notes.orderBy("id").limit(1);
    expect([await head.contains(first as Note), await head.contains(second as Note)]).toEqual([true, false]);
    expect(
      await notes
        .orderBy("id")
        .slice(1, 2)
        .contains(second as Note),
    ).toBe(true);
    expect(await notes.distinct().contains(first as Note)).toBe(true);
    expect(await notes.none().contains(first as Note)).toBe(false);
    await expect(notes.contains({ id: 1 } as Note)).rejects.toThrow(FieldError);
    await expect(notes.contains(new Note({ text: "new" }))).rejects.toThrow("was never saved");
    await expect(notes.values("id").contains(first as Note)).rejects.toThrow("cannot follow values(…)");
  });

  it("none() stays none, whatever follows, and gives what nothing gives", async () => {
    const none = notes.none().filter({ id: 1 }).orderBy("id").distinct();
    expect([await ids(none), await none.count(), await none.exists(), await none.first()]).toEqual([
      [],
      0,
      false,
      null,
    ]);
    expect(await none.aggregate({ n: Count("*") })).toEqual({ n: 0 });
    expect([...(await none.inBulk()).keys()]).toEqual([]);
    await expect(none.get()).rejects.toThrow(Note.DoesNotExist);
    await expect(none.latest("id")).rejects.toThrow(Note.DoesNotExist);
    expect(await ids(notes.filter({ pk__in: notes.none() }))).toEqual([]);
    expect(await ids(notes.exclude({ pk__in: notes.none() }).orderBy("id"))).toEqual([1, 2, 3, 4]);
  });

  it("earliest() and latest() go by their fields alone, and refuse slices and no fields", async () => {
    expect([(await notes.earliest("rank", "-id")).id, (await notes.latest("rank", "-id")).id]).toEqual([4, 1]);
    expect([(await notes.reverse().earliest("id")).id, (await notes.reverse().latest("id")).id]).toEqual([1, 4]);
    await expect(notes.limit(2).latest("id")).rejects.toThrow("cannot follow limit");
    await expect(notes.earliest()).rejects.toThrow("needs fields to order by");
    await expect(notes.latest("idd" as "id")).rejects.toThrow('Did you mean "id"?');
  });

  it("inBulk() is about rows", async () => {
    await expect(notes.values("text").inBulk([1])).rejects.toThrow("cannot follow values(…)");
    expect([...(await notes.inBulk([])).keys()]).toEqual([]);
  });
});
