/**
 * A blog: what its pages read and its editors do, with the number of queries of each.
 *
 *     npx tsx examples/blog/main.ts                                # SQLite, in memory
 *     npx tsx examples/blog/main.ts postgres://user@host/name      # PostgreSQL, MySQL, MariaDB
 *
 * Everything shown is checked; the process ends with an error where it is wrong.
 */
import assert from "node:assert/strict";
import { Database, setDefaultDatabase } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { draft, leave, mergeTags } from "./desk.js";
import { Comment, models, Person, Post, Tag } from "./models.js";
import { context, frontPage, personPage, reports, tagCloud, thread, timeline, voices } from "./screens.js";
import { seed } from "./seed.js";

await using db = new Database(process.argv[2] ?? "sqlite::memory:");
setDefaultDatabase(db);
await db.createTables(models, { safe: false });
await seed();

/** Shows what a page shows, and how many queries it took. */
async function page<T>(title: string, queries: number, work: () => Promise<T>, expected: T): Promise<void> {
  const shown = await expectQueries(queries, work);
  assert.deepEqual(shown, expected);
  console.log(`${title} (${queries} ${queries === 1 ? "query" : "queries"})`);
  for (const line of Array.isArray(shown) ? (shown as unknown[]) : [shown]) {
    console.log("   ", typeof line === "string" ? line : JSON.stringify(line));
  }
}

const ada = await Person.objects.get({ handle: "ada" });
const bo = await Person.objects.get({ handle: "bo" });
const cy = await Person.objects.get({ handle: "cy" });

await page("The front page", 3, () => frontPage(), [
  "A poem, by Bo #notes #poetry, 1 said “Oh, indeed.” (Ada)",
  "More on engines, by Ada #engine, 0 said",
  "On engines, by Ada #engines #notes, 6 said “Do they?” (Bo)",
]);
await page("A thread", 5, () => thread("On engines"), [
  "Bo: Do they?",
  "  Ada: They do.",
  "  Cy: I doubt it.",
  "    Ada: Wait and see.",
  "Cy: First!",
  "Bo: Second.",
]);
await page("A person", 3, () => personPage("ada"), "Ada: Writes about engines. 3 posts. Followed by Bo, Cy.");
await page("What Cy has to read", 1, () => timeline(cy), ["A poem", "More on engines", "On engines"]);
await page("Tags", 1, tagCloud, [
  { name: "notes", posts: 2 },
  { name: "engine", posts: 1 },
  { name: "engines", posts: 1 },
  { name: "poetry", posts: 1 },
]);
const first = await Post.objects.get({ title: "On engines" });
await page("Who speaks", 2, () => voices(first), ["Bo", "Ada", "Cy"]);
const last = await Comment.objects.get({ text: "Wait and see." });
await page("What a comment answers", 1, () => context(last), ["Do they?", "I doubt it.", "Wait and see."]);
await page("Reports", 3, reports, ["Says little: the post “More on engines”", "Says less: the comment “Oh, indeed.”"]);

const engines = await Tag.objects.get({ name: "engines" });
await mergeTags(db, await Tag.objects.get({ name: "engine" }), engines);
assert.equal(await engines.posts.count(), 2);
assert.equal(await Tag.objects.count(), 3);

const question = await draft(bo, "Another poem", "Is it one?");
assert.equal(await question.comments.count(), 1);

console.log("When Ada leaves");
const told = await leave(db, ada, bo);
for (const line of told) console.log("   ", line);
assert.equal(told[0], "3 Post rows hold author");
assert.equal(await Post.objects.filter({ author: bo }).count(), 5);
assert.equal(await first.comments.filter({ author__isnull: true }).count(), 2);
