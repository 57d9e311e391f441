// Queries with names of their own, which keep chaining.
import assert from "node:assert/strict";
import { Database, fields, manager, Model, QuerySet } from "dunder-orm";

const db = new Database("sqlite::memory:");

class TaskQuery extends QuerySet<Task> {
  open() {
    return this.filter({ done: false });
  }

  dueBy(day: string) {
    return this.filter({ due__lte: day });
  }

  async labels() {
    return (await this.all()).map((task) => task.label);
  }
}

class Task extends Model(
  "task",
  {
    title: fields.string({ maxLength: 100 }),
    done: fields.boolean({ default: false }),
    priority: fields.enumeration(["low", "normal", "high"], { default: "normal" }),
    due: fields.date({ null: true }),
  },
  { database: db, ordering: ["id"] },
) {
  static objects = TaskQuery.asManager(this);
  static urgent = manager(this).filter({ done: false, priority: "high" });

  get label(): string {
    return `${this.done ? "✓" : "·"} ${this.title}`;
  }
}

await db.createTables([Task]);
await Task.objects.bulkCreate([
  { title: "Write", priority: "high", due: "2024-03-01" },
  { title: "Rest", due: "2024-02-01" },
  { title: "Plan", done: true, due: "2024-01-01" },
]);

console.log(await Task.objects.labels());
assert.deepEqual(await Task.objects.labels(), ["· Write", "· Rest", "✓ Plan"]);
assert.deepEqual(await Task.objects.open().dueBy("2024-02-28").labels(), ["· Rest"]);
assert.deepEqual(await Task.objects.exclude({ title__icontains: "r" }).open().labels(), []);
assert.equal((await Task.urgent.get()).title, "Write");

await db.close();
