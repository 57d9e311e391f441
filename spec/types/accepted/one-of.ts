import { Count, Exists, F, fields, manager, Model, OuterRef, Q } from "dunder-orm";
import { type } from "./equal.js";

export class Post extends Model("post", {
  title: fields.string({ maxLength: 50 }),
  writer: () => fields.foreignKey(Writer, { null: true }),
  comments: () => fields.hasMany(Comment, "target"),
  tagged: () => fields.hasMany(Tagged, "item"),
}) {
  static objects = manager(this);
}

export class Photo extends Model("photo", {
  code: fields.string({ primaryKey: true }),
  comments: () => fields.hasMany(Comment, "target"),
}) {
  static objects = manager(this);
}

export class Writer extends Model("writer", { name: fields.string() }) {
  static objects = manager(this);
}

export class Comment extends Model("comment", {
  text: fields.text(),
  target: () => fields.oneOf({ post: Post, photo: Photo }, { onDelete: "cascade", columns: { post: "post_id" } }),
  about: () => fields.oneOf({ writer: Writer, comment: Comment }, { null: true }),
}) {
  static objects = manager(this);
}

export class Tagged extends Model("tagged", {
  item: () => fields.generic({ post: Post, writer: Writer }, { null: true }),
  owner: () => fields.generic({ writer: Writer }),
}) {
  static objects = manager(this);
}

export async function accepted(post: Post, photo: Photo, writer: Writer, comment: Comment, tagged: Tagged) {
  const target = await comment.target.load();
  type(target instanceof Post ? target.title : target.code).is<string>();
  type(comment.target.pk).is<string | number>();
  type(comment.about?.pk).is<number | undefined>();
  comment.target = photo;
  comment.about = null;
  tagged.item = writer;

  await Comment.objects.create({ text: "x", target: post });
  await Comment.objects.create({ text: "x", target: { photo: "a" }, about: null });
  await Comment.objects.create({ text: "x", target: { post: 1 }, about: { comment: 2 } });
  await Tagged.objects.create({ owner: writer });
  await comment.update({ target: { post: 3 }, about: null });
  await post.comments.create({ text: "x" });
  await post.tagged.clear();
  await post.tagged.set([tagged]);

  await Comment.objects.filter({ target: post, about__isnull: true, target__photo: "a" }).all();
  await Comment.objects.filter({ target__in: [post, photo, { post: 3 }], about: null, target__ne: photo }).all();
  await Comment.objects.filter({ target__post__title__icontains: "x", target__post__writer__name: "y" }).all();
  await Comment.objects.filter({ target__post__in: Post.objects.filter({ title: "x" }) }).all();
  await Tagged.objects.filter({ item__type: "post", item__type__in: ["post", "writer"], item__id__gt: 3 }).all();
  await Post.objects.filter(Exists(Tagged.objects.filter({ item__post: OuterRef("pk") }))).all();
  await Post.objects.filter(Q({ comments__text: "x" }).or(Q({ tagged__item__type: "post" }))).all();
  await Comment.objects.orderBy("target__post__title", F("target__photo").desc()).all();

  const [values] = await Comment.objects.values("target__post__title", "target__photo").all();
  type(values!.target__post__title).is<string | null>();
  type(values!.target__photo).is<string | null>();
  const [kinds] = await Tagged.objects.values("item__type", "owner__type", "owner__id").all();
  type(kinds!.item__type).is<"post" | "writer" | null>();
  type(kinds!.owner__type).is<"writer">();
  type(kinds!.owner__id).is<number>();
  const [counted] = await Post.objects.annotate({ n: Count("comments") }).all();
  type(counted!.n).is<number>();

  const [fetched] = await Comment.objects.prefetchRelated("target", "about").all();
  const { target: there } = fetched!;
  type("title" in there ? there.title : there.code).is<string>();
  type(fetched!.about && "name" in fetched!.about ? fetched!.about.name : undefined).is<string | undefined>();
  const [along] = await Comment.objects.prefetchRelated("target__post__writer").all();
  const { target: either } = along!;
  type("title" in either ? either.writer?.name : undefined).is<string | undefined>();
  const [joined] = await Comment.objects.selectRelated("target__post__writer").all();
  const { target: other } = joined!;
  type("title" in other ? other.writer?.name : undefined).is<string | undefined>();
}
