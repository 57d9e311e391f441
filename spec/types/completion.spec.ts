import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const folder = dirname(fileURLToPath(import.meta.url));
const file = join(folder, "accepted/being-written.ts");
const imports = 'import { Album, Track } from "./music.js";\n';

const options: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
  paths: { "dunder-orm": [join(folder, "prelude.ts")] },
};

/** The language service of an editor in which one program is being written. */
let program = "";
let version = 0;
const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: (name) => (name === file ? String(version) : "0"),
  getScriptSnapshot: (name) =>
    name === file || existsSync(name)
      ? ts.ScriptSnapshot.fromString(name === file ? program : readFileSync(name, "utf8"))
      : undefined,
  getCurrentDirectory: () => folder,
  getCompilationSettings: () => options,
  getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
  fileExists: existsSync,
  readFile: (name) => readFileSync(name, "utf8"),
});

/** What the editor offers where the bar stands. */
function offered(text: string): string[] {
  program = imports + text.replace("|", "");
  version += 1;
  const found = service.getCompletionsAtPosition(file, imports.length + text.indexOf("|"), {});
  return found?.entries.map((entry) => entry.name) ?? [];
}

describe("an editor completes", { timeout: 60_000 }, () => {
  it.each(["Track.objects.filter({ | })", 'Track.objects.exclude({ title: "x", | })', "Track.objects.get({ al| })"])(
    "own fields, own lookups and names one relation away in %s",
    (text) => {
      const names = offered(text);
      expect(names).toEqual(
        expect.arrayContaining(["album", "album__isnull", "position", "position__gte", "pk", "pk__in", "album__name"]),
      );
      expect(names).not.toContain("album__artist__name");
    },
  );

  it("transforms, and the names of rows that point here", () => {
    expect(offered("Album.objects.filter({ | })")).toEqual(
      expect.arrayContaining(["released__year", "name__length", "tracks__title", "tracks__position"]),
    );
  });

  it("the values of choices", () => {
    expect(offered('Album.objects.filter({ name: "x", status: "|" })').sort()).toEqual(["draft", "out"]);
  });

  it("names in either direction to order by", () => {
    expect(offered('Track.objects.orderBy("title", "|")')).toEqual(
      expect.arrayContaining(["position", "-position", "album"]),
    );
  });

  it("relations to one row to select", () => {
    const names = offered('Track.objects.selectRelated("|")');
    expect(names).toEqual(expect.arrayContaining(["album", "next"]));
    expect(names).not.toContain("title");
  });

  it("fields to create a row with", () => {
    expect(offered("Track.objects.create({ | })").sort()).toEqual(["album", "id", "next", "pk", "position", "title"]);
  });
});
