import { fields, manager, Model, QuerySet } from "dunder-orm";
import { type } from "./equal.js";

// The program the project began with, and a manager of one's own.
class NoteQuery extends QuerySet<Note> {
  done() {
    return this.filter({ completed: true });
  }
  about(word: string) {
    return this.done().filter({ text__icontains: word, pk__gte: 1 }).orderBy("-text").distinct("text");
  }
  async firstText() {
    const note = await this.about("x").first();
    return note?.text;
  }
  async shouted() {
    return (await this.all()).map((note) => note.shout());
  }
}

export class Note extends Model("notes", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 100 }),
  completed: fields.boolean({ default: false }),
}) {
  static objects = NoteQuery.asManager(this);
  static open = manager(this).filter({ completed: false });
  shout() {
    return this.text.toUpperCase();
  }
}

export async function notes() {
  const note = await Note.objects.create({ text: "Buy milk" });
  await Note.objects.create({ text: "Call mum", completed: true });
  type(await Note.objects.all()).is<Note[]>();
  type(await Note.objects.filter({ completed: true }).all()).is<Note[]>();
  type(await Note.objects.filter({ text__icontains: "mum" }).count()).is<number>();
  type(await Note.objects.get({ id: 1 })).is<Note>();
  type(await Note.objects.get({ pk: note.pk })).is<Note>();
  await note.update({ completed: true });
  await note.delete();
  const chain = Note.objects.filter({ text: "x" }).done().selectRelated().about("x").limit(3).done();
  type(await chain.all()).is<Note[]>();
  type(await chain.firstText()).is<string | undefined>();
  type(await Note.open.first()).is<Note | null>();
  const anyNotes: QuerySet<Note> = Note.objects.done();
  type(note.shout()).is<string>();
  return anyNotes;
}
