/** A warning of the process, in detail the stack of an error or a line of text: for what happens where nobody waits for an answer. */
export function warn(message: string, cause?: unknown): void {
  const { stack } = (cause ?? {}) as { readonly stack?: unknown };
  const detail = typeof stack === "string" ? stack : String(cause);
  process.emitWarning(message, { type: "DunderOrmWarning", ...(cause !== undefined && { detail }) });
}
