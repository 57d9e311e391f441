import { describe, expect, it } from "vitest";
import { check, type Diagnostic, expected } from "./diagnostics.js";

const TWO_MINUTES = 120_000;

/** What is not as the refused programs ask: errors missing, errors nobody asked for, and errors that say other things. */
function differences(found: readonly Diagnostic[]): string[] {
  const wanted = expected();
  const seen = new Set<string>();
  const wrong = found.flatMap(({ place, message }) => {
    const part = wanted.get(place);
    const again = seen.has(place);
    seen.add(place);
    return part === undefined || again || !message.includes(part) ? [`${place}: unexpected: ${message}`] : [];
  });
  const missing = [...wanted].filter(([place]) => !seen.has(place));
  return [...wrong, ...missing.map(([place, part]) => `${place}: no error, expected: ${part}`)];
}

describe.each([
  ["TypeScript 5.9", "typescript"],
  ["TypeScript 7", "typescript7"],
] as const)("%s", (_name, compiler) => {
  it(
    "accepts the right programs, and refuses the wrong ones with the messages they name",
    async () => {
      expect(expected().size).toBeGreaterThan(80);
      expect(differences(await check(compiler))).toEqual([]);
    },
    TWO_MINUTES,
  );
});
