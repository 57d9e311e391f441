import { fields, manager, Model } from "dunder-orm";
import { type } from "./equal.js";

export class Country extends Model("country", {
  code: fields.string({ primaryKey: true, maxLength: 2 }),
  name: fields.string(),
}) {
  static objects = manager(this);
}

export class Token extends Model("token", {
  key: fields.uuid({ primaryKey: true, default: () => "x" }),
  country: () => fields.foreignKey(Country),
}) {
  static objects = manager(this);
}

export class Event extends Model("event", { id: fields.bigAuto(), name: fields.string() }) {
  static objects = manager(this);
}

export class Place extends Model("place", {
  name: fields.string(),
  restaurant: () => fields.hasOne(Restaurant, "place"),
}) {
  static objects = manager(this);
}

export class Restaurant extends Model("restaurant", {
  place: () => fields.oneToOne(Place, { primaryKey: true, onDelete: "cascade" }),
  stars: fields.integer({ default: 0 }),
}) {
  static objects = manager(this);
}

export class Cell extends Model(
  "cell",
  { row: fields.string(), column: fields.integer(), place: () => fields.foreignKey(Place) },
  { primaryKey: ["row", "column"] },
) {
  static objects = manager(this);
}

export async function keys(place: Place, restaurant: Restaurant, token: Token, event: Event, cell: Cell) {
  type(token.country.pk).is<string>();
  type(token.pk).is<string>();
  type(event.pk).is<bigint>();
  type(place.pk).is<number>();
  type(restaurant.pk).is<number>();
  type(restaurant.place.pk).is<number>();
  type(cell.pk).is<readonly [string, number]>();
  await Country.objects.create({ code: "fr", name: "France" });
  await Country.objects.create({ pk: "fr", name: "France" });
  await Token.objects.create({ country: "fr" });
  await Event.objects.create({ name: "x" });
  await Restaurant.objects.create({ place });
  await Restaurant.objects.create({ place: 1, stars: 3 });
  await Cell.objects.create({ pk: ["A", 1], place: restaurant.place });
  Token.objects.filter({ country: "fr", country__in: ["fr"], country__name: "x", pk: "x", pk__in: Token.objects });
  Event.objects.filter({ pk: 1, id__gt: 1n });
  Restaurant.objects.filter({ place: 1, pk: restaurant, pk__in: [restaurant, 2], place__name__icontains: "x" });
  Place.objects.filter({ restaurant__stars__gte: 1, restaurant: null, restaurant__isnull: true });
  type(await place.restaurant.load()).is<Restaurant | null>();
  const joined = await Place.objects.selectRelated("restaurant").first();
  const found: Restaurant | null = joined!.restaurant;
  type(joined?.restaurant?.stars).is<number | undefined>();
  return found;
}
