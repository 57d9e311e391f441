import { Database, fields, manager, Model } from "dunder-orm";

class Shelf extends Model("shelf", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

class Item extends Model("item", {
  id: fields.integer({ primaryKey: true }),
  text: fields.text({ null: true }),
  big: fields.bigInteger({ null: true }),
  price: fields.decimal({ precision: 8, scale: 2, null: true }),
  done: fields.boolean({ null: true }),
  made: fields.datetime({ null: true }),
  data: fields.json<unknown>({ null: true }),
  bytes: fields.binary({ null: true }),
  shelf: () => fields.foreignKey(Shelf, { null: true }),
  note: () => fields.hasOne(Note, "item"),
}) {
  static objects = manager(this);
  get shout(): string {
    return (this.text ?? "").toUpperCase();
  }
}

/** Its own field is set by its constructor, for rows that are read, too. */
class Note extends Model("note", {
  item: () => fields.oneToOne(Item, { primaryKey: true }),
  text: fields.text(),
}) {
  static objects = manager(this);
  readonly seen: string[] = [];
}

function mayGenerate(): boolean {
  try {
    // Whether this throws is the question.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    return (new Function("return true") as () => boolean)();
  } catch {
    return false;
  }
}

/** Fills a database in memory, reads it in several ways and prints what came: the same however rows are read. */
async function main(): Promise<void> {
  const db = new Database("sqlite::memory:");
  for (const model of [Shelf, Item, Note]) model.bind(db);
  await db.createTables([Shelf, Item, Note]);
  const shelf = await Shelf.objects.create({ name: "top" });
  const full = await Item.objects.create({
    text: "a",
    big: 2n ** 60n,
    price: "12.50",
    done: true,
    made: new Date(1e12),
    data: { a: [1, null] },
    bytes: Uint8Array.of(0, 255),
    shelf,
  });
  await Item.objects.create({});
  await Note.objects.create({ item: full, text: "n" });

  const items = await Item.objects.orderBy("id").all();
  const joined = await Item.objects.selectRelated("shelf", "note").orderBy("id").all();
  const notes = await Note.objects.selectRelated("item__shelf").all();
  for (const item of joined) item.text = "changed";
  const lines = [
    items.map((item) => [item, item.shout, item instanceof Item, item.shelf?.pk ?? null, item.isDirty()]),
    joined.map((item) => [item.shelf?.name ?? null, item.note?.text ?? null, item.dirtyFields(), item.toJSON()]),
    joined.map((item) => item.note?.item === item),
    notes.map((note) => [note, note.seen, note.item.shelf?.name, Object.keys(note)]),
    items.map((item) => Object.keys(item)),
  ];
  await db.close();
  const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);
  process.stdout.write(JSON.stringify({ generates: mayGenerate(), lines }, text));
}

await main();
