import type { ModelStatic } from "./model.js";
import type { THROUGH, TO_MANY } from "./phantoms.js";
import type { QuerySet } from "./query-set.js";
import type { FieldSpecs, Rows, Spec } from "./specs.js";
import type { RowOf } from "./rows.js";

/** What `fields.manyToMany(Tag)` gives; `O` are its options. */
export interface ManyToMany<C, O> {
  readonly [TO_MANY]: Rows<C>;
  readonly [THROUGH]: ThroughOf<C, O>;
}

/** An `id`, and two foreign keys named after the models that they point at: names of classes are no part of types. */
interface Pair {
  readonly [name: string]: Spec<unknown, false, true, "number", false>;
}

/** A model that was made for a many-to-many relation: `Post.tags.through`, with the fields `post` and `tag`. */
export interface AutomaticThrough extends ModelStatic<Pair, {}> {
  readonly objects: QuerySet<RowOf<FieldSpecs<Pair, {}>, never>>;
}

type Given<T> = T extends abstract new (...args: never) => unknown ? T : T extends () => infer C ? C : never;

/** The model that a many-to-many relation goes through, from its target and options. */
type ThroughOf<C, O> = O extends { readonly through: infer T }
  ? Given<T>
  : O extends { readonly reverse: infer Name extends keyof C }
    ? C[Name] extends { readonly through: infer T }
      ? T
      : AutomaticThrough
    : AutomaticThrough;
