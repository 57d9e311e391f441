// Names of members that exist for the compiler only: no value ever has them at run time. Symbols keep them out of
// completion lists, and out of the way of fields.

/** The type of a scalar field's values. */
export declare const VALUE: unique symbol;
/** Whether a field takes null. */
export declare const NULLABLE: unique symbol;
/** Whether a field may be left out when a row is made. */
export declare const OPTIONAL: unique symbol;
/** The family of lookups that a field has. */
export declare const FAMILY: unique symbol;
/** Whether a field is its model's primary key. */
export declare const KEY: unique symbol;
/** What a foreign key leads to. */
export declare const TO_ONE: unique symbol;
/** The same for one that holds something else than its target's key: apart, so that most cost nothing for it. */
export declare const TO_LINKED: unique symbol;
/** The fields of its target that such a foreign key holds. */
export declare const HELD: unique symbol;
/** The options of a foreign key that says what it holds, and in which columns. */
export declare const LINK: unique symbol;
/** Of a row of a model with a parent: its relations to rows that it extends, by name. */
export declare const LINKS: unique symbol;
/** What the side of a relation that has no column leads to, where that is many rows. */
export declare const TO_MANY: unique symbol;
/** What the side of a relation that has no column leads to, where that is one row at most. */
export declare const TO_MAYBE: unique symbol;
/** The models that a relation to a row of one of several leads to, by kind. */
export declare const TO_ANY: unique symbol;
/** What may stand behind the name of such a relation: its kinds, as foreign keys, and its columns. */
export declare const BEHIND: unique symbol;
/** The foreign key that such a side goes back along. */
export declare const VIA: unique symbol;
/** What a many-to-many relation was declared with, which tells the model that it goes through. */
export declare const THROUGH: unique symbol;
/** A row's fields, as specifications. */
export declare const FIELDS: unique symbol;
/** A row's primary key: the type of its value. */
export declare const PK: unique symbol;
/** The name of the field, or the names of the fields, that are a row's primary key. */
export declare const KEY_NAMES: unique symbol;
/** The same as far as it is known without looking into relations. */
export declare const OWN_KEYS: unique symbol;
/** The model's rows that a queryset is of, whatever it has joined. */
export declare const MODEL: unique symbol;
/** The rows that a model under a name is of. */
export declare const ALIASED: unique symbol;
/** The row type that a queryset gives: depends on `this`, so no other type may have a member of this name. */
export declare const ROW: unique symbol;
/** The paths that a queryset has joined, as the keys of an object. */
export declare const SELECTED: unique symbol;
/** The paths that a queryset fetches by queries of their own, as the names of an object that says what is at their ends. */
export declare const FETCHED: unique symbol;
/** What a queryset's rows were annotated with. */
export declare const ANN: unique symbol;
/** The fields that a related manager fills in by itself, as the keys of an object. */
export declare const GIVEN: unique symbol;
/**
 * What has to be checked of an expression once its model is known: a union of paths that it names, and of objects of
 * lookups, one for each that its conditions combine.
 */
export declare const LOOKUPS: unique symbol;
/** What an expression works out: a path, a call, or the specification of a value. */
export declare const NODE: unique symbol;
/** The same for a window function, which is no expression until there is a window. */
export declare const WINDOWED: unique symbol;
/** Marks an expression with a direction, to order rows by. */
export declare const DIRECTION: unique symbol;
/** What rows are made of, where that is not rows of the model alone: a function for each step, of which the last counts. */
export declare const SHAPE: unique symbol;
/** The type of the one value of each row, where a queryset gives values. */
export declare const PICKED: unique symbol;
/** The fields that an extension's index is of, a constraint, and a form of tables. */
export declare const INDEX: unique symbol;
export declare const CONSTRAINT: unique symbol;
export declare const TABLE: unique symbol;
/** The relation whose rows are to be given a name. */
export declare const RELATION: unique symbol;
