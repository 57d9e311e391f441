import { describe } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { expectSql } from "./expect-sql.js";

class Place extends Model("place", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string(),
  bookings: () => fields.hasMany(Booking, "place"),
}) {
  static objects = manager(this);
}

class Restaurant extends Model("restaurant", { stars: fields.integer({ null: true }) }, { parent: Place }) {
  static objects = manager(this);
}

class Trattoria extends Model("trattoria", { region: fields.string() }, { parent: Restaurant }) {
  static objects = manager(this);
}

class Booking extends Model("booking", {
  place: () => fields.foreignKey(Place),
  restaurant: () => fields.foreignKey(Restaurant, { null: true }),
}) {
  static objects = manager(this);
}

type Row = Parameters<typeof expectSql>[0][string];

function same(queryset: Row[0], sql: string, parameters: readonly unknown[] = []): Row {
  let at = 0;
  return [
    queryset,
    {
      sqlite: [sql, parameters],
      postgres: [sql.replace(/\?/g, () => `$${(at += 1)}`), parameters],
      mysql: [sql.replaceAll('"', "`"), parameters],
    },
  ];
}

describe("models with a parent", () => {
  expectSql({
    "rows of both tables": same(
      Restaurant.objects.filter({ name: "Ivy", stars: 2 }).orderBy("id"),
      'select "restaurant"."place_id", "t1"."name", "restaurant"."stars" from "restaurant" inner join "place" as "t1" on "t1"."id" = "restaurant"."place_id" where ("t1"."name" = ? and "restaurant"."stars" = ?) order by "restaurant"."place_id"',
      ["Ivy", 2],
    ),
    "of three": same(
      Trattoria.objects.exclude({ name: "x" }),
      'select "trattoria"."restaurant_id", "t2"."name", "t1"."stars", "trattoria"."region" from "trattoria" inner join "restaurant" as "t1" on "t1"."place_id" = "trattoria"."restaurant_id" inner join "place" as "t2" on "t2"."id" = "t1"."place_id" where not ("t2"."name" = ?)',
      ["x"],
    ),
    "no join where nothing of the parent is named": same(
      Restaurant.objects.filter({ id: 1, stars: 2 }).values("pk", "stars"),
      'select "restaurant"."place_id" as "pk", "restaurant"."stars" as "stars" from "restaurant" where ("restaurant"."place_id" = ? and "restaurant"."stars" = ?)',
      [1, 2],
    ),
    "only columns of its own": same(
      Restaurant.objects.only("stars"),
      'select "restaurant"."place_id", "restaurant"."stars" from "restaurant"',
    ),
    "a relation of the parent": same(
      Restaurant.objects.filter({ bookings__restaurant: 3 }).values("stars"),
      'select "restaurant"."stars" as "stars" from "restaurant" inner join "booking" as "t1" on "t1"."place_id" = "restaurant"."place_id" where "t1"."restaurant_id" = ?',
      [3],
    ),
    "from elsewhere, by one more join": same(
      Booking.objects.filter({ restaurant__name: "Ivy" }).values("restaurant__stars"),
      'select "t1"."stars" as "restaurant__stars" from "booking" inner join "restaurant" as "t1" on "t1"."place_id" = "booking"."restaurant_id" inner join "place" as "t2" on "t2"."id" = "t1"."place_id" where "t2"."name" = ?',
      ["Ivy"],
    ),
    "its key is in the foreign key": same(
      Booking.objects.filter({ restaurant__id: 3 }).values("restaurant__pk"),
      'select "booking"."restaurant_id" as "restaurant__pk" from "booking" where "booking"."restaurant_id" = ?',
      [3],
    ),
    "left where there may be none": same(
      Booking.objects.values("restaurant__name"),
      'select "t2"."name" as "restaurant__name" from "booking" left join "restaurant" as "t1" on "t1"."place_id" = "booking"."restaurant_id" left join "place" as "t2" on "t2"."id" = "t1"."place_id"',
    ),
  });
});
