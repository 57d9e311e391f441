import fc from "fast-check";
import { expect, it } from "vitest";
import { Count } from "dunder-orm";
import { onEngines, useDatabase } from "../support/engines.js";
import { predicates } from "./conditions.js";
import { Author, Book, Profile } from "./library.js";
import { keysIn, SETS } from "./querysets.js";
import { checkOnLibraries, SEED } from "./runs.js";

const RUNS = { libraries: 2, runs: 50 };
const ofAuthors = predicates("author", { many: true });
const ofBooks = predicates("book", { many: false });

interface Loaded {
  readonly id: number;
  readonly title: string;
  readonly price: string | null;
  readonly author: { readonly pk: number; readonly name: string; load(): Promise<{ readonly name: string }> } | null;
}

onEngines(`Laws of values and relations (seed ${SEED})`, (engine) => {
  useDatabase(engine, [Author, Book, Profile]);

  it("values are the properties of instances", async () => {
    await checkOnLibraries(RUNS, () =>
      fc.asyncProperty(ofBooks, async (condition) => {
        const set = SETS.book.filter(condition.expression()).orderBy("id");
        const rows = (await set.all()) as unknown as readonly Loaded[];
        expect(await set.values("id", "title", "price", "author").all(), condition.code).toEqual(
          rows.map(({ id, title, price, author }) => ({ id, title, price, author: author?.pk ?? null })),
        );
      }),
    );
  });

  it("rows fetched along are those that are loaded one by one", async () => {
    await checkOnLibraries({ libraries: 2, runs: 20 }, () =>
      fc.asyncProperty(ofBooks, async (condition) => {
        const set = SETS.book.filter(condition.expression()).orderBy("id");
        const joined = (await set.selectRelated("author").all()) as unknown as readonly Loaded[];
        const alone = (await set.all()) as unknown as readonly Loaded[];
        const loaded = await Promise.all(alone.map(async ({ author }) => (await author?.load())?.name ?? null));
        expect(
          joined.map(({ author }) => author?.name ?? null),
          condition.code,
        ).toEqual(loaded);
      }),
    );
  });

  it("in a queryset is in the list of its keys", async () => {
    await checkOnLibraries(RUNS, () =>
      fc.asyncProperty(ofAuthors, async (condition) => {
        const authors = SETS.author.filter(condition.expression());
        const keys = await keysIn(authors);
        for (const method of ["filter", "exclude"] as const) {
          const found = await keysIn(SETS.book[method]({ author__in: authors }));
          expect(found, condition.code).toEqual(await keysIn(SETS.book[method]({ author__in: keys })));
        }
      }),
    );
  });

  it("groups that are large enough are rows with enough related ones", async () => {
    await checkOnLibraries({ libraries: 4, runs: 6 }, () =>
      fc.asyncProperty(fc.integer({ min: 0, max: 5 }), async (least) => {
        const groups = Book.objects
          .exclude({ author: null })
          .values("author")
          .annotate({ n: Count("*") });
        const rows = Author.objects.annotate({ n: Count("books") });
        expect(await groups.filter({ n__gt: least }).orderBy("author").valuesList("author", "n").all()).toEqual(
          await rows.filter({ n__gt: least }).orderBy("id").valuesList("id", "n").all(),
        );
      }),
    );
  });
});
