import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const text = readFileSync("docs/coverage.md", "utf8");
const rows = text
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\|[\s-|]+$/.test(line) && !line.startsWith("| there"))
  // A bar in code is written with a backslash before it.
  .map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );

describe("docs/coverage.md", () => {
  it("has rows", () => {
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(rows.map((row) => [row[0] ?? "", row] as const))("%s: says where it runs, and what shows it", (_, row) => {
    expect(row).toHaveLength(6);
    const [there, here, ...others] = row;
    expect(there).not.toBe("");
    expect(here).not.toBe("");
    for (const engine of others.slice(0, 3)) expect(engine).toMatch(/^(?:yes|refused|—)(?: \(.+\))?$/);
    const specs = [...(others[3] ?? "").matchAll(/`([^`]+)`/g)].map(([, path]) => path as string);
    expect(specs.length).toBeGreaterThan(0);
    for (const path of specs) expect(existsSync(path), path).toBe(true);
  });
});
