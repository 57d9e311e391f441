import { fields, manager, Model } from "dunder-orm";
import { Comment, type Photo, Post, Tagged, type Writer } from "../accepted/one-of.js";

class Other extends Model("other", {
  // @expect-error 'nul' does not exist
  one: () => fields.oneOf({ post: Post }, { nul: true }),
  // @expect-error 'psot' does not exist
  two: () => fields.oneOf({ post: Post }, { columns: { psot: "x" } }),
  // @expect-error is not assignable to type
  three: () => fields.generic({ post: Post }, { onDelete: "set default" }),
}) {
  static objects = manager(this);
}

export async function refused(
  post: Post,
  photo: Photo,
  writer: Writer,
  comment: Comment,
  tagged: Tagged,
  other: Other,
) {
  // @expect-error Property 'title' does not exist
  comment.target.title;
  // @expect-error Type 'null' is not assignable
  comment.target = null;
  // @expect-error Type 'Writer' is not assignable
  comment.target = writer;
  // @expect-error Type 'Photo' is not assignable
  tagged.item = photo;
  // @expect-error Property 'target' is missing
  await Comment.objects.create({ text: "x" });
  // @expect-error Type 'Writer' is not assignable
  await Comment.objects.create({ text: "x", target: writer });
  // @expect-error Type 'number' is not assignable
  await Comment.objects.create({ text: "x", target: 3 });
  // @expect-error Type 'number' is not assignable to type 'string'
  await Comment.objects.create({ text: "x", target: { photo: 3 } });
  // @expect-error 'writer' does not exist
  await Comment.objects.create({ text: "x", target: { writer: 3 } });
  // @expect-error Type 'null' is not assignable
  await comment.update({ target: null });
  // @expect-error Type 'Writer' is not assignable
  await Comment.objects.filter({ target: writer }).all();
  // @expect-error Type 'null' is not assignable
  await Comment.objects.filter({ target: null }).all();
  // @expect-error target__psot
  await Comment.objects.filter({ target__psot: 1 }).all();
  // @expect-error target__post__titel
  await Comment.objects.filter({ target__post__titel: "x" }).all();
  // @expect-error target__type
  await Comment.objects.filter({ target__type: "post" }).all();
  // @expect-error Type '"psot"' is not assignable to type
  await Tagged.objects.filter({ item__type: "psot" }).all();
  // @expect-error target__titel
  await Comment.objects.orderBy("target__titel").all();
  // @expect-error is not assignable to parameter of type
  await Comment.objects.selectRelated("target").all();
  // @expect-error is not assignable to parameter of type
  await Comment.objects.prefetchRelated("target__psot").all();
  // @expect-error is not callable
  await post.comments.clear();
  return other;
}
