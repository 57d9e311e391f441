/**
 * Folds text for case-insensitive lookups: lower case, one sigma, one dotted i. What it gives is compared with the same
 * folding done by the engine, so each engine's SQL must follow these three steps.
 *
 * @example
 * ```ts
 * fold("ΣΊΣΥΦΟΣ") === fold("Σίσυφος"); // true: a final ς is folded to σ
 * fold("İstanbul") === "istanbul"; // true: lower-casing İ leaves a combining dot, which engines treat differently
 * ```
 */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ").replaceAll("i\u0307", "i");
}
