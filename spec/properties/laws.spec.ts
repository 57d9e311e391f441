import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Database } from "dunder-orm";
import { onEngines } from "../support/engines.js";
import { not, predicates } from "./conditions.js";
import { Author, Book, Profile } from "./library.js";
import { keysAsTheyCome, keysIn, SETS } from "./querysets.js";
import { checkOnLibraries, SEED } from "./runs.js";

const toOne = predicates("book", { many: false });
const toMany = predicates("author", { many: true });
const RUNS = { libraries: 2, runs: 60 };

const inOrder = (left: number, right: number): number => left - right;

/** Orders that leave nothing to chance, own columns and columns across relations. */
const orders = fc.constantFrom(
  ["id"],
  ["-title", "id"],
  ["price", "-id"],
  ["author__name", "id"],
  ["-editor__age", "rating", "id"],
  ["made", "author", "-id"],
);

const bounds = fc.tuple(fc.nat({ max: 12 }), fc.option(fc.nat({ max: 20 }), { nil: undefined }));

onEngines(`Laws of querysets (seed ${SEED})`, (engine) => {
  const open: Database[] = [];
  /** The same database, with nothing remembered between queries. */
  let forgetful: Database;

  beforeAll(async () => {
    const url = await engine.url();
    const db = new Database(url);
    forgetful = new Database(url, { planCacheSize: 1, preparedStatements: false });
    open.push(db, forgetful);
    for (const model of [Author, Book, Profile]) model.bind(db);
    await db.createTables([Author, Book, Profile]);
  });
  afterAll(async () => {
    for (const db of open) await db.close();
  });

  describe("predicates on a row and rows that it points at", () => {
    it("exclude(p) is all rows but those of filter(p)", async () => {
      await checkOnLibraries(RUNS, (library) =>
        fc.asyncProperty(toOne, async (tree) => {
          const kept = await keysIn(SETS.book.filter(tree.expression()));
          const left = await keysIn(SETS.book.exclude(tree.expression()));
          const all = library.book.map(({ id }) => id);
          expect([...kept, ...left].sort(inOrder), tree.code).toEqual(all);
        }),
      );
    });

    it("not(not(p)) is p", async () => {
      await checkOnLibraries(RUNS, () =>
        fc.asyncProperty(toOne, async (tree) => {
          const twice = not(not(tree));
          const found = await keysIn(SETS.book.filter(twice.expression()));
          expect(found, tree.code).toEqual(await keysIn(SETS.book.filter(tree.expression())));
        }),
      );
    });

    it("filter(p, q) is filter(p).filter(q)", async () => {
      await checkOnLibraries(RUNS, () =>
        fc.asyncProperty(toOne, toOne, async (one, other) => {
          const together = await keysIn(SETS.book.filter(one.expression(), other.expression()));
          expect(together).toEqual(await keysIn(SETS.book.filter(one.expression()).filter(other.expression())));
        }),
      );
    });

    it("selectRelated changes no rows", async () => {
      await checkOnLibraries(RUNS, () =>
        fc.asyncProperty(toOne, async (tree) => {
          const set = SETS.book.filter(tree.expression());
          const joined = set.selectRelated("author__mentor", "editor");
          expect(await keysIn(joined), tree.code).toEqual(await keysIn(set));
        }),
      );
    });
  });

  describe("any predicate", () => {
    it("the order of filters does not matter", async () => {
      await checkOnLibraries(RUNS, () =>
        fc.asyncProperty(toMany, toMany, async (one, other) => {
          const forth = await keysIn(SETS.author.filter(one.expression()).filter(other.expression()));
          expect(forth).toEqual(await keysIn(SETS.author.filter(other.expression()).filter(one.expression())));
        }),
      );
    });

    it("count and exists agree with the rows, distinct or not", async () => {
      await checkOnLibraries(RUNS, () =>
        fc.asyncProperty(toMany, fc.boolean(), async (tree, isDistinct) => {
          const filtered = SETS.author.filter(tree.expression());
          const set = isDistinct ? filtered.distinct() : filtered;
          const { length } = await set.all();
          expect([await set.count(), await set.exists()], tree.code).toEqual([length, length > 0]);
        }),
      );
    });

    it("remembered plans give what fresh ones give", async () => {
      await checkOnLibraries(RUNS, () =>
        fc.asyncProperty(toMany, bounds, async (tree, [from, to]) => {
          const set = SETS.author.filter(tree.expression()).orderBy("id").slice(from, to);
          const found = await keysAsTheyCome(set);
          expect(found, tree.code).toEqual(await keysAsTheyCome(set.using(forgetful)));
        }),
      );
    });
  });

  describe("slices", () => {
    it("pages make up the whole", async () => {
      await checkOnLibraries({ libraries: 2, runs: 30 }, () =>
        fc.asyncProperty(orders, fc.integer({ min: 1, max: 9 }), async (order, size) => {
          const set = SETS.book.orderBy(...order);
          const pages: number[] = [];
          for (let from = 0; from < 25; from += size) {
            pages.push(...(await keysAsTheyCome(set.slice(from, from + size))));
          }
          expect(pages).toEqual(await keysAsTheyCome(set));
        }),
      );
    });

    it("slice as arrays do, and slices of slices too", async () => {
      await checkOnLibraries({ libraries: 2, runs: 40 }, () =>
        fc.asyncProperty(orders, bounds, bounds, async (order, outer, inner) => {
          const set = SETS.book.orderBy(...order);
          const keys = await keysAsTheyCome(set);
          const found = await keysAsTheyCome(set.slice(...outer).slice(...inner));
          expect(found).toEqual(keys.slice(...outer).slice(...inner));
        }),
      );
    });

    it("first and last are the ends, reverse the other way round, and streams the same rows", async () => {
      await checkOnLibraries({ libraries: 2, runs: 40 }, () =>
        fc.asyncProperty(toOne, orders, fc.integer({ min: 1, max: 7 }), async (tree, order, chunkSize) => {
          const set = SETS.book.filter(tree.expression()).orderBy(...order);
          const keys = await keysAsTheyCome(set);
          const streamed: number[] = [];
          for await (const { id } of set.iterator({ chunkSize })) streamed.push(id);
          expect(streamed).toEqual(keys);
          expect(await keysAsTheyCome(set.reverse())).toEqual(keys.toReversed());
          expect((await set.first())?.id).toBe(keys[0]);
          expect((await set.last())?.id).toBe(keys.at(-1));
          expect(await keysAsTheyCome(set.slice(0, 1))).toEqual(keys.slice(0, 1));
        }),
      );
    });

    it("count, exists and in agree with the rows, distinct or not", async () => {
      await checkOnLibraries({ libraries: 2, runs: 60 }, () =>
        fc.asyncProperty(orders, bounds, fc.boolean(), async (order, [from, to], isDistinct) => {
          const ordered = SETS.book.orderBy(...order);
          const slice = (isDistinct ? ordered.distinct() : ordered).slice(from, to);
          const keys = await keysAsTheyCome(slice);
          const asked = `${order.join()} ${from} ${to} ${isDistinct ? "distinct" : ""}`;
          expect([await slice.count(), await slice.exists()], asked).toEqual([keys.length, keys.length > 0]);
          expect(await keysIn(SETS.book.filter({ pk__in: slice })), asked).toEqual(keys.toSorted(inOrder));
        }),
      );
    });
  });
});
