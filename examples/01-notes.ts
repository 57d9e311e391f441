// A table of notes: declare it, fill it, ask it.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Database, fields, manager, Model } from "dunder-orm";

const db = new Database("sqlite::memory:");

class Note extends Model(
  "note",
  {
    id: fields.integer({ primaryKey: true }),
    text: fields.string({ maxLength: 100 }),
    completed: fields.boolean({ default: false }),
  },
  { database: db },
) {
  static objects = manager(this);
}

await db.createTables([Note]);

await Note.objects.create({ text: "Buy the groceries." });
await Note.objects.create({ text: "Call Mum.", completed: true });
await Note.objects.create({ text: "Send invoices.", completed: true });

const all = await Note.objects.all();
console.log(all);
assert.equal(inspect(all[0]), "Note(id=1)");

const done = await Note.objects.filter({ completed: true }).orderBy("-text").all();
console.log(done.map((note) => note.text));
assert.deepEqual(
  done.map((note) => note.text),
  ["Send invoices.", "Call Mum."],
);

const found = await Note.objects.filter({ text__icontains: "mum" }).all();
assert.deepEqual(
  found.map((note) => note.pk),
  [2],
);

const note = await Note.objects.get({ id: 1 });
await note.update({ completed: true });
assert.equal(await Note.objects.filter({ completed: true }).count(), 3);

note.text = "Buy bread.";
console.log(note.dirtyFields());
assert.deepEqual(note.dirtyFields(), ["text"]);
await note.save();
assert.equal((await Note.objects.get({ pk: 1 })).text, "Buy bread.");

console.log(await note.delete());
assert.equal(await Note.objects.exists(), true);
assert.equal(await Note.objects.count(), 2);

const [again, created] = await Note.objects.getOrCreate({ text: "Call Mum." });
assert.equal(created, false);
assert.equal(again.pk, 2);

await db.close();
