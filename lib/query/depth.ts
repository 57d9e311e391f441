import { FieldError } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";

/** Engines take no expression of any depth, and neither does the stack that reads it. */
const MOST_DEEP = 200;

/** What conditions and expressions are read with: it knows how deep it is in them. */
interface Deep {
  readonly model: ModelMeta;
  readonly method: string;
  depth: number;
}

/** Reads what stands within something. */
export function deeper<T>(reader: Deep, read: () => T): T {
  if (reader.depth === MOST_DEEP) {
    throw new FieldError(
      `${reader.model.name}: conditions and expressions in ${reader.method}(…) are nested more than ${MOST_DEEP} deep.`,
    );
  }
  reader.depth += 1;
  const result = read();
  reader.depth -= 1;
  return result;
}
