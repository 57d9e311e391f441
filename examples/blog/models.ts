// A blog: people who write, follow each other and comment; posts with tags, and threads of comments.
import { fields, manager, Model, QuerySet } from "dunder-orm";

export class Person extends Model(
  "person",
  {
    id: fields.integer({ primaryKey: true }),
    handle: fields.slug({ maxLength: 40, unique: true }),
    name: fields.string({ maxLength: 100 }),
    profile: () => fields.hasOne(Profile, "person"),
    posts: () => fields.hasMany(Post, "author"),
    comments: () => fields.hasMany(Comment, "author"),
    follows: () => fields.manyToMany(Person, { symmetrical: false }),
    followers: () => fields.manyToMany(Person, { reverse: "follows" }),
  },
  { ordering: ["handle"] },
) {
  static objects = manager(this);
}

class Profile extends Model("profile", {
  person: () => fields.oneToOne(Person, { primaryKey: true, onDelete: "cascade" }),
  bio: fields.text({ default: "" }),
  homepage: fields.url({ null: true }),
}) {
  static objects = manager(this);
}

export class Tag extends Model(
  "tag",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 40, unique: true }),
    posts: () => fields.manyToMany(Post, { reverse: "tags" }),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
}

class PostQuery extends QuerySet<Post> {
  /** What readers may see. */
  published() {
    return this.filter({ published__isnull: false });
  }
}

export class Post extends Model(
  "post",
  {
    id: fields.integer({ primaryKey: true }),
    author: () => fields.foreignKey(Person, { onDelete: "protect" }),
    title: fields.string({ maxLength: 200 }),
    body: fields.text(),
    published: fields.date({ null: true }),
    tags: () => fields.manyToMany(Tag, { through: () => Tagging }),
    taggings: () => fields.hasMany(Tagging, "post"),
    comments: () => fields.hasMany(Comment, "post"),
    reports: () => fields.hasMany(Report, "target"),
  },
  { ordering: ["-published", "-id"] },
) {
  static objects = PostQuery.asManager(this);
}

/** Which post has which tag, and the place that it has among its tags. */
class Tagging extends Model(
  "tagging",
  {
    post: () => fields.foreignKey(Post, { onDelete: "cascade" }),
    tag: () => fields.foreignKey(Tag, { onDelete: "cascade" }),
    place: fields.integer({ default: 0 }),
  },
  { primaryKey: ["post", "tag"], ordering: ["place"] },
) {
  static objects = manager(this);
}

export class Comment extends Model(
  "comment",
  {
    id: fields.integer({ primaryKey: true }),
    post: () => fields.foreignKey(Post, { onDelete: "cascade" }),
    author: () => fields.foreignKey(Person, { null: true, onDelete: "set null" }),
    parent: () => fields.foreignKey(Comment, { null: true, onDelete: "cascade" }),
    replies: () => fields.hasMany(Comment, "parent"),
    text: fields.text(),
    likes: fields.integer({ default: 0 }),
    reports: () => fields.hasMany(Report, "target"),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

/** What readers think should not stand as it does: a post, or a comment. */
export class Report extends Model(
  "report",
  {
    id: fields.integer({ primaryKey: true }),
    target: () => fields.oneOf({ post: Post, comment: Comment }, { onDelete: "cascade" }),
    reason: fields.string({ maxLength: 200 }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

export const models = [Person, Profile, Tag, Post, Tagging, Comment, Report];
