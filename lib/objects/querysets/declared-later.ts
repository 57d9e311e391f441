import { isEarly } from "../../models/index.js";
import { showCallersFrames } from "../../util/own-frames.js";

/** How a queryset comes to be that was described in the body of a class, before all the classes were there that it needs. */
export interface Later {
  readonly make: () => object;
  /** Where it was described. */
  readonly described: Error;
}

/** Kept apart from the querysets, each of which would be larger for it. */
export const declaredLater = new WeakMap<object, Later>();

export function described(): Error {
  const error = new Error("The queryset was described here, before all classes were declared that its model reaches.");
  showCallersFrames(error);
  return error;
}

/** Makes it; an error that this throws tells where the queryset was described as its cause. */
export function settle({ make, described: cause }: Later): object {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error && error.cause === undefined && !isEarly(error)) error.cause = cause;
    throw error;
  }
}
