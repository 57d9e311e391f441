import { fields, type Json, manager, Model } from "dunder-orm";
import { type } from "./equal.js";

declare enum Colour {
  Red = "red",
  Blue = "blue",
}
declare enum Level {
  Low = 1,
  High = 2,
}
interface Settings {
  theme: string;
  sizes: number[];
}

const timestamps = {
  created: fields.datetime({ autoNowAdd: true }),
  changed: fields.datetime({ autoNow: true }),
};

export class Everything extends Model("everything", {
  ...timestamps,
  small: fields.smallInteger({ null: true }),
  whole: fields.integer({ choices: [1, 2, 3] }),
  big: fields.bigInteger({ default: 0n }),
  float: fields.float({ dbDefault: 0.5 }),
  price: fields.decimal({ precision: 10, scale: 2, validators: [(price) => (price === "" ? "is empty" : null)] }),
  flag: fields.boolean({ default: () => true }),
  name: fields.string({ maxLength: 10, collation: "C", check: "name <> ''", comment: "x", index: true }),
  size: fields.string({ choices: ["s", "m"], null: true, default: "m" }),
  body: fields.text({ generatedAs: "upper(name)" }),
  uuid: fields.uuid({ default: () => "x" }),
  day: fields.date(),
  at: fields.time({ null: true }),
  moment: fields.datetime({ column: "when", unique: true }),
  length: fields.duration(),
  data: fields.json<Settings>({ null: true }),
  any: fields.json({ default: {} }),
  bytes: fields.binary(),
  email: fields.email(),
  url: fields.url({ null: true }),
  slug: fields.slug(),
  ip: fields.ipAddress({ null: true }),
  status: fields.enumeration(["draft", "out"], { default: "draft" }),
  colour: fields.enumeration(Colour),
  level: fields.enumeration(Level, { null: true }),
  point: fields.custom({
    sqlType: () => "varchar(40)",
    toDb: (point: { x: number; y: number }) => `${point.x},${point.y}`,
    fromDb: (text: string) => ({ x: Number(text), y: 0 }),
    null: true,
  }),
}) {
  static objects = manager(this);
}

class Checked extends Model("checked", {
  count: fields.integer({ validators: [(count) => (count.toFixed() === "0" ? "is nothing" : null)] }),
  big: fields.bigInteger({ null: true, validators: [(big) => (big > 9n ? "is too big" : undefined)] }),
  title: fields.string({
    maxLength: 9,
    validators: [(title) => (title.startsWith(" ") ? "begins with a space" : null)],
  }),
  day: fields.date({ validators: [(day) => (day.endsWith("-29") ? "is odd" : null)] }),
  moment: fields.datetime({ validators: [(moment) => (moment.getTime() < 0 ? "is too early" : null)] }),
  bytes: fields.binary({ validators: [(bytes) => (bytes.byteLength > 9 ? "is too long" : null)] }),
  level: fields.enumeration(Level, { validators: [(level) => (level === Level.High ? "is too high" : null)] }),
}) {
  static objects = manager(this);
}

export function parametersOfValidators(row: Checked) {
  type(row.count).is<number>();
  type(row.big).is<bigint | null>();
  type(row.level).is<Level>();
}

export async function attributes(row: Everything) {
  type(row.id).is<number>();
  type(row.created).is<Date>();
  type(row.small).is<number | null>();
  type(row.whole).is<1 | 2 | 3>();
  type(row.big).is<bigint>();
  type(row.price).is<string>();
  type(row.flag).is<boolean>();
  type(row.size).is<"s" | "m" | null>();
  type(row.day).is<string>();
  type(row.at).is<string | null>();
  type(row.moment).is<Date>();
  type(row.length).is<number>();
  type(row.data).is<Settings | null>();
  type(row.any).is<Json>();
  type(row.bytes).is<Uint8Array>();
  type(row.status).is<"draft" | "out">();
  type(row.colour).is<Colour>();
  type(row.level).is<Level | null>();
  type(row.point).is<{ x: number; y: number } | null>();
  row.moment = new Date();
  row.size = "s";

  const given = { whole: 1, price: "1.00", name: "x", day: "2001-01-01", moment: new Date(), length: 5 } as const;
  const rest = { bytes: new Uint8Array(), email: "a@example.com", slug: "x", colour: Colour.Red };
  await Everything.objects.create({ ...given, ...rest });
  const row2 = new Everything({ ...given, ...rest, id: 3, big: 5n, level: Level.Low, status: "out", data: null });
  await row2.update({ data: { theme: "dark", sizes: [1] }, any: [1, { deep: null }], flag: undefined });
}

export function lookups() {
  const rows = Everything.objects;
  rows.filter({ id: 1, pk__in: [1, 2], small__gt: 1, small: null, small__ne: null, small__isnull: true });
  rows.filter({ whole: 1, whole__in: [1, 2], whole__gt: 1.5, whole__abs__lte: 2, float__range: [0.5, 1] });
  rows.filter({ big: 5, big__gt: 5n, big__in: [1, 2n], big__abs: 3n, price__gte: "1.00", price__abs__lt: 10n });
  rows.filter({ flag: true, flag__ne: false, flag__in: [true], size: null, size__iexact: null, size__gt: "a" });
  rows.filter({ name__iexact: "x", name__contains: "x", name__iregex: "^x", name__length: 3, name__upper: "X" });
  rows.filter({ uuid: "x", uuid__in: new Set(["x"]), uuid__range: ["a", "b"] });
  rows.filter({ day: "2001-01-01", day__gte: "2001-01-01", day__week_day: 1, day__iso_year__in: [2001] });
  rows.filter({ at: null, at__hour__gte: 9, at__second: 1, at__range: ["10:00", "11:00"] });
  rows.filter({ moment__lt: new Date(), moment__date: "2001-01-01", moment__time__hour: 1, moment__iso_week_day: 7 });
  rows.filter({ moment__quarter: 1, moment__minute__lte: 1, moment__date__year: 2001, created__week: 3 });
  rows.filter({ length__gt: 1000, data__isnull: true });
  rows.filter({ bytes: new Uint8Array(), bytes__ne: new Uint8Array(), email__endswith: "x", url: null });
  rows.filter({ slug__startswith: "x", ip__trim: "x", status: "out", status__icontains: "o", colour: Colour.Red });
  rows.filter({ colour__in: [Colour.Red], level: null, level__gte: 1, level__in: [Level.Low] });
}
