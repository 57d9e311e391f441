import { fields, manager, Model, QuerySet } from "dunder-orm";
import { type } from "./equal.js";

export class Keeper extends Model("keeper", {
  name: fields.string(),
  animals: () => fields.hasMany(Animal, "keeper"),
  dogs: () => fields.hasMany(Dog, "trainer"),
}) {
  static objects = manager(this);
}

export class Animal extends Model(
  "animal",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 20 }),
    kind: fields.string({ maxLength: 10, default: "animal" }),
    keeper: () => fields.foreignKey(Keeper, { null: true }),
  },
  { discriminator: "kind" },
) {
  static objects = manager(this);
  speak() {
    return this.name;
  }
}

class DogQuery extends QuerySet<Dog> {
  big() {
    return this.filter({ size__gte: 50, trainer__name: "x" });
  }
}

export class Dog extends Animal.variant("dog", {
  size: fields.integer({ null: true }),
  trainer: () => fields.foreignKey(Keeper, { null: true }),
  friend: () => fields.foreignKey(Cat, { null: true }),
}) {
  static objects: DogQuery = DogQuery.asManager(this);
  override speak() {
    return `${super.speak()}, ${this.size ?? 0}`;
  }
}

export class Cat extends Animal.variant("cat", {
  lives: fields.smallInteger({ default: 9 }),
  enemies: () => fields.hasMany(Dog, "friend"),
}) {
  static objects = manager(this);
}

export async function variants(dog: Dog, cat: Cat, keeper: Keeper) {
  const animal: Animal = dog;
  type(dog.size).is<number | null>();
  type(dog.name).is<string>();
  type(dog.pk).is<number>();
  type(dog.speak()).is<string>();
  type((await Animal.objects.get({ pk: 1 })).kind).is<string>();
  const rows = await Dog.objects.big().filter({ name__icontains: "x", size__lt: 3, keeper__dogs__size: 1 }).all();
  type(rows).is<Dog[]>();
  if (animal instanceof Cat) type(animal.lives).is<number>();
  const joined = await Dog.objects.selectRelated("trainer", "keeper", "friend").get({ pk: dog.pk });
  type(joined.trainer?.name).is<string | undefined>();
  type(joined.friend?.lives).is<number | undefined>();
  type(await Dog.objects.orderBy("-size", "name").values("name", "size", "friend__lives").first()).is<{
    name: string;
    size: number | null;
    friend__lives: number | null;
  } | null>();
  await Dog.objects.create({ name: "x", size: 3, keeper, friend: cat });
  await Dog.objects.create({ name: "x", friend: { name: "y", lives: 3 } });
  await Keeper.objects.create({ name: "x", dogs: [{ name: "y" }], animals: [{ name: "z" }] });
  await Keeper.objects.filter({ dogs__size__gt: 1, dogs__friend__lives: 3, animals: dog }).count();
  await dog.update({ size: 4, name: "y" });
  await dog.load("size", "name");
  type(await dog.save()).is<Dog>();
  dog.friend = cat;
  new Cat({ name: "x", lives: 3 });
  type(await keeper.dogs.filter({ size: 1 }).all()).is<Dog[]>();
  type(Dog.meta.fields.size.name).is<string>();
}
