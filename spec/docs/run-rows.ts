import * as kysely from "kysely";
import ts from "typescript";
import * as dunder from "dunder-orm";
import { blockOf, type ComingFrom, type Row } from "./coming-from.js";
import * as music from "./music.js";
import { isShared, withoutImports } from "./pages.js";
import { AsyncFunction, failureOf, importedBy, isAsSaid, printed } from "./run-page.js";

/** A database filled for a page, and the page's rows as functions about it. */
interface Stage {
  readonly db: dunder.Database;
  readonly works: readonly (() => Promise<unknown>)[];
  /** How many statements were sent that are more than questions. */
  writes: number;
}

/** Runs rows of a page, each on fresh data: a database serves until a row has written to it. */
export class RowRunner {
  readonly #from: ComingFrom;
  readonly #body: string;
  #stage: Stage | null = null;

  constructor(from: ComingFrom) {
    this.#from = from;
    this.#body = bodyOf(from);
  }

  /** The difference between what a row gives and what the page says, or null. */
  async run(row: Row): Promise<string | null> {
    const stage = (this.#stage ??= await this.#prepare());
    const work = stage.works[this.#from.rows.indexOf(row)];
    if (work === undefined) throw new Error(`${row.place} is no row of ${this.#from.page.path}.`);
    try {
      const got = row.kind === "throws" ? await failureOf(work) : valueOf(await work());
      if (row.kind === "declares" || isAsSaid(got, row.expected)) return null;
      return `expected ${row.expected}\n  got ${got}`;
    } finally {
      if (stage.writes > 0) await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#stage?.db.close();
    this.#stage = null;
  }

  async #prepare(): Promise<Stage> {
    const stage = { writes: 0 };
    const onQuery = ({ sql }: dunder.QueryEvent): void => {
      if (!/^(select|with|explain) /i.test(sql)) stage.writes += 1;
    };
    const db = new dunder.Database("sqlite::memory:", { onQuery });
    await music.fill(db);
    const { page, rows } = this.#from;
    const imported = await importedBy({ blocks: [...page.blocks, ...rows.map(blockOf)] });
    const names = { ...dunder, sql: kysely.sql, ...music, ...imported, db };
    const works = await new AsyncFunction(...Object.keys(names), this.#body)(...Object.values(names));
    return Object.assign(stage, { db, works: works as Stage["works"], writes: 0 });
  }
}

/** What the page's blocks declare, and then a list of its rows as functions. */
function bodyOf({ page, rows }: ComingFrom): string {
  const declared = page.blocks.filter((block) => block.runs && isShared(block)).map(({ code }) => withoutImports(code));
  const works = rows.map((row) => `async () => {\n${returning(row)}\n}`);
  const text = `export {};\n${declared.join("\n")}\nreturn [${works.join(",\n")}];`;
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  return outputText.replace(/^export \{\};$/gm, "");
}

/** The row's statements, the last of which gives the row's value. */
function returning(row: Row): string {
  const code = withoutImports(row.code).trim();
  if (row.kind !== "gives") return code;
  const last = ts.createSourceFile("row.ts", code, ts.ScriptTarget.ES2022, true).statements.at(-1);
  if (last === undefined || !ts.isExpressionStatement(last)) throw new Error(`${row.place}: it ends in no expression.`);
  // In a list, since a function that returns a promise would await what the row does not.
  return `${code.slice(0, last.getStart())}return [${last.expression.getText()}];`;
}

function valueOf(returned: unknown): string {
  return Array.isArray(returned) ? printed(returned[0]) : "nothing";
}
