import { fields } from "dunder-orm";
import { Model } from "dunder-orm/peewee";

export class Person extends Model("lp_person", {
  name: fields.string({ maxLength: 40, unique: true }),
  age: fields.integer({ default: 18 }),
  nick: fields.string({ maxLength: 40, null: true }),
  pets: () => fields.hasMany(Pet, "owner"),
}) {}

export class Pet extends Model("lp_pet", {
  owner: () => fields.foreignKey(Person, { onDelete: "do nothing" }),
  sitter: () => fields.foreignKey(Person, { null: true, onDelete: "do nothing" }),
  name: fields.string({ maxLength: 40 }),
  tags: () => fields.manyToMany(Tag),
}) {}

export class Tag extends Model("lp_tag", {
  name: fields.string({ maxLength: 40 }),
  pets: () => fields.manyToMany(Pet, { reverse: "tags" }),
}) {}

export class Seat extends Model(
  "lp_seat",
  { row: fields.integer(), number: fields.integer(), guest: fields.string({ maxLength: 40, null: true }) },
  { primaryKey: ["row", "number"] },
) {}

export class Word extends Model("lp_word", {
  text: fields.string({ maxLength: 40, primaryKey: true }),
  uses: fields.integer({ default: 0 }),
}) {}

export const models = [Person, Pet, Tag, Seat, Word];

/** Two people with pets, and one without. */
export async function seed(): Promise<{ huey: Person; mickey: Person; zaizee: Person }> {
  for (const pet of await Pet.select().execute()) await pet.tags.clear();
  for (const model of [Pet, Tag, Person, Seat, Word]) await model.delete().execute();
  const huey = await Person.create({ name: "Huey", age: 30 });
  const mickey = await Person.create({ name: "Mickey", age: 20, nick: "M" });
  const zaizee = await Person.create({ name: "Zaizee", age: 10 });
  await Pet.insertMany(
    [
      ["Cat", huey, mickey],
      ["Dog", huey, null],
      ["Fish", mickey, null],
    ],
    { fields: ["name", "owner", "sitter"] },
  ).execute();
  return { huey, mickey, zaizee };
}
