import { Count, F, fields, manager, Model, Q } from "dunder-orm";
import { type } from "./equal.js";

export class Post extends Model("post", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 50 }),
  name: fields.string({ null: true }),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
}

export class Tag extends Model("tag", {
  code: fields.string({ primaryKey: true }),
  weight: fields.integer({ null: true }),
  posts: () => fields.manyToMany(Post, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

export class Person extends Model("person", {
  name: fields.string(),
  friends: () => fields.manyToMany(Person),
  following: () => fields.manyToMany(Person, { symmetrical: false, table: "follow" }),
  followers: () => fields.manyToMany(Person, { reverse: "following" }),
  groups: () => fields.manyToMany(Group, { reverse: "people" }),
  memberships: () => fields.hasMany(Membership, "person"),
}) {
  static objects = manager(this);
}

export class Group extends Model("team", {
  name: fields.string(),
  people: () => fields.manyToMany(Person, { through: () => Membership, throughFields: ["group", "person"] }),
}) {
  static objects = manager(this);
}

export class Membership extends Model("membership", {
  group: () => fields.foreignKey(Group),
  person: () => fields.foreignKey(Person),
  backup: () => fields.foreignKey(Person, { null: true }),
  role: fields.string({ default: "member" }),
}) {
  static objects = manager(this);
}

/** A name of the class stays one, whatever fields are called. */
export const className: string = Post.name;

export async function manyToMany(post: Post, tag: Tag, group: Group, eve: Person) {
  const tags: Tag[] = await post.tags.filter({ weight__gt: 3 }).orderBy("-code").all();
  const posts: Post[] = await tags[0]!.posts.all();
  await Post.objects.filter({ tags: tag, tags__weight__isnull: false, tags__posts__tags__in: ["a", tag] }).all();
  await Post.objects
    .filter(Q({ tags__code__startswith: "a" }).or(Q({ tags: "b" })))
    .exclude({ tags__in: tags })
    .all();
  await Post.objects.filter({ tags__in: Tag.objects.filter({ posts__title: F("code") }) }).count();
  const values = await Post.objects.values("title", "tags", "tags__weight").all();
  type(values[0]!).is<{ title: string; tags: string | null; tags__weight: number | null }>();
  const counted = await Post.objects
    .annotate({ n: Count("tags") })
    .orderBy("tags__weight", "-n")
    .all();
  type(counted[0]!.n).is<number>();
  await Person.objects.recursive("friends").recursive("followers", { depth: "steps" }).all();

  await post.tags.add(tag, "b", ...tags, Tag.objects.filter({ weight: 1 }), post.tags.none());
  await post.tags.remove(tag, "b", Tag.objects.filter({ weight: 1 }));
  await post.tags.set([tag, "b"]);
  await post.tags.set(new Set(["b"]), { clear: true });
  await post.tags.set(Tag.objects.filter({ posts: posts[0]! }));
  await post.tags.clear();
  const made: Tag = await post.tags.create({ code: "x" });
  await post.tags.bulkCreate([{ code: "x", weight: made.weight }], { batchSize: 5 });
  const [found, created] = await post.tags.getOrCreate({ code: "x" }, { defaults: { weight: 1 } });
  type(found.weight).is<number | null>();
  type(created).is<boolean>();

  await group.people.add(eve, 5, { throughDefaults: { role: "chair", backup: null } });
  await group.people.set([eve], { throughDefaults: { role: "chair" } });
  await group.people.create({ name: "x" }, { throughDefaults: { backup: eve } });
  await eve.groups.updateOrCreate({ name: "x" }, { defaults: { name: "y" }, throughDefaults: { role: "z" } });
  await eve.memberships.add(await Membership.objects.get({ pk: 1 }), 2);
  await eve.memberships.set([1]);
  await Membership.objects.updateOrCreate(
    { pk: 1 },
    { defaults: { role: "x" }, createDefaults: { group, person: eve } },
  );

  const nested: Post = await Post.objects.create({ title: "x", tags: [{ code: "a", weight: 1 }, tag, "b", ...tags] });
  await Tag.objects.bulkCreate([{ code: "c", posts: [{ title: "y", tags: [{ code: "d" }] }, nested, 7] }]);
  await Person.objects.create({ name: "x", friends: [eve, { name: "y", groups: [{ name: "z", people: [5] }] }] });
  await group.people.create({ name: "x", friends: [] });

  const tie = await Post.tags.through.objects.get({ post, tag__weight: 3 });
  const key: unknown = tie["post"];
  const id: number = tie.id;
  await Tag.posts.through.objects.create({ post, tag });
  await Post.tags.through.objects.values("post", "tag__weight").all();
  const name: string = Post.tags.through.meta.table;
  // By assignment: to compare two classes for being identical, the compiler goes through all that they reach.
  const between: typeof Membership = Group.people.through;
  const chair = await Group.people.through.objects.filter({ role: "chair" }).first();
  const role: string | undefined = chair?.role;
  return { between, key, id, name, role };
}
