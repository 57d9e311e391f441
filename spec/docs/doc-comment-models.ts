/** What the examples of the doc comments in lib/ speak of. */
import { sql } from "kysely";
import { Database, fields, manager, Model } from "dunder-orm";

export { sql };
export const db = new Database("sqlite::memory:");

export class Note extends Model("note", { text: fields.text(), completed: fields.boolean({ default: false }) }) {
  static objects = manager(this);
}

export class Artist extends Model("artist", { name: fields.string(), born: fields.date({ null: true }) }) {
  static objects = manager(this);
}

export class Album extends Model("album", {
  name: fields.string(),
  artist: () => fields.foreignKey(Artist, { default: 1 }),
  released: fields.date({ null: true }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

export class Category extends Model("category", {
  name: fields.string(),
  parent: () => fields.foreignKey(Category, { null: true }),
  children: () => fields.hasMany(Category, "parent"),
}) {
  static objects = manager(this);
}

export class Track extends Model("track", {
  album: () => fields.foreignKey(Album),
  title: fields.string(),
  position: fields.integer(),
}) {
  static objects = manager(this);
}

export class Item extends Model("item", {
  price: fields.decimal({ precision: 9, scale: 2 }),
  tax: fields.decimal({ precision: 9, scale: 2 }),
  stock: fields.integer(),
  sold: fields.integer(),
  data: fields.json({ null: true }),
}) {
  static objects = manager(this);
}

export class Account extends Model("account", { balance: fields.decimal({ precision: 9, scale: 2 }) }) {
  static objects = manager(this);
}

export class Leaflet extends Model("leaflet", { text: fields.text(), version: fields.version() }) {
  static objects = manager(this);
}

export class Entry extends Model("entry", { account: () => fields.foreignKey(Account) }) {
  static objects = manager(this);
}

export class Order extends Model(
  "order",
  { tenant: fields.integer(), number: fields.integer() },
  { primaryKey: ["tenant", "number"] },
) {
  static objects = manager(this);
}

export class Product extends Model("product", { code: fields.string({ unique: true }), name: fields.string() }) {
  static objects = manager(this);
}

export class Line extends Model("line", {
  order: () => fields.foreignKey(Order, { columns: ["tenant", "order_number"] }),
  product: () => fields.foreignKey(Product, { to: "code" }),
}) {
  static objects = manager(this);
}

export class Tag extends Model("tag", {
  name: fields.string({ unique: true }),
  posts: () => fields.manyToMany(Post, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

export class Post extends Model("post", { title: fields.string(), tags: () => fields.manyToMany(Tag) }) {
  static objects = manager(this);
}

export class Person extends Model("person", { name: fields.string() }) {
  static objects = manager(this);
}

export class Group extends Model("team", {
  name: fields.string(),
  people: () => fields.manyToMany(Person, { through: () => Membership }),
}) {
  static objects = manager(this);
}

export class Membership extends Model("membership", {
  group: () => fields.foreignKey(Group),
  person: () => fields.foreignKey(Person),
  role: fields.string({ default: "member" }),
}) {
  static objects = manager(this);
}

export const post = new Post({ title: "Hello" });
export const red = new Tag({ name: "red" });
export const group = new Group({ name: "Metric" });
export const eve = new Person({ name: "Eve" });

export const line = new Line({ order: [1, 1], product: "P1" });

export const leaflet = new Leaflet({ text: "x" });
export const account = new Account({ balance: "1.00" });

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function pointOf(text: unknown): Point {
  const [x = 0, y = 0] = String(text).split(",").map(Number);
  return { x, y };
}
