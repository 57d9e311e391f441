import { Animal, type Cat, Dog, type Keeper } from "../accepted/variants.js";

export async function variants(animal: Animal, cat: Cat, dog: Dog, keeper: Keeper) {
  // @expect-error Property 'size' does not exist on type 'Animal'
  animal.size = 1;
  // @expect-error ✗ no such field or lookup: size
  Animal.objects.filter({ size: 1 });
  // @expect-error ✗ no such field or lookup: lives
  Dog.objects.filter({ lives: 1 });
  // @expect-error Type 'string' is not assignable to type
  await Dog.objects.create({ name: "x", size: "y" });
  // @expect-error Property 'name' is missing
  await Dog.objects.create({ size: 1 });
  // @expect-error 'lives' does not exist
  await Dog.objects.create({ name: "x", lives: 1 });
  // @expect-error Type 'Cat' is missing the following properties from type 'Dog'
  dog = cat;
  // @expect-error Type 'Dog' is not assignable to type
  await Dog.objects.create({ name: "x", friend: dog });
  // @expect-error 'lives' does not exist
  await keeper.dogs.create({ name: "x", lives: 3 });
  // @expect-error 'lives' does not exist
  await dog.update({ lives: 3 });
}
