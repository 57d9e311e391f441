import { readdirSync, readFileSync } from "node:fs";

/** A fenced block of TypeScript in a page. */
export interface Block {
  readonly code: string;
  /** The line of the page on which the code begins, counted from 1. */
  readonly line: number;
  /** False for what is checked by the compiler only: the fence says `ts no-run`, or a line is marked as refused. */
  readonly runs: boolean;
}

export interface Page {
  /** "docs/tour.md" */
  readonly path: string;
  readonly blocks: readonly Block[];
}

const root = new URL("../../", import.meta.url);
const FENCE = /^```ts( no-run)?\n([\s\S]*?)^```$/gm;

/** A statement that the compiler must refuse, with a part of its message. */
export const REFUSED = /\/\/ ✗ (.+)$/;

export function readPages(): Page[] {
  const docs = readdirSync(new URL("docs/", root), { recursive: true, encoding: "utf8" });
  const pages = docs.map((name) => name.replaceAll("\\", "/")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...pages.map((name) => `docs/${name}`)].map(readPage);
}

export function readPage(path: string): Page {
  const text = readFileSync(new URL(path, root), "utf8");
  const blocks = [...text.matchAll(FENCE)].map((match): Block => {
    const code = match[2] ?? "";
    const line = text.slice(0, match.index).split("\n").length + 1;
    return { code, line, runs: match[1] === undefined && !/\/\/ ✗ /.test(code) };
  });
  return { path, blocks };
}

/** Blocks that declare models or modules belong to the whole page; others keep what they declare to themselves. */
export function isShared(block: Block): boolean {
  return /^(?:(?:export )?class \w+ extends |declare module )/m.test(block.code);
}

const IMPORT = /^import (?:type )?\{([^}]*)\} from "([^"]+)";$/gm;

/** A block with its imports blanked out, lines kept. */
export function withoutImports(code: string): string {
  return code.replace(IMPORT, (text) => text.replace(/[^\n]/g, "")).replace(/^export (?=class )/gm, "");
}

/** What a page imports, by module: names as they are written, `type` before those that are types. */
export function importsOf(page: Pick<Page, "blocks">): Map<string, Set<string>> {
  const imports = new Map<string, Set<string>>();
  for (const { code } of page.blocks) {
    for (const [, names = "", module = ""] of code.matchAll(IMPORT)) {
      const known = imports.get(module) ?? new Set<string>();
      for (const name of names.split(",")) if (name.trim() !== "") known.add(name.trim().replace(/^type /, ""));
      imports.set(module, known);
    }
  }
  return imports;
}

/** The classes and constants that a page's shared blocks declare. */
export function declaredBy(page: Page): Set<string> {
  const names = page.blocks
    .filter(isShared)
    .flatMap(({ code }) => [...code.matchAll(/^(?:export )?(?:class|const|function|async function|enum) (\w+)/gm)])
    .map((match) => match[1] ?? "");
  return new Set(names);
}
