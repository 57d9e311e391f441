import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import type { ColumnType } from "./column-type.js";
import { codePoints } from "./convert-text.js";
import { type FieldOptions, meantByOption, optionsOf } from "./options.js";
import { refuse } from "./refusal.js";

/** Families of fields. An extension adds its own by declaration merging. */
export interface Families {
  readonly text: true;
  readonly number: true;
  readonly boolean: true;
  readonly date: true;
  readonly time: true;
  readonly datetime: true;
  readonly duration: true;
  readonly uuid: true;
  readonly json: true;
  readonly binary: true;
}

/** What lookups a field has: kinds held alike are asked alike. */
export type LookupFamily = keyof Families;

/** What makes one kind of field differ from another. */
export interface FieldKind {
  /** The name of the method of `fields` that makes it. */
  readonly kind: string;
  readonly family: LookupFamily;
  readonly type: ColumnType;
  /** To the value the column holds; throws a `Refusal` for anything of another type. */
  readonly convert: (value: unknown) => unknown;
  /** What is wrong with a value of the right type, for kinds that mean more than their type. */
  readonly check?: (value: never) => string | null;
  /** The database generates it when it is a key given no value. */
  readonly generated?: boolean;
}

/**
 * One declared column: its kind and its options. Holds no name: the model that declares it gives it one.
 */
export class ScalarField {
  readonly kind: string;
  readonly family: LookupFamily;
  readonly type: ColumnType;
  readonly options: FieldOptions;
  /** To the value the column holds; throws a `Refusal` for a value of another type. Used by lookups and writes. */
  readonly convert: (value: unknown) => unknown;
  readonly generated: boolean;
  readonly #check: ((value: never) => string | null) | undefined;

  constructor(kind: FieldKind, options: FieldOptions) {
    checkOptions(kind, options);
    this.kind = kind.kind;
    this.family = kind.family;
    this.type = kind.type;
    this.convert = kind.convert;
    this.generated = kind.generated ?? false;
    this.options = options;
    this.#check = kind.check;
    Object.freeze(this);
  }

  /** Converts and applies every rule of the field; for writes. */
  validate(value: unknown): unknown {
    const converted = this.convert(value);
    const { maxLength, choices, validators } = this.options;
    if (maxLength !== undefined && typeof converted === "string" && codePoints(converted) > maxLength) {
      refuse(`has ${codePoints(converted)} characters, and at most ${maxLength} fit.`);
    }
    if (choices !== undefined && !choices.includes(value)) {
      refuse(`${printable(value)} is not one of the choices: ${choices.map(String).join(", ")}.`);
    }
    const problem = this.#check?.(converted as never);
    if (problem) refuse(problem);
    for (const validator of validators ?? []) {
      const complaint = validator(converted as never);
      if (typeof complaint === "string" && complaint !== "") refuse(complaint);
    }
    return converted;
  }

  /** True when a new row may leave this field out. */
  get isOptional(): boolean {
    const { null: nullable, autoNow, autoNowAdd, generatedAs } = this.options;
    return this.hasDefault || nullable === true || autoNow === true || autoNowAdd === true || generatedAs !== undefined;
  }

  get hasDefault(): boolean {
    return this.options.default !== undefined || this.options.dbDefault !== undefined;
  }
}

function checkOptions({ kind, type }: FieldKind, options: FieldOptions): void {
  const known = optionsOf(type.storage);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `fields.${kind}() takes no option "${unknown}".${meantByOption(unknown, known)} Options: ${known.join(", ")}.`,
    );
  }
  if (options.maxLength !== undefined && !(Number.isInteger(options.maxLength) && options.maxLength > 0)) {
    throw new ConfigurationError(
      `fields.${kind}({ maxLength }): expected a whole number above 0, got ${printable(options.maxLength)}.`,
    );
  }
}
