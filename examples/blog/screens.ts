// Each screen of the blog, as few queries as it can be. None of them depends on how much there is to show.
import { Count, F, Prefetch, Q } from "dunder-orm";
import { Comment, Person, Post, Report, Tag } from "./models.js";

/** The newest posts: author, tags, how much was said, and what was liked best. Three queries. */
export async function frontPage(posts = 10): Promise<string[]> {
  const best = Comment.objects
    .filter({ parent__isnull: true })
    .selectRelated("author")
    .orderBy("-likes", "id")
    .limit(1);
  const rows = await Post.objects
    .published()
    .selectRelated("author")
    .annotate({ said: Count("comments") })
    .prefetchRelated("tags", Prefetch("comments", best, { toAttr: "best" }))
    .limit(posts)
    .all();
  return rows.map((post) => {
    const tags = [...post.tags].map((tag) => `#${tag.name}`).join(" ");
    const liked = post.best.map((comment) => ` “${comment.text}” (${comment.author?.name ?? "somebody"})`).join("");
    return `${post.title}, by ${post.author.name} ${tags}, ${post.said} said${liked}`;
  });
}

/** A post and its whole thread. Five queries: the post, three levels of comments, and who wrote the last. */
export async function thread(title: string): Promise<string[]> {
  const top = Comment.objects.filter({ parent__isnull: true }).selectRelated("author");
  const replies = Comment.objects.selectRelated("author");
  const post = await Post.objects
    .prefetchRelated(
      Prefetch("comments", top),
      Prefetch("comments__replies", replies),
      "comments__replies__replies__author",
    )
    .get({ title });
  const lines: string[] = [];
  for (const comment of post.comments) {
    lines.push(`${comment.author?.name ?? "somebody"}: ${comment.text}`);
    for (const reply of comment.replies) {
      lines.push(`  ${reply.author?.name ?? "somebody"}: ${reply.text}`);
      for (const last of reply.replies) lines.push(`    ${last.author?.name ?? "somebody"}: ${last.text}`);
    }
  }
  return lines;
}

/** A person: the profile is joined, posts and followers are queries of their own. Three in all. */
export async function personPage(handle: string): Promise<string> {
  const person = await Person.objects.fetchRelated("profile", "posts", "followers").get({ handle });
  const followers = [...person.followers].map(({ name }) => name).join(", ") || "nobody";
  return `${person.name}: ${person.profile?.bio ?? "…"} ${person.posts.length} posts. Followed by ${followers}.`;
}

/** What those wrote whom a person follows. One query, through the rows between. */
export async function timeline(person: Person): Promise<string[]> {
  return Post.objects.published().filter({ author__followers: person }).valuesList("title", { flat: true }).all();
}

/** Tags by how many posts readers see under them. One query. */
export async function tagCloud(): Promise<{ name: string; posts: number }[]> {
  return Tag.objects
    .annotate({ n: Count("posts", { filter: Q({ posts__published__isnull: false }) }) })
    .filter({ n__gt: 0 })
    .orderBy("-n", "name")
    .values("name", { posts: F("n") })
    .all();
}

/** Who wrote the comments under a post, each loaded where it stands: one query for the comments, one for all people. */
export async function voices(post: Post): Promise<string[]> {
  const comments = await post.comments.all();
  const names = comments.map(async ({ author }) => (await author?.load())?.name ?? "somebody");
  return [...new Set(await Promise.all(names))];
}

/** What a comment answers, from the first on. One query, however deep the thread. */
export async function context(comment: Comment): Promise<string[]> {
  return Comment.objects
    .ancestorsOf(comment, "parent", { depth: "up", includeSelf: true })
    .orderBy("-up")
    .valuesList("text", { flat: true })
    .all();
}

/** What was reported, posts and comments alike. Three queries: the reports, the posts, the comments. */
export async function reports(): Promise<string[]> {
  const rows = await Report.objects.prefetchRelated("target").all();
  return rows.map(({ target, reason }) => {
    const what = target instanceof Post ? `the post “${target.title}”` : `the comment “${target.text}”`;
    return `${reason}: ${what}`;
  });
}
