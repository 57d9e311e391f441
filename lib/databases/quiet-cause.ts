/**
 * Takes the values that a driver's error quotes out of what logs print of it, for it becomes the `cause` of ours: its
 * message becomes the one without values, and properties with values are still there, but not listed.
 */
export function quietCause(cause: Error, message: string, properties: readonly string[]): void {
  const original = cause.message;
  if (message !== original) {
    const { stack } = cause;
    cause.message = message;
    if (stack !== undefined && original !== "") cause.stack = stack.replace(original, () => message);
  }
  for (const name of properties) {
    const own = Object.getOwnPropertyDescriptor(cause, name);
    if (own?.configurable === true) Object.defineProperty(cause, name, { ...own, enumerable: false });
  }
}
