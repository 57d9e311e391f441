import type { ColumnType, LookupFamily, ScalarField } from "../fields/index.js";
import type { JsonShape } from "../util/json-shape.js";

/** What a lookup is applied to: a column, or what transforms made of it. */
export interface Operand {
  readonly family: LookupFamily;
  readonly type: ColumnType;
  /** To the value compared with; throws a `Refusal`. Keys of a relation take a row here, too. */
  readonly convert: (value: unknown) => unknown;
  /** The field's own rules where a lookup's value must obey them: the choices of an enumeration. */
  readonly scalar: ScalarField | null;
  /** For several columns together: each of them. `convert` then gives a list of what is to be converted for each. */
  readonly parts?: readonly Operand[];
}

/**
 * What a value turned a lookup into. Together with the lookup's name it decides the SQL; the values themselves are in
 * slots. "v": one value. "l": one list. "r": a pair. "null" and "notnull": no value. "never": no row can match.
 * "known": every row matches whose operand is not NULL. "always": every row matches. "query": another query's rows. "e":
 * what an expression gives.
 */
export type Form = "v" | "l" | "r" | "null" | "notnull" | "never" | "known" | "always" | "query" | "e";

/** One lookup: which families have it, and what becomes of its value. How it is written in SQL stands in `compile/`. */
export interface Lookup {
  readonly name: string;
  /** null: all families. */
  readonly families: readonly LookupFamily[] | null;
  /** Checks a value, pushes what is to be bound onto `slots`, and tells the form. Throws a `Refusal`. */
  prepare(value: unknown, operand: Operand, slots: unknown[]): Form;
  /** Of JSON: what of a value that was prepared decides on the SQL. */
  shapeOf?(value: unknown): JsonShape;
  /** For one of a user's own: writes it, with Kysely's `sql` tag. */
  readonly compile?: CompileLookup;
  /** For one of a user's own: what its value is; null for what the operand is. */
  readonly value?: Given | null;
  /** For one of a user's own: tells it from others that had its name before, in the key of a shape. */
  readonly mark?: string;
}

/** An operand, or what it is there where it depends on that of the left side. */
export type Given = Operand | ((of: Operand) => Operand);

/** What a definition of one's own is written of: Kysely's `sql` tag takes the parts in. `operand` is the left side's. */
interface Parts {
  readonly lhs: object;
  readonly engine: string;
  readonly operand: Operand;
}

export type CompileLookup = (parts: Parts & { readonly rhs: object }) => unknown;

/** How a transform of a user's own is written. */
export type CompileTransform = (parts: Parts) => unknown;

/** A step between a field and its lookup which makes another value of it: `released__year__gte`. */
export interface Transform {
  readonly name: string;
  readonly families: readonly LookupFamily[];
  /** What lookups see after it. */
  result(operand: Operand): Operand;
  /** For one of a user's own; see `Lookup`. */
  readonly compile?: CompileTransform;
  /** For one of a user's own: what it gives; null for what it was given. */
  readonly gives?: Given | null;
  readonly mark?: string;
}
