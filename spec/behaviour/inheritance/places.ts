import { fields, manager, Model } from "dunder-orm";

export class City extends Model("city", {
  name: fields.string({ maxLength: 30 }),
  places: () => fields.hasMany(Place, "city"),
}) {
  static objects = manager(this);
}

export class Place extends Model(
  "place",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 50 }),
    address: fields.string({ maxLength: 80 }),
    city: () => fields.foreignKey(City, { null: true, onDelete: "cascade" }),
    bookings: () => fields.hasMany(Booking, "place"),
    tags: () => fields.manyToMany(Tag),
    restaurant: () => fields.hasOne(Restaurant, "place"),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
  get label(): string {
    return `${this.name}!`;
  }
}

export class Restaurant extends Model(
  "restaurant",
  {
    place: () => fields.oneToOne(Place, { parentLink: true }),
    servesPizza: fields.boolean({ default: false }),
    stars: fields.integer({ null: true }),
    chef: () => fields.foreignKey(Chef, { null: true, onDelete: "cascade" }),
    reviews: () => fields.hasMany(Review, "restaurant"),
  },
  { parent: Place },
) {
  static objects = manager(this);
  get both(): string {
    return `${this.label} ${this.servesPizza}`;
  }
}

export class Trattoria extends Model(
  "trattoria",
  {
    base: () => fields.oneToOne(Restaurant, { parentLink: true }),
    region: fields.string({ maxLength: 20 }),
  },
  { parent: Restaurant },
) {
  static objects = manager(this);
}

export class Chef extends Model("chef", {
  name: fields.string({ maxLength: 30 }),
  restaurants: () => fields.hasMany(Restaurant, "chef"),
}) {
  static objects = manager(this);
}

export class Booking extends Model("booking", {
  guest: fields.string({ maxLength: 30 }),
  place: () => fields.foreignKey(Place, { onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

export class Review extends Model("review", {
  text: fields.string({ maxLength: 100 }),
  restaurant: () => fields.foreignKey(Restaurant, { onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

export class Tag extends Model("tag", {
  name: fields.string({ maxLength: 20 }),
  places: () => fields.manyToMany(Place, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

export const models = [City, Chef, Place, Restaurant, Trattoria, Booking, Review, Tag];
