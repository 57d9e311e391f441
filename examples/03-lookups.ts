// Lookups mean the same on every engine; this shows what.
import assert from "node:assert/strict";
import { Database, fields, manager, Model, Q } from "dunder-orm";

const db = new Database("sqlite::memory:");

class Film extends Model(
  "film",
  {
    title: fields.string({ maxLength: 100 }),
    tagline: fields.text({ null: true }),
    released: fields.date(),
    minutes: fields.integer(),
    rating: fields.decimal({ precision: 3, scale: 1, null: true }),
  },
  { database: db, ordering: ["title"] },
) {
  static objects = manager(this);
}

await db.createTables([Film]);
await Film.objects.bulkCreate([
  { title: "Amélie", released: "2001-04-25", minutes: 122, rating: "8.3", tagline: "One person can change your life" },
  { title: "Alien", released: "1979-05-25", minutes: 117, rating: "8.5" },
  { title: "ÄRGERNIS", released: "1984-12-31", minutes: 90 },
  { title: "100% Wolf", released: "2020-06-26", minutes: 96, rating: "5.6", tagline: null },
]);

const titles = async (query: typeof Film.objects) => (await query.all()).map((film) => film.title);

// Text: with case and without, in any script. Wildcards of SQL mean themselves.
assert.deepEqual(await titles(Film.objects.filter({ title__startswith: "a" })), []);
assert.deepEqual(await titles(Film.objects.filter({ title__istartswith: "a" })), ["Alien", "Amélie"]);
assert.deepEqual(await titles(Film.objects.filter({ title__iexact: "ärgernis" })), ["ÄRGERNIS"]);
assert.deepEqual(await titles(Film.objects.filter({ title__contains: "%" })), ["100% Wolf"]);
assert.deepEqual(await titles(Film.objects.filter({ title__regex: "^A.*n$" })), ["Alien"]);

// Order, ranges, lists.
assert.deepEqual(await titles(Film.objects.filter({ minutes__gte: 117, rating__lt: "8.5" })), ["Amélie"]);
assert.deepEqual(await titles(Film.objects.filter({ released__range: ["1979-01-01", "1984-12-31"] })), [
  "Alien",
  "ÄRGERNIS",
]);
assert.deepEqual(await titles(Film.objects.filter({ minutes__in: [90, 96] })), ["100% Wolf", "ÄRGERNIS"]);
assert.deepEqual(await titles(Film.objects.filter({ minutes__in: [] })), []);

// Transforms stand between the field and the lookup.
assert.deepEqual(await titles(Film.objects.filter({ released__year__gte: 2000 })), ["100% Wolf", "Amélie"]);
assert.deepEqual(await titles(Film.objects.filter({ released__month: 12, title__length__gt: 5 })), ["ÄRGERNIS"]);

// NULL: rows that hold none are kept by exclude, as all rows are for which the condition is not true.
assert.deepEqual(await titles(Film.objects.filter({ rating: null })), ["ÄRGERNIS"]);
assert.deepEqual(await titles(Film.objects.exclude({ rating__gt: "8.0" })), ["100% Wolf", "ÄRGERNIS"]);
assert.deepEqual(await titles(Film.objects.filter({ tagline__isnull: false })), ["Amélie"]);

// Or, not, both.
const short = Q({ minutes__lt: 100 });
const good = Q({ rating__gte: "8.4" });
assert.deepEqual(await titles(Film.objects.filter(short.or(good))), ["100% Wolf", "Alien", "ÄRGERNIS"]);
assert.deepEqual(await titles(Film.objects.filter(short.or(good).not())), ["Amélie"]);

const query = Film.objects.filter({ title__icontains: "AL" }).orderBy("-released");
console.log(query.sql());
assert.match(query.sql().sql, /order by "film"."released" desc$/);

await db.close();
