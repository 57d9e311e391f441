import { fields, Model, QuerySet } from "dunder-orm";

// Inside a queryset's subclass annotations are not known, so that errors are longer; but errors they are.
class NoteQuery extends QuerySet<Note> {
  misspelt() {
    // @expect-error "compleeted"
    return this.filter({ compleeted: true });
  }
  mistyped() {
    // @expect-error Type 'string' is not assignable to type 'boolean'
    return this.filter({ completed: "yes" });
  }
  misordered() {
    // @expect-error ✗ no such field: nope
    return this.orderBy("nope");
  }
}

class Note extends Model("note", { text: fields.string(), completed: fields.boolean({ default: false }) }) {
  static objects = NoteQuery.asManager(this);
}

// @expect-error Property 'dnoe' does not exist on type 'NoteQuery'
Note.objects.filter({ text: "x" }).dnoe();
