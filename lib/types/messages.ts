// What the compiler prints when a name is wrong: the type of a value that nobody can give, so that the one line of
// the error reads: Type 'string' is not assignable to type '"✗ no such field or lookup: album__nmae"'.

/** A key of `filter({ … })` that names no field or lookup. */
export type NoSuchLookup<Key extends string> = `✗ no such field or lookup: ${Key}`;

/** A path that names no field. */
export type NoSuchField<Path extends string> = `✗ no such field: ${Path}`;

/** A path that names no relation to one row. */
export type NoSuchRelation<Path extends string> = `✗ not a relation to one row: ${Path}`;

/** A path that leads along something that is no relation. */
export type NoSuchAnyRelation<Path extends string> = `✗ no such relation: ${Path}`;

/** A queryset of other rows than the path leads to. */
export type OtherRows<Path extends string> = `✗ a queryset of other rows than those at: ${Path}`;

/** A name of what is no relation of the model to itself. */
export type NotToItself<Name extends string> = `✗ not a relation of the model to itself: ${Name}`;

/** A value in a `Q({ … })` that its lookup does not take. */
export type WrongValue<Key extends string> = `✗ wrong type of value for: ${Key}`;

/** A name for an annotation that a field has already. */
export type NameTaken<Name extends string> = `✗ there is a field of this name: ${Name}`;

/** A name for joined rows that a field has already. */
export interface JoinNameTaken<Name extends string> {
  readonly "✗ there is a field of this name": Name;
}

/** What stands where an expression is wanted. */
export interface NotAnExpression<Name> {
  readonly "✗ not an expression": Name;
}

/** A subquery of several columns where one is wanted. */
export type NotOneColumn = "✗ a subquery gives one column: name it in values(…)";

/** An option that a kind of field does not take. */
export interface NoSuchOption<Name> {
  readonly "✗ no such option": Name;
}

/** What no value can be: that of a relation which has no column, where fields are set. */
export interface HeldElsewhere {
  readonly "✗ the other model's rows hold this relation": never;
}
