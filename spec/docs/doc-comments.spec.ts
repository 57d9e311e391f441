import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import * as dunder from "dunder-orm";
import { checkTypes, type Complaint } from "./check-types.js";
import * as models from "./doc-comment-models.js";

/** One `@example`, and where its code begins. */
interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** The folders whose doc comments users read in their editors. */
const PUBLIC = /^(?:types|objects|errors|fields\/fields\.ts|databases\/options\.ts)/;
const lib = new URL("../../lib/", import.meta.url);

function readExamples(): Example[] {
  const files = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return files.filter((name) => PUBLIC.test(name)).flatMap(examplesIn);
}

function examplesIn(file: string): Example[] {
  const text = readFileSync(new URL(file, lib), "utf8");
  return [...text.matchAll(/@example\n *\* ```ts\n([\s\S]*?)^ *\* ```$/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split("\n").length + 2,
    code: (match[1] ?? "").replace(/^ *\* ?/gm, ""),
  }));
}

/** An example as a module: what it does not declare is imported, and a field by itself stands in an object. */
function moduleOf({ code }: Example): { readonly text: string; readonly before: number } {
  const given = (names: readonly string[]) =>
    names.filter((name) => !new RegExp(`^(?:class|const) ${name}\\b`, "m").test(code)).join(", ");
  const types = ["Point"].filter((name) => code.includes(name));
  const head = [
    `import { ${given(Object.keys(dunder))} } from "dunder-orm";`,
    `import { ${[given(Object.keys(models)), ...types].join(", ")} } from "./doc-comment-models.js";`,
  ];
  const isField = /^\w+: /.test(code);
  return { text: [...head, isField ? `({\n${code}});` : code, "export {};"].join("\n"), before: isField ? 3 : 2 };
}

const REFUSED = /not assignable to parameter|not assignable to type/;

describe("The examples in doc comments", () => {
  const examples = readExamples();
  const modules = new Map(examples.map((example, index) => [`example-${index}.ts`, moduleOf(example)]));
  let complaints: Complaint[] = [];

  beforeAll(() => {
    complaints = checkTypes(new Map([...modules].map(([name, { text }]) => [name, text])), {
      noUncheckedIndexedAccess: false,
    });
  }, 120_000);

  it("are there", () => expect(examples.length).toBeGreaterThan(15));

  it.each(examples.map((example, index) => [`${example.file}:${example.line}`, index] as const))(
    "%s compiles",
    (place, index) => {
      const name = `example-${index}.ts`;
      const { before = 0, text = "" } = modules.get(name) ?? {};
      const lines = text.split("\n");
      // What is said to be a ValidationError may be refused by the compiler, too.
      const own = complaints.filter(
        ({ file, line, message }) =>
          file === name && !(REFUSED.test(message) && lines[line]?.includes("// ValidationError") === true),
      );
      expect(own.map(({ line, message }) => `${place} +${line - before}: ${message}`)).toEqual([]);
    },
  );
});
