// Lookups, transforms, functions and aggregates of your own: here in 20 lines.
import assert from "node:assert/strict";
import { sql } from "kysely";
import { Database, defineAggregate, defineFunction, fields, manager, Model } from "dunder-orm";
import { registerLookup, registerTransform } from "dunder-orm";

const db = new Database("sqlite::memory:");

class City extends Model("city", { name: fields.string(), people: fields.integer() }, { database: db }) {
  static objects = manager(this);
}

registerLookup("text", "like", { compile: ({ lhs, rhs }) => sql`${lhs} like ${rhs}` });
registerTransform("text", "initial", { compile: ({ lhs }) => sql`substr(${lhs}, 1, 1)`, result: "text" });
const Half = defineFunction("Half", { arguments: 1, result: "float", compile: ({ args }) => sql`${args[0]} / 2.0` });
const Spread = defineAggregate("Spread", { result: "integer", compile: ({ arg }) => sql`max(${arg}) - min(${arg})` });

// What tells the compiler of them.
declare module "dunder-orm" {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- declarations that merge name the same parameters
  interface TextLookups<T> {
    like: string;
  }
  interface TextTransforms {
    initial: "text";
  }
}

await db.createTables([City]);
await City.objects.bulkCreate([
  { name: "Bern", people: 137 },
  { name: "Basel", people: 178 },
  { name: "Chur", people: 39 },
]);

const names = City.objects.orderBy("name").valuesList("name", { flat: true });
assert.deepEqual(await names.filter({ name__like: "B%n" }).all(), ["Bern"]);
assert.deepEqual(await names.filter({ name__initial__in: ["B", "A"] }).all(), ["Basel", "Bern"]);
assert.deepEqual(await names.exclude({ name__initial__like: "b" }).all(), ["Chur"]);
assert.equal((await City.objects.annotate({ half: Half("people") }).get({ name: "Chur" })).half, 19.5);
assert.deepEqual(await City.objects.aggregate({ spread: Spread("people") }), { spread: 139 });
console.log(await names.filter({ name__initial: "B" }).all());

await db.close();
