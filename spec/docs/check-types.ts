import { fileURLToPath } from "node:url";
import ts from "typescript";

/** One thing that the compiler says of a file, by the file's name and the line, counted from 0. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Checks files that are not on the disk, all in one program, as if they lay in spec/docs. */
export function checkTypes(files: ReadonlyMap<string, string>, more: ts.CompilerOptions = {}): Complaint[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  // Pages import types and values alike, and have an enum: users need not be as strict as this project.
  options.verbatimModuleSyntax = false;
  options.erasableSyntaxOnly = false;
  Object.assign(options, more);
  const host = ts.createCompilerHost(options);
  const paths = new Map([...files].map(([name, text]) => [`${root}spec/docs/${name}`, text]));
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => paths.has(path) || fileExists(path);
  host.readFile = (path) => paths.get(path) ?? readFile(path);
  host.getSourceFile = (path, target, ...more) => {
    const text = paths.get(path);
    return text === undefined ? getSourceFile(path, target, ...more) : ts.createSourceFile(path, text, target);
  };
  const program = ts.createProgram([...paths.keys()], options, host);
  return [...paths.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    if (source === undefined) throw new Error(`The compiler did not read ${path}.`);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => ({
      file: path.slice(`${root}spec/docs/`.length),
      line: source.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line,
      message: ts.flattenDiagnosticMessageText(diagnostic.messageText, " "),
    }));
  });
}
