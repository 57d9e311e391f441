import { Count, F, fields, manager, Model } from "dunder-orm";
import { type } from "./equal.js";

export class Place extends Model("place", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  address: fields.string({ null: true }),
  visits: () => fields.hasMany(Visit, "place"),
  restaurant: () => fields.hasOne(Restaurant, "place"),
}) {
  static objects = manager(this);
  get label() {
    return `${this.name}!`;
  }
}

export class Restaurant extends Model(
  "restaurant",
  {
    place: () => fields.oneToOne(Place, { parentLink: true }),
    stars: fields.integer(),
    open: fields.boolean({ default: true }),
  },
  { parent: Place, ordering: ["stars"], indexes: [["stars"]] },
) {
  static objects = manager(this);
}

export class Trattoria extends Model("trattoria", { region: fields.string() }, { parent: Restaurant }) {
  static objects = manager(this);
}

export class Visit extends Model("visit", {
  place: () => fields.foreignKey(Place),
  restaurant: () => fields.foreignKey(Restaurant, { null: true }),
}) {
  static objects = manager(this);
}

export async function inheritance(place: Place, restaurant: Restaurant, trattoria: Trattoria, visit: Visit) {
  place = restaurant = trattoria;
  type(restaurant.name).is<string>();
  type(restaurant.stars).is<number>();
  type(restaurant.label).is<string>();
  type(trattoria.pk).is<number>();
  type(trattoria.stars).is<number>();
  type(await Trattoria.objects.filter({ name: "x", stars__gt: 2, region__in: ["a"], visits__restaurant: 3 }).all()).is<
    Trattoria[]
  >();
  type(await Restaurant.objects.orderBy("-name", "stars").values("name", "stars", "place").first()).is<{
    name: string;
    stars: number;
    place: number;
  } | null>();
  type((await Restaurant.objects.annotate({ n: Count("visits"), more: F("stars").add(1) }).get()).n).is<number>();
  const joined = await Visit.objects.selectRelated("restaurant").get({ restaurant__name: "x" });
  type(joined.restaurant?.label).is<string | undefined>();
  await Restaurant.objects.create({ name: "x", stars: 3 });
  await Restaurant.objects.create({ place, stars: 3 });
  await Restaurant.objects.create({ place: 3, stars: 3, name: "y" });
  await Restaurant.objects.create({ place: { name: "x" }, stars: 3 });
  await Trattoria.objects.create({ place: visit.place, stars: 1, region: "x" });
  await Trattoria.objects.bulkCreate([{ name: "x", stars: 1, region: "x" }, trattoria]);
  new Restaurant({ name: "x", stars: 3 });
  new Restaurant({ place, stars: 3 });
  await restaurant.update({ name: "x", stars: 4 });
  await Restaurant.objects.filter({ place }).update({ address: null, stars: F("stars").add(1) });
  await restaurant.load("name", "stars");
  await restaurant.delete({ keepParents: true });
  visit.place = restaurant;
  visit.restaurant = trattoria;
  type(await restaurant.place.load()).is<Place>();
  type(await restaurant.visits.all()).is<Visit[]>();
  type(Trattoria.meta.fields.name.name).is<string>();
}

type((await Restaurant.objects.join(Restaurant.alias("other"), { other__stars: F("stars") }).get()).name).is<string>();
