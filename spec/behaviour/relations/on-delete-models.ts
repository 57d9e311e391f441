import { fields, manager, Model, set } from "dunder-orm";

/** Django's D1, with comments two levels down. */
export class Blog extends Model("blog", { name: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}

export class Entry extends Model("entry", {
  blog: () => fields.foreignKey(Blog, { onDelete: "cascade" }),
  headline: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

export class Comment extends Model("comment", {
  entry: () => fields.foreignKey(Entry, { onDelete: "cascade" }),
  text: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

/** One model for each rule. */
export class Person extends Model("person", { name: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}

export class Bond extends Model("bond", {
  owner: () => fields.foreignKey(Person, { onDelete: "protect" }),
}) {
  static objects = manager(this);
}

export class Note extends Model("note", {
  text: fields.string({ maxLength: 20 }),
  author: () => fields.foreignKey(Person, { null: true, onDelete: "set null" }),
  editor: () => fields.foreignKey(Person, { default: 1, onDelete: "set default" }),
  reader: () => fields.foreignKey(Person, { null: true, onDelete: set(1) }),
  keeper: () => fields.foreignKey(Person, { null: true, onDelete: set(nobody) }),
}) {
  static objects = manager(this);
}

let asked = 0;
async function nobody(): Promise<Person> {
  asked += 1;
  return Person.objects.get({ name: "nobody" });
}
/** How often somebody was looked for to keep a note. */
export const timesAsked = (): number => asked;

/** A song is on an album, and both are of an artist, who may only go if the album goes. */
export class Artist extends Model("artist", { name: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}

export class Album extends Model("album", {
  artist: () => fields.foreignKey(Artist, { onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

export class Song extends Model("song", {
  artist: () => fields.foreignKey(Artist, { onDelete: "cascade" }),
  album: () => fields.foreignKey(Album, { onDelete: "restrict" }),
}) {
  static objects = manager(this);
}

/** A tree. */
export class Node extends Model("node", {
  name: fields.string({ maxLength: 20 }),
  parent: () => fields.foreignKey(Node, { null: true, onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

/** A circle of two models. */
export class Country extends Model("country", {
  name: fields.string({ maxLength: 20 }),
  capital: () => fields.foreignKey(City, { null: true, onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

export class City extends Model("city", {
  country: () => fields.foreignKey(Country, { onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

export const models = [Blog, Entry, Comment, Person, Bond, Note, Artist, Album, Song, Node, Country, City] as const;
