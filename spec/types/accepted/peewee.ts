import { Count, F, fields, Length, manager, Max } from "dunder-orm";
import { Model } from "dunder-orm/peewee";
import { type } from "./equal.js";

export class Reader extends Model("reader", {
  name: fields.string(),
  age: fields.integer({ null: true }),
  loans: () => fields.hasMany(Loan, "reader"),
}) {
  static objects = manager(this);
  get loud() {
    return this.name.toUpperCase();
  }
}

export class Loan extends Model("loan", {
  reader: () => fields.foreignKey(Reader),
  days: fields.integer({ default: 14 }),
}) {}

export class Pair extends Model("pair", { a: fields.integer(), b: fields.string() }, { primaryKey: ["a", "b"] }) {}

export async function shortcuts() {
  const made = await Reader.create({ name: "Huey" });
  type(made).is<Reader>();
  type(made.loud).is<string>();
  type(await made.deleteInstance({ recursive: true })).is<number>();
  type(await Reader.get({ name__startswith: "H", age__gt: 3 })).is<Reader>();
  type(await Reader.get(1)).is<Reader>();
  type(await Reader.getOrNone({ loans__days: 3 })).is<Reader | null>();
  type(await Pair.getById([1, "x"])).is<Pair>();
  const [found, created] = await Reader.getOrCreate({ name: "x" }, { defaults: { age: 3 } });
  type(found.loud).is<string>();
  type(created).is<boolean>();
  type(await Reader.objects.all()).is<Reader[]>();
  await Reader.setById(1, { age: F("age").add(1) });
  for await (const reader of Reader) type(reader.name).is<string>();
}

export async function selecting() {
  type(await Reader.select().where({ age: 3 }).orderBy("-name").execute()).is<Reader[]>();
  const [row] = await Reader.select("name", { size: Length("name") })
    .where({ size__gt: 3 })
    .execute();
  type(row?.size).is<number | undefined>();
  type(row?.loud).is<string | undefined>();
  const [dict] = await Loan.select("days", "reader__name").dicts().execute();
  type(dict).is<{ days: number; reader__name: string } | undefined>();
  type(await Loan.select("days", "reader__age").tuples().execute()).is<[number, number | null][]>();
  const groups = Loan.select("reader__name", { n: Count("*") })
    .groupBy("reader__name")
    .having({ n__gt: 3 })
    .orderBy("-n");
  type(await groups.get()).is<{ reader__name: string; n: number }>();
  type(await Loan.select({ most: Max("days") }).get()).is<{ most: number | null }>();
  type(await Loan.select("days").scalars()).is<number[]>();
  type(
    await Loan.select("days")
      .objects(({ days }) => [days])
      .execute(),
  ).is<number[][]>();
  const [loan] = await Loan.select().join("reader", { load: true }).execute();
  type(loan?.reader.name).is<string | undefined>();
  type(
    await Loan.select("days")
      .selectExtend({ twice: F("days").mul(2) })
      .dicts()
      .get(),
  ).is<{ days: number; twice: number }>();
  Loan.select().where({ reader__in: Reader.select().where({ age: 3 }) });
}

export async function writing() {
  type(await Reader.insert({ name: "x" }).execute()).is<number>();
  const { pk, inserted } = await Reader.insert({ name: "x" }).onConflictIgnore().execute();
  type(pk).is<number | null>();
  type(inserted).is<boolean>();
  type(await Reader.insertMany([{ name: "x" }]).execute()).is<number[]>();
  type(await Reader.insertMany([["x"]], { fields: ["name"] }).execute()).is<number[]>();
  type(
    await Reader.update({ age: F("age").add(1) })
      .where({ name: "x" })
      .execute(),
  ).is<number>();
  type(
    await Reader.delete()
      .where({ name__in: ["x"] })
      .execute(),
  ).is<number>();
  await Reader.insert({ name: "x" })
    .onConflict({ target: ["id"], update: { age: F("age").add(1) } })
    .execute();
}
