import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { onEngines } from "../support/engines.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tsx = fileURLToPath(new URL("../../node_modules/tsx/dist/cli.mjs", import.meta.url));

/** Runs a program of examples/ as a user does, and gives what it printed. Throws where it does not exit with 0. */
async function run(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [tsx, ...args], { cwd: root, timeout: 110_000 });
  return stdout;
}

const numbered = readdirSync(new URL("../../examples/", import.meta.url)).filter((name) => /^\d\d-.*\.ts$/.test(name));

describe("The examples", () => {
  it("are there", () => expect(numbered.length).toBeGreaterThanOrEqual(6));

  it.each(numbered)("%s runs, and finds what it asserts", async (name) => {
    expect(await run(`examples/${name}`)).not.toBe("");
  });

  it("the blog does, too", async () => expect(await run("examples/blog/main.ts")).not.toBe(""));
});

onEngines("The example of the world", (engine) => {
  it("loads it and answers every question rightly", { timeout: 120_000 }, async () => {
    const printed = await run("examples/world/main.ts", await engine.url());
    expect(printed).toContain("250 countries, 138,398 cities");
    expect(printed).toContain('City.objects\n    .filter({ country__name__icontains: "LAND"');
    expect(printed).toContain("and every answer is right.");
  });
});
