// What editors do: each is one transaction, and nothing is half done.
import { type Database, ProtectedError } from "dunder-orm";
import type { Person } from "./models.js";
import { Post, type Tag } from "./models.js";

/** Files everything under one of two tags, and removes the other. */
export async function mergeTags(db: Database, from: Tag, into: Tag): Promise<void> {
  await db.atomic(async () => {
    await into.posts.add(from.posts);
    await from.delete();
  });
}

/** Says what stands in the way of deleting a person, and what would go along; then hands the posts over and deletes. */
export async function leave(db: Database, person: Person, heir: Person): Promise<string[]> {
  const told: string[] = [];
  const preview = await person.delete({ dryRun: true });
  for (const { model, field, count } of preview.blockers) told.push(`${count} ${model} rows hold ${field}`);
  try {
    await person.delete();
  } catch (error) {
    if (!(error instanceof ProtectedError)) throw error;
    await db.atomic(async () => {
      await heir.posts.add(person.posts);
      const { byModel } = await person.delete();
      told.push(...Object.entries(byModel).map(([model, count]) => `${count} ${model} went`));
    });
  }
  return told;
}

/** A draft with its first comment, to be discussed before it is published. */
export async function draft(author: Person, title: string, question: string): Promise<Post> {
  return Post.objects.create({ author, title, body: "", comments: [{ author, text: question }] });
}
