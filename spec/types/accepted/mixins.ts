import { fields, manager, Model, type QuerySet } from "dunder-orm";
import { type } from "./equal.js";

// Shared behaviour is a class mixin, over models that point at each other too.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- TypeScript demands it of mixins
type Class<I> = new (...args: any[]) => I;

function Greeting<B extends Class<{ name: string }>>(Base: B) {
  return class extends Base {
    greet() {
      return `Hello ${this.name}`;
    }
  };
}

// TypeScript 5.9 looks into a mixin's argument unless it asks for nothing: then not before the model is declared, and
// the model may take part in a circle of relations.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any other type would have it look
function Touching<B extends Class<any>>(Base: B) {
  return class extends Base {
    touched = 0;
    touch() {
      this.touched += 1;
      return this;
    }
  };
}

export class Town extends Greeting(Touching(Model("town", { name: fields.string() }))) {
  static objects = manager(this);
}

export class Parent extends Touching(
  Model("parent", {
    name: fields.string(),
    town: () => fields.foreignKey(Town),
    favourite: () => fields.foreignKey(Child, { null: true }),
  }),
) {
  static objects = manager(this);
}

export class Child extends Touching(
  Model("child", { name: fields.string(), parent: () => fields.foreignKey(Parent) }),
) {
  static objects = manager(this);
}

/** A proxy: another class over the same table. */
export class LoudChild extends Child {
  static override objects = manager(this);
  shout() {
    return this.name.toUpperCase();
  }
}

/** Works for any model: rows are whatever the queryset gives. */
export async function firstTwo<I>(rows: QuerySet<I>) {
  return rows.orderBy("?").limit(2).all();
}

export async function mixed() {
  const child = await Child.objects.selectRelated("parent__favourite", "parent__town").get({ parent__town: 1 });
  type(child.parent.town.greet()).is<string>();
  type(child.touch().parent.touch().favourite?.name).is<string | undefined>();
  type((await LoudChild.objects.filter({ name: "x" }).get()).shout()).is<string>();
  type((await firstTwo(Child.objects))[0]?.name).is<string | undefined>();
  const other = await Child.objects.get({ parent__favourite__name: "x" });
  type(await other.parent.load()).is<Parent>();
  other.parent = await Parent.objects.get({ name: "x" });
}
