let generating: boolean | null = null;

/** Whether this runtime lets code be made from text; some workers, and Node with a flag, do not. */
export function mayGenerate(): boolean {
  if (generating === null) {
    try {
      generating = compileFunction<() => boolean>([], "return true")();
    } catch {
      generating = false;
    }
  }
  return generating;
}

/** The one place where text becomes code. The text is ours alone: positions, never names or values. */
export function compileFunction<F>(parameters: readonly string[], body: string): F {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  return new Function(...parameters, body) as F;
}
