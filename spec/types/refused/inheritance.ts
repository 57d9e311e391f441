import { fields, Model } from "dunder-orm";
import { Place, Restaurant, Trattoria, type Visit } from "../accepted/inheritance.js";

export async function inheritance(place: Place, restaurant: Restaurant, visit: Visit) {
  // @expect-error Property 'stars' does not exist on type 'Place'
  place.stars = 1;
  // @expect-error ✗ no such field or lookup: stars
  Place.objects.filter({ stars: 1 });
  // @expect-error ✗ no such field or lookup: region
  Restaurant.objects.filter({ region: "x" });
  // @expect-error is not assignable to
  await Restaurant.objects.create({ stars: 3 });
  // @expect-error is not assignable to
  await Restaurant.objects.create({ place });
  // @expect-error is not assignable to
  await Trattoria.objects.create({ name: "x", stars: 1 });
  // @expect-error Type 'string' is not assignable to type
  await Restaurant.objects.create({ name: "x", stars: "y" });
  // @expect-error 'region' does not exist
  await Restaurant.objects.create({ name: "x", stars: 1, region: "y" });
  // @expect-error Type 'Place' is
  restaurant = place;
  // @expect-error Type 'Place' is not assignable to type
  visit.restaurant = place;
  // @expect-error is not assignable to
  Model("odd", { size: fields.integer() }, { parent: Place, primaryKey: ["size"] });
}
