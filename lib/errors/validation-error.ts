import { OrmError } from "./orm-error.js";

/** One thing wrong with one field's value. */
export interface Problem {
  /** The field's name as declared, or `null` when the problem concerns the whole row. */
  readonly field: string | null;
  /** What is wrong, without the value's text beyond a short, printable form. */
  readonly message: string;
}

/**
 * Values that may not be written: every problem of a row at once, found before any SQL is sent.
 *
 * @example
 * ```ts
 * await Note.objects.create({ text: 3 }); // ValidationError: Note.text: expected a string, got number 3.
 * ```
 */
export class ValidationError extends OrmError {
  /** The model's class name. */
  readonly model: string;
  readonly problems: readonly Problem[];

  constructor(model: string, problems: readonly Problem[]) {
    super(problems.map((problem) => describe(model, problem)).join(" "));
    this.model = model;
    this.problems = problems;
  }
}

function describe(model: string, { field, message }: Problem): string {
  return `${field === null ? model : `${model}.${field}`}: ${message}`;
}
