import { fields, manager, Model } from "dunder-orm";

export class Author extends Model("author", {
  name: fields.string({ maxLength: 50 }),
  posts: () => fields.hasMany(Post, "author"),
}) {
  static objects = manager(this);
}

export class Post extends Model(
  "post",
  {
    title: fields.string({ maxLength: 50 }),
    author: () => fields.foreignKey(Author, { null: true }),
    tags: () => fields.manyToMany(Tag),
  },
  { ordering: ["title"] },
) {
  static objects = manager(this);
}

export class Tag extends Model(
  "tag",
  {
    name: fields.string({ maxLength: 50, unique: true }),
    weight: fields.integer({ null: true }),
    posts: () => fields.manyToMany(Post, { reverse: "tags" }),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
}

/** A many-to-many relation with rows of their own between, declared on both sides. */
export class Person extends Model(
  "person",
  {
    name: fields.string({ maxLength: 50 }),
    memberships: () => fields.hasMany(Membership, "person"),
    groups: () => fields.manyToMany(Group, { reverse: "people" }),
    friends: () => fields.manyToMany(Person),
    following: () => fields.manyToMany(Person, { symmetrical: false, table: "follow" }),
    followers: () => fields.manyToMany(Person, { reverse: "following" }),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
}

export class Group extends Model("team", {
  name: fields.string({ maxLength: 50 }),
  memberships: () => fields.hasMany(Membership, "group"),
  people: () => fields.manyToMany(Person, { through: () => Membership, throughFields: ["group", "person"] }),
}) {
  static objects = manager(this);
}

export class Membership extends Model("membership", {
  group: () => fields.foreignKey(Group),
  person: () => fields.foreignKey(Person),
  inviter: () => fields.foreignKey(Person, { null: true }),
  role: fields.string({ maxLength: 20, default: "member" }),
}) {
  static objects = manager(this);
}

export const models = [Author, Post, Tag, Person, Group, Membership];
