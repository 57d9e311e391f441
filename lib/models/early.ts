const early = new WeakSet<object>();

/** Marks an error that may be over as soon as more of the program's classes are declared. */
export function asEarly<E extends Error>(error: E): E {
  early.add(error);
  return error;
}

/** True where a model could not be worked out since a class that it reaches is not declared yet. */
export function isEarly(error: unknown): boolean {
  return typeof error === "object" && error !== null && early.has(error);
}
