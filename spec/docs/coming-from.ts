import { readdirSync, readFileSync } from "node:fs";
import * as dunder from "dunder-orm";
import type { Complaint } from "./check-types.js";
import * as music from "./music.js";
import { type Block, declaredBy, importsOf, isShared, type Page, readPage, withoutImports } from "./pages.js";

/** A row of a table of docs/coming-from: what one writes here, and what the page says that it gives. */
export interface Row {
  /** "docs/coming-from/django.md:31" */
  readonly place: string;
  readonly code: string;
  readonly kind: "gives" | "throws" | "refused" | "declares";
  /** What it prints as, what the error or the compiler says; nothing of a declaration. */
  readonly expected: string;
}

export interface ComingFrom {
  readonly page: Page;
  readonly rows: readonly Row[];
}

const root = new URL("../../", import.meta.url);

export function readComingFrom(): ComingFrom[] {
  return readdirSync(new URL("docs/coming-from/", root))
    .filter((name) => name.endsWith(".md"))
    .map((name) => {
      const page = readPage(`docs/coming-from/${name}`);
      return { page, rows: readRows(page.path, readFileSync(new URL(page.path, root), "utf8")) };
    });
}

/** Every line of a table is read as a row: one that is not so written is an error, and never passed over. */
export function readRows(path: string, text: string): Row[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll(/[^\n]/g, ""));
  const lines = prose.split("\n");
  return lines.flatMap((line, index) => {
    const isHeader = /^\| ?[-:]+/.test(lines[index + 1] ?? "");
    if (!line.startsWith("|") || isHeader || /^\| ?[-:]+/.test(line)) return [];
    return [readRow(line, `${path}:${index + 1}`)];
  });
}

function readRow(line: string, place: string): Row {
  const cells = line.split(/(?<!\\)\|/).slice(1, -1);
  const [, code, gives] = cells.map((cell) => cell.replaceAll("\\|", "|").trim());
  if (cells.length !== 3 || code === undefined || gives === undefined) {
    throw new Error(`${place}: a row has three cells, and this one ${cells.length}.`);
  }
  const written = spansOf(code).join("\n");
  if (written === "") throw new Error(`${place}: the second cell has no code in backticks.`);
  if (gives === "—") return { place, code: written, kind: "declares", expected: "" };
  const [told] = spansOf(gives);
  if (told === undefined) throw new Error(`${place}: the third cell says nothing in backticks, and is no "—".`);
  const [, mark, rest] = /^(throws|✗) (.+)$/s.exec(told) ?? [];
  if (mark === undefined) return { place, code: written, kind: "gives", expected: told };
  return { place, code: written, kind: mark === "throws" ? "throws" : "refused", expected: rest ?? "" };
}

/** What stands in backticks, one or two of them. */
function spansOf(cell: string): string[] {
  return [...cell.matchAll(/(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)/g)].map((match) => (match[2] ?? "").trim());
}

/** A row as a block, for what it imports. */
export function blockOf({ code }: Row): Block {
  return { code, line: 0, runs: true };
}

/** A page's rows as one module, each in a block, and where each line of it comes from. */
export function moduleOfRows({ page, rows }: ComingFrom): { name: string; text: string; origins: (Row | null)[] } {
  const lines: string[] = [];
  const origins: (Row | null)[] = [];
  const add = (text: string, origin: Row | null): void => {
    for (const line of text.split("\n")) {
      lines.push(line);
      origins.push(origin);
    }
  };
  const declared = declaredBy(page);
  const shared = page.blocks.filter(isShared).map(({ code }) => withoutImports(code));
  const all = [...shared, ...rows.map(({ code }) => code)].join("\n");
  const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(all);
  const imports = importsOf({ blocks: [...page.blocks, ...rows.map(blockOf)] });
  const known = new Set([...imports.values()].flatMap((names) => [...names]));
  const own = Object.keys(dunder).filter((name) => used(name) && !known.has(name));
  imports.set("dunder-orm", new Set([...(imports.get("dunder-orm") ?? []), ...own]));
  imports.set("kysely", new Set(["sql"]));
  imports.set("./music.js", new Set(Object.keys(music).filter((name) => !declared.has(name))));
  for (const [module, names] of imports) add(`import { ${[...names].join(", ")} } from "${module}";`, null);
  for (const block of shared) add(block, null);
  for (const row of rows) add(`{\n${withoutImports(row.code)}\n}`, row);
  add("export {};", null);
  return { name: `${page.path.replaceAll(/\W/g, "-")}-rows.ts`, text: lines.join("\n"), origins };
}

/** What a compiler's complaints about the rows have against a page: those of its rows, and refusals that did not come. */
export function objections(
  rows: readonly Row[],
  origins: readonly (Row | null)[],
  complaints: readonly Complaint[],
): string[] {
  const said = new Map<Row | null, string[]>();
  for (const { line, message } of complaints) {
    const row = origins[line] ?? null;
    said.set(row, [...(said.get(row) ?? []), message]);
  }
  const unasked = [...said].flatMap(([row, messages]) =>
    row?.kind === "refused" ? [] : messages.map((message) => `${row?.place ?? "a block"}: ${message}`),
  );
  const missing = rows
    .filter((row) => row.kind === "refused" && !(said.get(row) ?? []).join("\n").includes(row.expected))
    .map((row) => `${row.place}: refused with "${(said.get(row) ?? []).join(" ")}"`);
  return [...unasked, ...missing];
}
