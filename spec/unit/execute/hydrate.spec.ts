import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("rows-program.ts", import.meta.url));

interface Output {
  readonly generates: boolean;
  readonly lines: unknown[][];
}

async function runWith(...flags: string[]): Promise<Output> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--import", "tsx", PROGRAM]);
  return JSON.parse(stdout) as Output;
}

describe("Rows", () => {
  it("are the same where code cannot be made from text", { timeout: 60_000 }, async () => {
    const [fast, strict] = await Promise.all([runWith(), runWith("--disallow-code-generation-from-strings")]);
    expect([fast.generates, strict.generates]).toEqual([true, false]);
    expect(strict.lines).toEqual(fast.lines);

    const [items, joined, circular, notes] = fast.lines;
    expect(items?.[0]).toMatchObject([
      { id: 1, text: "a", big: String(2n ** 60n), price: "12.50", done: true, made: "2001-09-09T01:46:40.000Z" },
      "A",
      true,
      1,
      false,
    ]);
    expect(items?.[1]).toMatchObject([{ id: 2, text: null, big: null, done: null, data: null }, "", true, null, false]);
    expect(joined).toMatchObject([
      ["top", "n", ["text"], { text: "changed" }],
      [null, null, ["text"], { text: "changed" }],
    ]);
    expect(circular).toEqual([true, false]);
    expect(notes).toMatchObject([[{ text: "n" }, [], "top", expect.arrayContaining(["seen", "text"])]]);
  });
});
