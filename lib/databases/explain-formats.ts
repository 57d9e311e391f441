import { NotSupportedError } from "../errors/index.js";
import type { ExplainFormat, ExplainSettings } from "./ports/index.js";

/** Refuses a format that an engine does not have. */
export function checkFormat(
  label: string,
  { format, analyze }: ExplainSettings,
  known: readonly ExplainFormat[],
): void {
  if (known.includes(format)) return;
  const with_ = analyze ? " with analyze" : "";
  throw new NotSupportedError(`${label} has no explain({ format: "${format}" })${with_}.`, {
    hint: `Formats: ${known.join(", ")}.`,
  });
}
