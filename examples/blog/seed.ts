import { Comment, Person, Post, Report, Tag } from "./models.js";

/** A few people, and what they wrote. */
export async function seed(): Promise<void> {
  const [ada, bo, cy] = await Person.objects.bulkCreate([
    { handle: "ada", name: "Ada", profile: { bio: "Writes about engines.", homepage: "https://ada.example.com" } },
    { handle: "bo", name: "Bo", profile: { bio: "Reads." } },
    { handle: "cy", name: "Cy" },
  ]);
  await bo!.follows.add(ada!);
  await cy!.follows.add(ada!, bo!);

  const tags = await Tag.objects.bulkCreate(["engines", "notes", "poetry", "engine"].map((name) => ({ name })));
  const [engines, notes, poetry, engine] = tags as [Tag, Tag, Tag, Tag];
  const posts = await Post.objects.bulkCreate([
    { author: ada!, title: "On engines", body: "They weave.", published: "2026-01-05" },
    { author: ada!, title: "More on engines", body: "They still weave.", published: "2026-02-01" },
    { author: bo!, title: "A poem", body: "Oh.", published: "2026-02-14" },
    { author: ada!, title: "Unfinished", body: "…" },
  ]);
  const [first, second, poem] = posts as [Post, Post, Post];
  await first.tags.add(engines, { throughDefaults: { place: 1 } });
  await first.tags.add(notes, { throughDefaults: { place: 2 } });
  await second.tags.add(engine);
  await poem.tags.add(poetry, notes);

  // A thread: comments with their replies, made in one go.
  await Comment.objects.create({
    post: first,
    author: bo!,
    text: "Do they?",
    likes: 2,
    replies: [
      { post: first, author: ada!, text: "They do.", likes: 5 },
      {
        post: first,
        author: cy!,
        text: "I doubt it.",
        replies: [{ post: first, author: ada!, text: "Wait and see." }],
      },
    ],
  });
  await first.comments.bulkCreate([
    { author: cy!, text: "First!", likes: 0 },
    { author: bo!, text: "Second.", likes: 1 },
  ]);
  const indeed = await poem.comments.create({ author: ada!, text: "Oh, indeed." });
  await second.reports.create({ reason: "Says little" });
  await Report.objects.create({ target: indeed, reason: "Says less" });
}
