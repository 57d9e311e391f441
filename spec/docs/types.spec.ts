import { beforeAll, describe, expect, it } from "vitest";
import { checkTypes, type Complaint } from "./check-types.js";
import * as music from "./music.js";
import { declaredBy, importsOf, isShared, type Page, readPages, REFUSED, withoutImports } from "./pages.js";

/** A page as one module, and which of its lines came from where. */
interface Module {
  readonly name: string;
  readonly text: string;
  /** By line of the module: the line of the page, counted from 1; 0 for lines of ours. */
  readonly origins: readonly number[];
}

const pages = readPages();

function moduleOf(page: Page): Module {
  const lines: string[] = [];
  const origins: number[] = [];
  const add = (line: string, origin: number): void => {
    lines.push(line);
    origins.push(origin);
  };
  const declared = declaredBy(page);
  for (const [module, names] of importsOf(page)) add(`import { ${[...names].join(", ")} } from "${module}";`, 0);
  const given = Object.keys(music).filter((name) => !declared.has(name));
  add(`import { ${given.join(", ")} } from "./music.js";`, 0);
  for (const block of page.blocks) {
    const shared = isShared(block);
    if (!shared) add("{", 0);
    withoutImports(block.code)
      .split("\n")
      .forEach((line, index) => add(line, block.line + index));
    if (!shared) add("}", 0);
  }
  add("export {};", 0);
  return { name: `${page.path.replaceAll(/\W/g, "-")}.ts`, text: lines.join("\n"), origins };
}

describe("The TypeScript in the documentation", () => {
  const modules = new Map(pages.map((page) => [page.path, moduleOf(page)]));
  let complaints: Complaint[] = [];

  beforeAll(() => {
    complaints = checkTypes(new Map([...modules.values()].map(({ name, text }) => [name, text])));
  }, 120_000);

  it("is there", () => {
    expect(pages.length).toBeGreaterThan(8);
    // Measurements, and how the library is built, are pages without code.
    const coded = pages.filter(
      (page) => !["docs/performance.md", "docs/design.md", "docs/coverage.md"].includes(page.path),
    );
    for (const page of coded) expect(page.blocks.length, page.path).toBeGreaterThan(0);
  });

  it.each(pages.map((page) => page.path))("%s compiles, but for what it says does not", (path) => {
    const { name, text, origins } = modules.get(path) as Module;
    const refused = text
      .split("\n")
      .flatMap((line, index) => (REFUSED.test(line) ? [[index, REFUSED.exec(line)?.[1] ?? ""] as const] : []));
    const own = complaints.filter((complaint) => complaint.file === name);
    const unexpected = own.filter(({ line }) => !refused.some(([index]) => index === line));
    expect(unexpected.map(({ line, message }) => `${path}:${origins[line]}: ${message}`)).toEqual([]);
    for (const [index, fragment] of refused) {
      const said = own.filter(({ line }) => line === index).map(({ message }) => message);
      expect(said.join("\n"), `${path}:${origins[index]}`).toContain(fragment);
    }
  });
});
