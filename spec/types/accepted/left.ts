import { fields, manager, Model } from "dunder-orm";
import { Right } from "./right.js";

// Two modules that import each other, each model pointing at the other and at itself.
export class Left extends Model("left", {
  name: fields.string(),
  right: () => fields.foreignKey(Right),
  twin: () => fields.oneToOne(Left, { null: true }),
  rights: () => fields.hasMany(Right, "left"),
}) {
  static objects = manager(this);
}
