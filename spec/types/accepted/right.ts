import { fields, manager, Model } from "dunder-orm";
import { type } from "./equal.js";
import { Left } from "./left.js";

export class Right extends Model("right", {
  name: fields.string(),
  left: () => fields.foreignKey(Left),
  lefts: () => fields.hasMany(Left, "right"),
}) {
  static objects = manager(this);
}

export async function acrossModules(right: Right) {
  Right.objects.filter({ left__right__left__twin__rights__lefts__name__icontains: "x", lefts: 1 });
  const deep = await Right.objects.selectRelated("left__right__left__twin").first();
  type(deep?.left.right.left.twin?.name).is<string | undefined>();
  type(await right.lefts.filter({ twin__isnull: true }).all()).is<Left[]>();
}
