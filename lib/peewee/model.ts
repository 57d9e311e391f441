import { Model as declareModel } from "../objects/instances/model.js";
import { members, statics } from "./statics.js";
import type { PeeweeModelFactory } from "./types/model.js";

type Declare = (table: string, fields: object, options?: object) => { readonly prototype: object };

function declarePeewee(table: string, fields: object, options: object = {}): unknown {
  const Declared = (declareModel as unknown as Declare)(table, fields, options);
  add(Declared, statics);
  add(Declared.prototype, members);
  return Declared;
}

/** As methods of a class are: not among what there is to list. */
function add(target: object, methods: object): void {
  for (const name of Reflect.ownKeys(methods)) {
    const value: unknown = Reflect.get(methods, name);
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
}

/**
 * Declares a model as the package's own `Model` does; its class has peewee's shortcuts as static methods, too. Managers
 * and querysets work on it as ever.
 *
 * @example
 * ```ts
 * class Reader extends Model("reader", { name: fields.text(), age: fields.integer({ null: true }) }) {}
 *
 * await Reader.create({ name: "Huey", age: 12 });
 * await Reader.select("name").where({ age__gt: 3 }).orderBy("-name").execute();
 * await Reader.update({ age: F("age").add(1) }).where({ name: "Huey" }).execute();
 * ```
 * @throws ConfigurationError for options and fields that make no sense.
 */
export const Model = declarePeewee as unknown as PeeweeModelFactory;
