import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean, suggest } from "../../../lib/util/suggest.js";

const NAMES = ["id", "name", "tracks", "created_at", "isPublished"];
const words = fc.stringMatching(/^[a-z_]{5,12}$/);

describe("Did you mean", () => {
  it.each([
    ["nmae", "name"],
    ["Name", "name"],
    ["track", "tracks"],
    ["createdAt", "created_at"],
    ["ispublished", "isPublished"],
    ["zzzzzz", null],
  ])("%s: %s", (word, expected) => {
    expect(suggest(word, NAMES)).toBe(expected);
  });

  it("says so in a sentence, or nothing", () => {
    expect(didYouMean("nmae", NAMES)).toBe(' Did you mean "name"?');
    expect(didYouMean("zzzzzz", NAMES)).toBe("");
    expect(didYouMean("name", [])).toBe("");
  });

  it("gives the word itself where it is a choice", () => {
    fc.assert(
      fc.property(fc.uniqueArray(words, { minLength: 1 }), fc.nat(), (choices, index) => {
        const word = choices[index % choices.length] as string;
        expect(suggest(word, choices)).toBe(word);
      }),
    );
  });

  it("forgives one slip: a letter more, less, wrong, or two swapped", () => {
    fc.assert(
      fc.property(words, fc.nat(), fc.constantFrom("more", "less", "wrong", "swapped"), (word, place, slip) => {
        const at = place % (word.length - 1);
        const [before, after] = [word.slice(0, at), word.slice(at)];
        const typed = {
          more: `${before}x${after}`,
          less: before + after.slice(1),
          wrong: `${before}x${after.slice(1)}`,
          swapped: before + after.charAt(1) + after.charAt(0) + after.slice(2),
        }[slip];
        expect(suggest(typed, [word, "0123456789", "9876543210"])).toBe(word);
      }),
    );
  });
});
