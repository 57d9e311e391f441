import { fields, Model, set } from "dunder-orm";
import { Track } from "../accepted/music.js";

// @expect-error Did you mean to write 'maxLength'?
fields.string({ maxLenght: 3 });
// @expect-error NoSuchOption<"maxLenght">
fields.string({ null: true, maxLenght: 3 });
// @expect-error 'maxLength' does not exist in type 'FieldOptions<number>'
fields.integer({ maxLength: 3 });
// @expect-error Type 'string' is not assignable to type 'number
fields.integer({ default: "x" });
// @expect-error Type 'boolean' is not assignable to type
fields.string({ default: () => true });
// @expect-error Expected 1 arguments, but got 0
fields.decimal();
// @expect-error Property 'scale' is missing
fields.decimal({ precision: 3 });
// @expect-error Type '"gone"' is not assignable to type
fields.enumeration(["draft", "out"], { default: "gone" });
// @expect-error Did you mean '"cascade"'?
fields.foreignKey(Track, { onDelete: "casade" });
// @expect-error is not assignable to type 'OnDelete | undefined'
fields.foreignKey(Track, { onDelete: set });
// @expect-error Did you mean to write 'onDelete'?
fields.foreignKey(Track, { onDelte: "cascade" });
// @expect-error Type '"c"' is not assignable to type '"a" | "b"'
Model("x", { a: fields.integer(), b: () => fields.foreignKey(Track) }, { primaryKey: ["a", "c"] });
// @expect-error Did you mean to write 'ordering'?
Model("x", { a: fields.integer() }, { orderng: ["a"] });
// @expect-error Property 'toDb' is missing
fields.custom({ sqlType: () => "text", fromDb: (text: string) => text });
