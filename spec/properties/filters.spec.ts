import fc from "fast-check";
import { expect, it } from "vitest";
import { onEngines, useDatabase } from "../support/engines.js";
import { expectedKeys, predicates } from "./conditions.js";
import { Author, Book, Profile } from "./library.js";
import { keysIn, SETS } from "./querysets.js";
import { checkOnLibraries, SEED } from "./runs.js";

onEngines(`Random filters (seed ${SEED})`, (engine) => {
  useDatabase(engine, [Author, Book, Profile]);

  for (const table of ["author", "book"] as const) {
    it(`give the ${table}s that plain JavaScript gives`, { timeout: 120_000 }, async () => {
      await checkOnLibraries({ libraries: 3, runs: 200 }, (library) =>
        fc.asyncProperty(predicates(table, { many: true }), async (tree) => {
          const found = await keysIn(SETS[table].filter(tree.expression()));
          expect(found, tree.code).toEqual(expectedKeys(library, table, [tree]));
        }),
      );
    });

    it(`give the ${table}s that plain JavaScript gives, when chained`, { timeout: 120_000 }, async () => {
      const chain = fc.array(predicates(table, { many: true }), { minLength: 2, maxLength: 3 });
      await checkOnLibraries({ libraries: 2, runs: 60 }, (library) =>
        fc.asyncProperty(chain, async (trees) => {
          const found = await keysIn(trees.reduce((set, tree) => set.filter(tree.expression()), SETS[table]));
          expect(found, trees.map(({ code }) => code).join(" | ")).toEqual(expectedKeys(library, table, trees));
        }),
      );
    });
  }
});
