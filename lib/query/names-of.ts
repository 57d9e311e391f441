import { FieldError } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";

/** Engines join some sixty tables at most; and a path from outside could be of any length. */
const MOST_NAMES = 60;
const MOST_LETTERS = 4000;

/** The names of a path such as "album__artist__name". */
export function namesOf(model: ModelMeta, path: string, method: string): readonly string[] {
  const names = path.length > MOST_LETTERS ? null : path.split("__");
  if (names !== null && names.length <= MOST_NAMES) return names;
  throw new FieldError(
    `${model.name}: the path ${JSON.stringify(path)} in ${method}(…) is too long: a path has ${MOST_NAMES} names at most.`,
  );
}
