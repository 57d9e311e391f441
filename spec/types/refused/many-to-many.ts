import { fields, manager, Model } from "dunder-orm";
import { type Group, Membership, type Person, Post, Tag } from "../accepted/many-to-many.js";

class Other extends Model("other", {
  // @expect-error 'throug' does not exist in type 'ManyToManyOptions'
  tags: () => fields.manyToMany(Tag, { throug: Membership }),
  // @expect-error Type 'string' is not assignable to type 'boolean | undefined'
  others: () => fields.manyToMany(Other, { symmetrical: "yes" }),
}) {
  static objects = manager(this);
}

export async function refused(post: Post, tag: Tag, group: Group, eve: Person, other: Other) {
  // @expect-error is not assignable to parameter of type
  await post.tags.add(post);
  // @expect-error Argument of type 'number' is not assignable
  await post.tags.add(5);
  // @expect-error is not assignable to parameter of type
  await post.tags.add(Post.objects.filter({ pk: 1 }));
  // @expect-error is not assignable to parameter of type
  await post.tags.remove(null);
  // @expect-error is not assignable to parameter of type
  await post.tags.set(tag);
  // @expect-error 'rule' does not exist
  await group.people.add(eve, { throughDefaults: { rule: "x" } });
  // @expect-error Type 'number' is not assignable to type
  await group.people.create({ name: "x" }, { throughDefaults: { role: 5 } });
  // @expect-error 'wieght' does not exist
  await Post.objects.create({ title: "x", tags: ["a", { code: "b", wieght: 1 }] });
  // @expect-error is not assignable to type
  await Post.objects.create({ title: "x", tags: [{ weight: 1 }] });
  // @expect-error is not assignable to type
  await Post.objects.create({ title: "x", tags: [post] });
  // @expect-error is not assignable to type
  await Post.objects.create({ title: "x", tags: "a" });
  // @expect-error 'titel' does not exist
  await Tag.objects.create({ code: "x", posts: [{ title: "y", tags: [{ code: "z", posts: [{ titel: "" }] }] }] });
  // @expect-error ✗ the other model's rows hold this relation
  await Post.objects.filter({ pk: 1 }).update({ tags: ["a"] });
  // @expect-error Type 'string' is not assignable to type
  await Post.objects.filter({ tags__weight: "x" }).all();
  // @expect-error ✗
  await Post.objects.filter({ tags__wieght: 1 }).all();
  // @expect-error ✗
  await Post.objects.selectRelated("tags").all();
  // @expect-error This expression is not callable
  await eve.memberships.clear();
  // @expect-error This expression is not callable
  await eve.memberships.remove(1);
  // @expect-error 'Post.title' is of type 'unknown'
  void Post.title.through;
  // @expect-error Property 'tgas' does not exist
  void Post.tgas.through;
  void other;
}
