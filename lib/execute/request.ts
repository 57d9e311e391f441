import type { Statement } from "../databases/ports/index.js";

/** One statement with its parameters, and the model it is about, for those who watch. */
export interface Request {
  readonly statement: Statement;
  readonly parameters: readonly unknown[];
  readonly model: string | null;
}
