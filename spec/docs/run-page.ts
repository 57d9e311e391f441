import { inspect } from "node:util";
import ts from "typescript";
import { importsOf, isShared, type Page, withoutImports } from "./pages.js";

/** Names that a page's code sees. */
export type Scope = Readonly<Record<string, unknown>>;

/** `// → 3` after a statement: what its value prints as. `// throws FieldError: …`: how it fails. */
const OUTCOME = /^[ \t]*\/\/ (→|throws) (.+)$/m;

/** What a page imports from entries of the package other than its first. */
export async function importedBy(page: Pick<Page, "blocks">): Promise<Scope> {
  const scope: Record<string, unknown> = {};
  for (const [module, names] of importsOf(page)) {
    if (!module.startsWith("dunder-orm/")) continue;
    const entry = (await import(module)) as Scope;
    for (const written of names) {
      const [name = "", alias = name] = written.split(" as ");
      if (name in entry) scope[alias] = entry[name];
    }
  }
  return scope;
}

/** What came of a page: comparisons made, and those that failed. */
export interface Outcome {
  readonly compared: number;
  readonly differences: readonly string[];
}

/** Runs the blocks of a page one after the other and compares statements with the comments behind them. */
export async function runPage(page: Page, scope: Scope): Promise<Outcome> {
  let compared = 0;
  const differences: string[] = [];
  const compare = (got: string, expected: string, line: number): void => {
    compared += 1;
    if (!isAsSaid(got, expected)) differences.push(`${page.path}:${line}: expected ${expected}\n  got ${got}`);
  };
  const tools = {
    __value: (value: unknown, expected: string, line: number) => compare(printed(value), expected, line),
    __fails: async (work: () => unknown, expected: string, line: number) => {
      compare(await failureOf(work), expected, line);
    },
  };
  const names = { ...scope, ...tools };
  const code = page.blocks
    .filter((block) => block.runs)
    .map((block) => instrumented(block.code, block.line, isShared(block)));
  const { outputText } = ts.transpileModule(`export {};\n{\n${code.join("\n")}\n}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  const body = outputText.replace(/^export \{\};$/gm, "");
  await new AsyncFunction(...Object.keys(names), body)(...Object.values(names));
  return { compared, differences };
}

export const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

/** A block's statements, with those that a comment says the outcome of handed to the tools above. */
function instrumented(block: string, firstLine: number, shared: boolean): string {
  const code = withoutImports(block).replaceAll(/= new Database\("sqlite:[^"]*"/g, '= new Database("sqlite::memory:"');
  const source = ts.createSourceFile("block.ts", code, ts.ScriptTarget.ES2022, true);
  const statements = source.statements.map((statement) => {
    const told = toldOf(code, statement.end);
    if (told === null) return statement.getText(source);
    const line = firstLine + source.getLineAndCharacterOfPosition(statement.end).line;
    return compared(statement, source, told, line);
  });
  return shared ? statements.join("\n") : `{\n${statements.join("\n")}\n}`;
}

/** What the comment behind a statement, on its line or the next, says of it. */
function toldOf(code: string, end: number): { readonly kind: string; readonly expected: string } | null {
  const [behind = "", next] = code.slice(end).split("\n").slice(0, 2);
  const [, kind, expected] = OUTCOME.exec(behind.trim() === "" ? (next ?? "") : behind) ?? [];
  return kind === undefined || expected === undefined ? null : { kind, expected: expected.trim() };
}

function compared(
  statement: ts.Statement,
  source: ts.SourceFile,
  { kind, expected }: { readonly kind: string; readonly expected: string },
  line: number,
): string {
  const text = statement.getText(source);
  const rest = `${JSON.stringify(expected)}, ${line}`;
  if (kind === "throws") return `await __fails(async () => { ${text} }, ${rest});`;
  if (ts.isExpressionStatement(statement)) return `__value(${statement.expression.getText(source)}, ${rest});`;
  const name = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0]?.name : undefined;
  if (name === undefined) throw new Error(`Line ${line}: only an expression or a constant has a value to compare.`);
  const value = ts.isIdentifier(name) ? name.text : `[${namesIn(name).join(", ")}]`;
  return `${text}\n__value(${value}, ${rest});`;
}

function namesIn(pattern: ts.BindingPattern): string[] {
  return pattern.elements.flatMap((element) => (ts.isBindingElement(element) ? [element.name.getText()] : []));
}

/** A value as these pages write it: `{ total: 1, byModel: { Track: 1 } }`. */
export function printed(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(printed).join(", ")}]`;
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) {
    return inspect(value);
  }
  return `{ ${Object.entries(value)
    .map(([name, part]) => `${name}: ${printed(part)}`)
    .join(", ")} }`;
}

export async function failureOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return String(error);
  }
  return "no error";
}

/** A text that ends in … need only begin alike, and quotes around a long text may be left out. */
export function isAsSaid(got: string, expected: string): boolean {
  if (expected.endsWith("…")) return got.startsWith(expected.slice(0, -1));
  return got === expected || got === JSON.stringify(expected);
}
