import { FieldError } from "../errors/index.js";
import type { Expression } from "../expressions/index.js";
import type { ScalarField } from "../fields/index.js";
import { printable } from "../util/printable.js";
import { checkAliasName } from "./model-alias.js";
import { queryWithin } from "./query.js";
import type { Query } from "./tree.js";

/** A column of such a table. */
export interface FunctionColumn {
  readonly name: string;
  readonly field: ScalarField;
  readonly nullable: boolean;
}

/** What a table's rows are that a function of the engine makes of its arguments. */
export interface FunctionRows {
  readonly kind: "function";
  /** The call, whose SQL stands where a table's name does. */
  readonly call: Expression;
  /** Its columns; their names are those in SQL, too. */
  readonly columns: readonly FunctionColumn[];
  /** The column that is NULL for no row. */
  readonly key: string;
}

/** The rows of a queryset. */
export interface QueryRows {
  readonly kind: "query";
  readonly query: Query;
}

/** Rows that are no table's, under a name: worked out anew beside each row that they are joined to. */
export class RowsAlias {
  readonly name: string;
  readonly #rows: FunctionRows | QueryRows;

  constructor(name: string, rows: FunctionRows | QueryRows) {
    this.name = name;
    this.#rows = rows;
    Object.freeze(this);
  }

  static is(value: unknown): value is RowsAlias {
    return typeof value === "object" && value !== null && #rows in value;
  }

  get rows(): FunctionRows | QueryRows {
    return this.#rows;
  }
}

/** A queryset under a name. */
export function queryAlias(name: unknown, queryset: unknown): RowsAlias {
  const checked = checkAliasName(name, "lateral(name, queryset)");
  const query = queryWithin(queryset);
  if (query !== null) return new RowsAlias(checked, { kind: "query", query });
  throw new FieldError(`lateral("${checked}", queryset) takes a queryset, got ${printable(queryset)}.`);
}
