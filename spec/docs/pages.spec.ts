import * as kysely from "kysely";
import { describe, expect, it } from "vitest";
import * as dunder from "dunder-orm";
import * as music from "./music.js";
import { readPages } from "./pages.js";
import { importedBy, runPage } from "./run-page.js";
import { without } from "../support/without.js";

// Pages are run as code made from text, which a run without generated readers forbids.
describe.skipIf(without.has("readers"))("The documentation's code runs, on SQLite, and gives what it says", () => {
  it.each(readPages().map((page) => [page.path, page] as const))("%s", async (_path, page) => {
    await using db = new dunder.Database("sqlite::memory:");
    await music.fill(db);
    const { compared, differences } = await runPage(page, {
      ...dunder,
      sql: kysely.sql,
      ...music,
      ...(await importedBy(page)),
      db,
    });
    expect(differences).toEqual([]);
    const told = page.blocks.filter((block) => block.runs).flatMap(({ code }) => code.match(/\/\/ (→|throws) /g) ?? []);
    expect(compared).toBe(told.length);
  });
});
