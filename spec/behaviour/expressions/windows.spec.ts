import { expect, it } from "vitest";
import {
  Avg,
  BoolAnd,
  Case,
  Count,
  CumeDist,
  DenseRank,
  Exists,
  F,
  FieldError,
  fields,
  FirstValue,
  JsonAgg,
  Lag,
  LastValue,
  Lead,
  manager,
  Max,
  Min,
  Model,
  NotSupportedError,
  NthValue,
  Ntile,
  OuterRef,
  PercentRank,
  Q,
  Rank,
  RowNumber,
  StdDev,
  StringAgg,
  Subquery,
  Sum,
  Value,
  Variance,
  When,
  Window,
} from "dunder-orm";
import { sql } from "kysely";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";
import { type Order, type OracleFrame, type OracleWindow, ranks, type Seat, seats } from "./window-oracle.js";

class Club extends Model("win_club", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  runs: () => fields.hasMany(Run, "club"),
}) {
  static objects = manager(this);
}

/** Kinds of values that engines and drivers tell in ways of their own. */
class Thing extends Model("win_thing", {
  id: fields.integer({ primaryKey: true }),
  data: fields.json<{ a: number[] }>({ null: true }),
  serial: fields.bigInteger(),
  ratio: fields.float(),
  code: fields.uuid(),
  day: fields.date({ null: true }),
  time: fields.time(),
  span: fields.duration(),
  bytes: fields.binary(),
  kind: fields.enumeration(["one", "two"]),
  point: fields.custom<{ x: number }>({
    sqlType: () => "varchar(50)",
    toDb: ({ x }) => String(x),
    fromDb: (text) => ({ x: Number(text) }),
  }),
}) {
  static objects = manager(this);
}

class Run extends Model("win_run", {
  id: fields.integer({ primaryKey: true }),
  club: () => fields.foreignKey(Club, { null: true, onDelete: "cascade" }),
  name: fields.string({ maxLength: 50 }),
  points: fields.integer(),
  score: fields.integer({ null: true }),
  price: fields.decimal({ precision: 20, scale: 2, null: true }),
  fair: fields.boolean({ default: true }),
  made: fields.datetime({ null: true }),
}) {
  static objects = manager(this);
}

interface Plain {
  id: number;
  club: number | null;
  name: string;
  points: number;
  score: number | null;
  price: string | null;
  fair: boolean;
  made: Date | null;
}

const at = (day: number) => new Date(Date.UTC(2024, 0, day, 12));
const row = (
  id: number,
  [club, name, points, score, price]: [number | null, string, number, number | null, string | null],
): Plain => ({ id, club, name, points, score, price, fair: id % 4 !== 0, made: id % 3 === 0 ? null : at(id) });

/** Ties, NULLs among what is ordered and parted by, decimals that sort unlike their text, a part of one row. */
const rows: Plain[] = [
  row(1, [1, "Ægir", 10, 5, "9.50"]),
  row(2, [1, "ärla", 10, 5, "10.25"]),
  row(3, [1, "Zoë", 12, null, "-3.00"]),
  row(4, [1, "日本", 15, 7, null]),
  row(5, [1, "emoji 🎈", 11, null, "9.50"]),
  row(6, [2, "b", 20, 1, "12345678901234567.89"]),
  row(7, [2, "B", 18, 1, "0.10"]),
  row(8, [2, "c", 20, 2, "0.20"]),
  row(9, [null, "x", 1, 3, "100.00"]),
  row(10, [null, "y", 1, 3, "20.00"]),
  row(11, [3, "alone", 7, 0, "1.00"]),
];

const byId = <T extends { id: number }>(list: readonly T[]) => [...list].sort((a, b) => a.id - b.id);
const sum = (list: readonly (number | null)[]): number | null => {
  const known = list.filter((item) => item !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
};
const cents = (text: string | null) => (text === null ? null : BigInt(text.replace(".", "")));
const decimal = (value: bigint) => {
  const digits = (value < 0n ? -value : value).toString().padStart(3, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};
const centsOf = (list: readonly Plain[]) => list.map(({ price }) => cents(price)).filter((item) => item !== null);
const least = (list: readonly bigint[], sign: 1n | -1n) =>
  list.length === 0 ? null : decimal(list.reduce((a, b) => (sign * a < sign * b ? a : b)));

/** The same window, as it is said and as the oracle takes it. */
const order = (name: "points" | "score", descending = false) => {
  const said = descending ? F(name).desc({ nulls: "last" }) : F(name).asc({ nulls: "last" });
  return [said, { of: (item: Plain) => item[name], descending, nulls: "last" } as Order<Plain>] as const;
};
const id: Order<Plain> = { of: (item) => item.id };
const club = (item: Plain) => item.club;

onEngines("windows", (engine) => {
  const holder = useDatabase(engine, [Club, Run, Thing]);
  const lacksGroups = engine.name === "mysql";

  it("makes the rows", async () => {
    await Club.objects.bulkCreate([1, 2, 3, 4].map((key) => ({ id: key, name: `Club ${key}` })));
    await Run.objects.bulkCreate(rows);
    expect(await Run.objects.count()).toBe(rows.length);
  });

  /** What each row is given, in the order of their keys. */
  async function asked(expression: object): Promise<unknown[]> {
    const found = await Run.objects.values("id", { x: expression as ReturnType<typeof F<"points">> }).all();
    return byId(found).map(({ x }) => x as unknown);
  }
  const told = <T>(window: OracleWindow<Plain>, answer: (seat: Seat<Plain>) => T): T[] =>
    seats(rows, window).map(answer);

  const orders = {
    "score, NULLs last": order("score"),
    "score descending": order("score", true),
    points: order("points"),
  };

  it.each(Object.keys(orders) as (keyof typeof orders)[])("ranks rows by %s, ties and NULLs alike", async (name) => {
    const [said, known] = orders[name];
    for (const parted of [true, false]) {
      const options = { orderBy: said, ...(parted && { partitionBy: "club" }) } as const;
      const window = { order: [known], ...(parted && { partition: club }) };
      expect(await asked(Window(Rank(), options))).toEqual(told(window, ranks.rank));
      expect(await asked(Window(DenseRank(), options))).toEqual(told(window, ranks.denseRank));
      expect(await asked(Window(PercentRank(), options))).toEqual(told(window, ranks.percentRank));
      expect(await asked(Window(CumeDist(), options))).toEqual(told(window, ranks.cumeDist));
      const total = { ...options, orderBy: [said, "id"] } as const;
      const totally = { ...window, order: [known, id] };
      expect(await asked(Window(RowNumber(), total))).toEqual(told(totally, ranks.rowNumber));
      for (const parts of [1, 2, 3, 20]) {
        expect(await asked(Window(Ntile(parts), total))).toEqual(told(totally, ranks.ntile(parts)));
      }
    }
  });

  it("Lag and Lead: the default stands for a row that is not there, not for its NULL", async () => {
    const options = { partitionBy: "club", orderBy: "id" } as const;
    const window = { partition: club, order: [id] };
    for (const far of [1, 2, 20]) {
      expect(await asked(Window(Lag("score", far, -1), options))).toEqual(
        told(window, ({ all, at: place }) => (place < far ? -1 : all[place - far]!.score)),
      );
      expect(await asked(Window(Lead("price", far, Value("7", "decimal")), options))).toEqual(
        told(window, ({ all, at: place }) => (place + far >= all.length ? "7.00" : all[place + far]!.price)),
      );
      expect(await asked(Window(Lead("score", far, F("points")), options))).toEqual(
        told(window, ({ all, at: place, row: own }) =>
          place + far >= all.length ? own.points : all[place + far]!.score,
        ),
      );
    }
    expect(await asked(Window(Lag("name"), options))).toEqual(
      told(window, ({ all, at: place }) => all[place - 1]?.name ?? null),
    );
    expect(await asked(Window(Lag("name", 1, Value("—")), options))).toEqual(
      told(window, ({ all, at: place }) => all[place - 1]?.name ?? "—"),
    );
    expect(await asked(Window(Lead("made", 1), options))).toEqual(
      told(window, ({ all, at: place }) => all[place + 1]?.made ?? null),
    );
    expect(await asked(Window(Lag("fair", 1, Value(false)), options))).toEqual(
      told(window, ({ all, at: place }) => all[place - 1]?.fair ?? false),
    );
  });

  it("gives values of every kind as columns hold them", async () => {
    const thing = (key: number) => ({
      ...{ id: key, data: key === 2 ? null : { a: [key, 0.5] }, serial: 2n ** 62n + BigInt(key), ratio: key / 3 },
      ...{ code: `0c7ae1b6-5a2e-4d3e-9d0c-00000000000${key}`, day: key === 1 ? null : `2024-02-0${key}` },
      ...{ time: `0${key}:30:00`, span: key * 1000, bytes: new Uint8Array([0, key]), kind: "two" as const },
      ...{ point: { x: key } },
    });
    const things = [1, 2, 3].map(thing);
    await Thing.objects.bulkCreate(things);
    const options = { orderBy: "id" } as const;
    for (const name of Object.keys(things[0]!) as (keyof (typeof things)[0])[]) {
      const row = Thing.objects.values("id", {
        first: Window(FirstValue(name), options),
        before: Window(Lag(name), options),
        last: Window(LastValue(name), { ...options, frame: { start: null, end: null } }),
      });
      const found = byId(await row.all()) as { first: unknown; before: unknown; last: unknown }[];
      expect(found.map(({ first }) => first)).toEqual([things[0]![name], things[0]![name], things[0]![name]]);
      expect(found.map(({ before }) => before)).toEqual([null, things[0]![name], things[1]![name]]);
      expect(found.map(({ last }) => last)).toEqual([things[2]![name], things[2]![name], things[2]![name]]);
    }
  });

  const frames: OracleFrame[] = [
    { type: "rows", start: null, end: null },
    { type: "rows", start: null, end: 0 },
    { type: "rows", start: -1, end: 1 },
    { type: "rows", start: -2, end: -1 },
    { type: "rows", start: 1, end: 2 },
    { type: "rows", start: 0, end: null },
    { type: "rows", start: -1, end: 1, exclude: "current row" },
    { type: "rows", start: null, end: 0, exclude: "ties" },
    { type: "range", start: null, end: 0 },
    { type: "range", start: 0, end: 0 },
    { type: "range", start: 0, end: null },
    { type: "range", start: null, end: null, exclude: "group" },
    { type: "groups", start: -1, end: 0 },
    { type: "groups", start: 1, end: 1 },
    { type: "groups", start: -1, end: 1, exclude: "current row" },
  ];

  it.each(frames.map((frame) => [JSON.stringify(frame), frame] as const))("sees the rows of %s", async (_, frame) => {
    const [said, known] = order("score");
    // Where places count rows are in one order; without ties it does not matter in which.
    const isOfRows = frame.type === "rows" && frame.exclude !== "ties";
    const options = { partitionBy: "club", orderBy: isOfRows ? [said, "id"] : [said], frame } as const;
    const window = { partition: club, order: isOfRows ? [known, id] : [known], frame };
    const total = asked(Window(Sum("points"), options));
    if (lacksGroups && (frame.type === "groups" || frame.exclude !== undefined)) {
      await expect(total).rejects.toThrow(NotSupportedError);
      await expect(total).rejects.toThrow(/(MySQL|MariaDB) has no/);
      return;
    }
    expect(await total).toEqual(told(window, (seat) => sum(seat.frame.map(({ points }) => points))));
    expect(await asked(Window(Count("score"), options))).toEqual(
      told(window, (seat) => seat.frame.filter(({ score }) => score !== null).length),
    );
    expect(await asked(Window(Sum("price"), options))).toEqual(
      told(window, ({ frame: seen }) => {
        const known = centsOf(seen);
        return known.length === 0 ? null : decimal(known.reduce((a, b) => a + b, 0n));
      }),
    );
    expect(await asked(Window(Max("price"), options))).toEqual(told(window, (seat) => least(centsOf(seat.frame), -1n)));
    expect(await asked(Window(Min("price"), options))).toEqual(told(window, (seat) => least(centsOf(seat.frame), 1n)));
    expect(await asked(Window(BoolAnd("fair"), options))).toEqual(
      told(window, ({ frame: seen }) => (seen.length === 0 ? null : seen.every(({ fair }) => fair))),
    );
    if (!isOfRows) return;
    expect(await asked(Window(FirstValue("name"), options))).toEqual(
      told(window, (seat) => seat.frame[0]?.name ?? null),
    );
    expect(await asked(Window(LastValue("price"), options))).toEqual(
      told(window, (seat) => seat.frame.at(-1)?.price ?? null),
    );
    expect(await asked(Window(NthValue("score", 2), options))).toEqual(
      told(window, (seat) => seat.frame[1]?.score ?? null),
    );
  });

  it("a range counts distances, forwards and backwards", async () => {
    for (const [start, end] of [
      [-2, 0],
      [0, 3],
      [-1, 1],
      [1, 3],
      [null, -2],
      [2, null],
    ] as const) {
      for (const descending of [false, true]) {
        const frame = { type: "range", start, end } as const;
        const known = { of: ({ points }: Plain) => points, descending };
        const options = { partitionBy: "club", orderBy: descending ? "-points" : "points", frame } as const;
        const window = { partition: club, order: [known], frame };
        expect(await asked(Window(Count("*"), options))).toEqual(told(window, (seat) => seat.frame.length));
      }
    }
    // Half a unit to either side, of what is no whole number.
    const halves = { orderBy: F("points").mul(Value(0.25)), frame: { type: "range", start: -0.5, end: 0.5 } } as const;
    expect(await asked(Window(Count("*"), halves))).toEqual(
      rows.map(({ points }) => rows.filter((other) => Math.abs(other.points - points) <= 2).length),
    );
  });

  it("a range of decimals is exact, or refused where the engine has none", async () => {
    const frame = { type: "range", start: -0.1, end: 0 } as const;
    const counted = asked(Window(Count("*", { filter: { price__isnull: false } }), { orderBy: "price", frame }));
    if (engine.name === "sqlite") {
      await expect(counted).rejects.toThrow(/SQLite has no decimals.*range.*Cast/s);
      return;
    }
    const expected = rows.map(({ price }) => {
      const [here] = [cents(price)];
      return centsOf(rows).filter((there) => here !== null && there <= here && there >= here - 10n).length;
    });
    expect(await counted).toEqual(expected);
  });

  it("orders and parts by decimals as numbers", async () => {
    const priced = Run.objects.exclude({ price: null });
    const ranked = await priced
      .annotate({ place: Window(Rank(), { orderBy: "-price" }) })
      .valuesList("id", "place")
      .all();
    const expected = rows
      .filter(({ price }) => price !== null)
      .map((one) => [
        one.id,
        1 + rows.filter(({ price }) => price !== null && cents(price)! > cents(one.price)!).length,
      ]);
    expect(ranked.sort(([a], [b]) => a - b)).toEqual(expected);
    const alike = await priced.values("id", { n: Window(Count("*"), { partitionBy: "price" }) }).all();
    expect(byId(alike).map(({ n }) => n)).toEqual([2, 1, 1, 2, 1, 1, 1, 1, 1, 1]);
  });

  it("every aggregate works over a window, with its filter and its default", async () => {
    const options = { partitionBy: "club", orderBy: "id", frame: { start: -1, end: 1 } } as const;
    const window = { partition: club, order: [id], frame: { type: "rows", start: -1, end: 1 } } as const;
    const scores = ({ frame }: Seat<Plain>) => frame.map(({ score }) => score).filter((score) => score !== null);
    const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    const spread = (list: number[]) => mean(list.map((item) => (item - mean(list)) ** 2));
    const close = (found: unknown[], expected: (number | null)[]) => {
      expect(found.map((x) => (x === null ? null : Number((x as number).toFixed(6))))).toEqual(
        expected.map((x) => (x === null ? null : Number(x.toFixed(6)))),
      );
    };
    const orNull = (work: (list: number[]) => number) => (seat: Seat<Plain>) =>
      scores(seat).length === 0 ? null : work(scores(seat));
    close(await asked(Window(Avg("score"), options)), told(window, orNull(mean)));
    close(await asked(Window(Variance("score"), options)), told(window, orNull(spread)));
    close(
      await asked(Window(StdDev("score"), options)),
      told(
        window,
        orNull((list) => Math.sqrt(spread(list))),
      ),
    );
    expect(await asked(Window(Sum("score", { default: 0, filter: Q({ points__lt: 15 }) }), options))).toEqual(
      told(window, ({ frame }) => sum(frame.map((item) => (item.points < 15 ? item.score : null))) ?? 0),
    );
    expect(await asked(Window(Count("*", { filter: { name__icontains: "Æ" } })))).toEqual(rows.map(() => 1));
    expect(await asked(Window(Max("made"), { orderBy: "id" }))).toEqual(
      told({ order: [id] }, ({ frame }) =>
        frame.map(({ made }) => made).reduce((a, b) => (b === null || a! > b ? a : b)),
      ),
    );
  });

  it("texts and JSON are put together in the window's order, where the engine can", async () => {
    const options = { partitionBy: "club", orderBy: "id" } as const;
    const texts = () => asked(Window(StringAgg("name", "/"), options));
    const lists = () => asked(Window(JsonAgg("score"), options));
    if (engine.name === "mysql") {
      await expect(texts()).rejects.toThrow(/(MySQL|MariaDB) cannot put together texts or JSON over a window/);
      await expect(lists()).rejects.toThrow(NotSupportedError);
      return;
    }
    const window = { partition: club, order: [id] };
    expect(await texts()).toEqual(told(window, ({ frame }) => frame.map(({ name }) => name).join("/")));
    expect(await lists()).toEqual(told(window, ({ frame }) => frame.map(({ score }) => score)));
  });

  it("without an order all rows are alike", async () => {
    expect(await asked(Window(Rank()))).toEqual(rows.map(() => 1));
    expect(await asked(Window(CumeDist(), { partitionBy: "club" }))).toEqual(rows.map(() => 1));
    expect(await asked(Window(Sum("points")))).toEqual(rows.map(() => sum(rows.map(({ points }) => points))));
    expect(new Set(await asked(Window(RowNumber())))).toEqual(new Set(rows.map((_, index) => index + 1)));
    expect((await asked(Window(Lag("id")))).filter((x) => x === null)).toHaveLength(1);
  });

  it("is part of other expressions, orders rows, and is an alias", async () => {
    const place = Window(RowNumber(), { orderBy: "-id" });
    const kind = Case(When({ place__lte: 2 }, Value("new")), { default: Value("old") });
    const named = Run.objects.alias({ place }).annotate({ kind, twice: F("place").mul(2) });
    const last = await named.orderBy("place").first();
    expect([last!.id, last!.kind, last!.twice, "place" in last!]).toEqual([11, "new", 2, false]);
    expect(await named.filter({ kind: "new" }).orderBy("id").valuesList("id", { flat: true }).all()).toEqual([10, 11]);
    const sorted = Run.objects.orderBy(Window(Rank(), { orderBy: "points" }).desc(), "id").limit(3);
    expect(await sorted.valuesList("id", { flat: true }).all()).toEqual([6, 8, 7]);
    expect((await sorted.all()).map((item) => item.id)).toEqual([6, 8, 7]);
    expect(await Run.objects.filter({ pk__in: sorted }).count()).toBe(3);
    expect((await Run.objects.orderBy(place).last())!.id).toBe(1);
  });

  const place = Window(Rank(), { partitionBy: "club", orderBy: F("score").desc({ nulls: "last" }) });
  const placed = () => Run.objects.annotate({ place });
  const placeOf = (list: readonly Plain[]) => {
    const known = seats(list, { partition: club, order: [order("score", true)[1]] });
    return new Map(known.map((seat) => [seat.row.id, ranks.rank(seat)]));
  };
  const ids = async (qs: { all(): Promise<{ id: number }[]> }) =>
    (await qs.all()).map((item) => item.id).sort((a, b) => a - b);
  const where = (test: (item: Plain, place: number) => boolean, among: readonly Plain[] = rows) => {
    const places = placeOf(among);
    return among.filter((item) => test(item, places.get(item.id)!)).map((item) => item.id);
  };

  it("filters by a window, over the rows of all other filters, in any order of calls", async () => {
    expect(await ids(placed().filter({ place: 1 }))).toEqual(where((_, n) => n === 1));
    const cheap = rows.filter(({ points }) => points < 15);
    expect(await ids(placed().filter({ place: 1 }).filter({ points__lt: 15 }))).toEqual(
      where((_, n) => n === 1, cheap),
    );
    expect(await ids(Run.objects.filter({ points__lt: 15 }).annotate({ place }).filter({ place: 1 }))).toEqual(
      where((_, n) => n === 1, cheap),
    );
    expect(await ids(placed().filter({ place: 1, points__lt: 15 }))).toEqual(where((_, n) => n === 1, cheap));
    expect(await ids(placed().filter(Q({ place: 1 }).and(Q({ points__lt: 15 }))))).toEqual(
      where((_, n) => n === 1, cheap),
    );
    expect(await ids(placed().exclude({ place__gt: 1 }))).toEqual(where((_, n) => n === 1));
    expect(await ids(placed().filter(Q({ place: 1 }).or(Q({ points: 18 })), Q({ points__gt: 5 })))).toEqual(
      where(
        (item, n) => n === 1 || item.points === 18,
        rows.filter(({ points }) => points > 5),
      ),
    );
    expect(await ids(placed().filter(Q({ place__in: [2, 3] }).xor(Q({ club: 1 }))))).toEqual(
      where((item, n) => (n === 2 || n === 3) !== (item.club === 1)),
    );
    expect(await ids(placed().exclude(Q({ place: 1 }).and(Q({ club__name: "Club 1" }))))).toEqual(
      where((item, n) => !(n === 1 && item.club === 1)),
    );
    expect(await ids(Run.objects.filter(place.lte(2)))).toEqual(where((_, n) => n <= 2));
    expect(await ids(placed().filter({ points: F("place").mul(10) }))).toEqual(
      where((item, n) => item.points === n * 10),
    );
    expect(await ids(placed().filter({ place__gt: F("score") }))).toEqual(
      where((item, n) => item.score !== null && n > item.score),
    );
    expect(
      await ids(
        placed()
          .filter({ place__range: [2, 3] })
          .filter({ place__ne: 3 }),
      ),
    ).toEqual(where((_, n) => n === 2));
    expect(await ids(placed().filter({ place__in: [] }))).toEqual([]);
    expect(await ids(placed().filter({ place: 1 }).none())).toEqual([]);
  });

  it("keeps rows whose window is NULL out of a filter, and in an exclude", async () => {
    const before = Run.objects.annotate({ before: Window(Lag("score"), { partitionBy: "club", orderBy: "id" }) });
    const known = seats(rows, { partition: club, order: [id] }).map(({ row: own, all, at: seat }) => ({
      id: own.id,
      before: all[seat - 1]?.score ?? null,
    }));
    const pick = (test: (x: number | null) => boolean) =>
      known.filter((item) => test(item.before)).map((item) => item.id);
    expect(await ids(before.filter({ before__gt: 1 }))).toEqual(pick((x) => x !== null && x > 1));
    expect(await ids(before.exclude({ before__gt: 1 }))).toEqual(pick((x) => x === null || x <= 1));
    expect(await ids(before.filter({ before: null }))).toEqual(pick((x) => x === null));
    expect(await ids(before.filter({ before__ne: 5 }))).toEqual(pick((x) => x !== 5));
  });

  it("gives whole rows, related ones, values, counts, slices and streams of what it filters", async () => {
    const first = placed().filter({ place: 1 });
    const expected = where((_, n) => n === 1);
    expect(await first.count()).toBe(expected.length);
    expect(await first.exists()).toBe(true);
    expect(await first.filter({ points: 1000 }).exists()).toBe(false);
    const joined = await first.selectRelated("club").orderBy("-club__name", "id").all();
    expect(joined.filter((item) => item.club !== null).map((item) => [item.id, item.club!.name, item.place])).toEqual([
      [11, "Club 3", 1],
      [8, "Club 2", 1],
      [4, "Club 1", 1],
    ]);
    expect(joined[0]!.made).toEqual(rows.find((item) => item.id === joined[0]!.id)!.made);
    expect(await first.orderBy("-id").valuesList("id", "price", "place").slice(1, 3).all()).toEqual([
      [10, "20.00", 1],
      [9, "100.00", 1],
    ]);
    expect(await first.orderBy("place", "-points").values("club__name", "points").first()).toEqual({
      club__name: "Club 2",
      points: 20,
    });
    expect(await first.values("place").distinct().all()).toEqual([{ place: 1 }]);
    expect(await first.values("place").distinct().count()).toBe(1);
    expect(await first.distinct().orderBy("club__name", "id").count()).toBe(expected.length);
    expect((await first.orderBy("points", "-id").last())!.id).toBe(8);
    expect((await first.get({ club: 2 })).id).toBe(8);
    await expect(first.get()).rejects.toThrow(Run.MultipleObjectsReturned);
    const streamed: number[] = [];
    for await (const item of first.orderBy("id").iterator({ chunkSize: 2 })) streamed.push(item.id);
    expect(streamed).toEqual(expected);
    expect(await first.orderBy("-price", "id").offset(1).limit(2).count()).toBe(2);
    expect(await first.contains(await Run.objects.get({ id: 4 }))).toBe(true);
    expect(await first.contains(await Run.objects.get({ id: 1 }))).toBe(false);
    const built = await first
      .orderBy("id")
      .toKysely()
      .where(sql`c1`, ">", 5)
      .execute();
    expect(built.map((item) => (item as { id: number }).id)).toEqual(expected.filter((key) => key > 5));
  });

  it("filters what other queries are about: in, subqueries, totals", async () => {
    const first = placed().filter({ place: 1 });
    const expected = where((_, n) => n === 1);
    expect(await ids(Run.objects.filter({ pk__in: first }))).toEqual(expected);
    expect(await ids(Run.objects.exclude({ pk__in: first }))).toEqual(where((_, n) => n !== 1));
    expect(await ids(Club.objects.filter({ runs__in: first }))).toEqual([1, 2, 3]);
    expect(await ids(Club.objects.filter({ id__in: first.filter({ points__gt: 10 }).values("club") }))).toEqual([1, 2]);
    const top = first.orderBy("-points").values("name").limit(1);
    expect(
      await Club.objects
        .filter({ id: 1 })
        .annotate({ top: Subquery(top) })
        .values("top")
        .all(),
    ).toEqual([{ top: "c" }]);
    const found = rows.filter((item) => expected.includes(item.id));
    expect(await first.aggregate({ n: Count("*"), points: Sum("points"), price: Max("price") })).toEqual({
      n: found.length,
      points: sum(found.map(({ points }) => points)),
      price: least(centsOf(found), -1n),
    });
    expect(
      await placed()
        .filter({ place: 99 })
        .aggregate({ n: Count("*"), most: Max("points") }),
    ).toEqual({ n: 0, most: null });
  });

  it("filters a query that names columns of the one around it, where the engine can", async () => {
    // Beside the window it stands within what is filtered; compared with it, as below, outside.
    const theirs = placed()
      .filter({ club: OuterRef("pk"), place: 1 })
      .orderBy("-id");
    const with1 = Club.objects.filter(Exists(theirs)).orderBy("id");
    const named = Club.objects.annotate({ top: Subquery(theirs.values("name").limit(1)) }).orderBy("id");
    if (engine.label === "MariaDB") {
      await expect(with1.count()).rejects.toThrow(NotSupportedError);
      await expect(named.all()).rejects.toThrow(
        /MariaDB cannot name a column of the query around, as OuterRef\("pk"\)/,
      );
      return;
    }
    expect(await ids(with1)).toEqual([1, 2, 3]);
    expect((await named.all()).map((item) => item.top)).toEqual(["日本", "c", "alone", null]);
  });

  it("compares a window with a column of the query around on every engine", async () => {
    const numbered = Run.objects.annotate({ n: Window(RowNumber(), { orderBy: "id" }) });
    const same = numbered.filter({ n: OuterRef("pk") }).values("name");
    const clubs = await Club.objects
      .annotate({ run: Subquery(same) })
      .orderBy("id")
      .valuesList("run", { flat: true })
      .all();
    expect(clubs).toEqual(rows.slice(0, 4).map(({ name }) => name));
  });

  it("windows over groups see the groups", async () => {
    const grouped = Run.objects.values("club").annotate({ n: Count("*") });
    const ranked = grouped.annotate({
      r: Window(Rank(), { orderBy: "-n" }),
      all: Window(Sum("n")),
      most: Window(Max(Sum("points"))),
    });
    expect(await ranked.orderBy("r", F("club").asc({ nulls: "last" })).all()).toEqual([
      { club: 1, n: 5, r: 1, all: 11, most: 58 },
      { club: 2, n: 3, r: 2, all: 11, most: 58 },
      { club: null, n: 2, r: 3, all: 11, most: 58 },
      { club: 3, n: 1, r: 4, all: 11, most: 58 },
    ]);
    const fewer = ranked.filter({ r__lte: 2, n__lt: 5 }).orderBy("r");
    expect(await fewer.values("club", "n", "r").all()).toEqual([
      { club: 2, n: 3, r: 1 },
      { club: null, n: 2, r: 2 },
    ]);
    expect(await ranked.filter({ r: 1 }).count()).toBe(1);
    expect(
      await ranked
        .filter(Q({ r: 1 }).or(Q({ n: 1 })))
        .orderBy("n")
        .valuesList("n", { flat: true })
        .all(),
    ).toEqual([1, 5]);
    expect(await ranked.exclude({ r: 1 }).exists()).toBe(true);
  });

  it("rows joined by a filter come to a window once", async () => {
    const numbered = Club.objects.filter({ runs__points__gt: 0 }).annotate({ n: Window(Count("*")) });
    expect((await numbered.orderBy("id").all()).map((item) => [item.id, item.n])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    const busy = Club.objects.annotate({ many: Count("runs") }).annotate({ r: Window(Rank(), { orderBy: "-many" }) });
    expect(await busy.filter({ r__lte: 2 }).orderBy("r").valuesList("id", "many", "r").all()).toEqual([
      [1, 5, 1],
      [2, 3, 2],
    ]);
    const either = busy.filter(Q({ r: 1 }).or(Q({ runs__points: 20, runs__name: "b" })));
    expect(await ids(either)).toEqual([1, 2]);
    expect(await ids(busy.filter({ r__lte: 3, runs__points: 20, runs__name: "c" }))).toEqual([2]);
    const counted = Club.objects.annotate({ r: Window(RowNumber(), { orderBy: "id" }) });
    const after = counted.filter({ r__lte: 3, runs__points__gt: 11 }).annotate({ n: Count("runs") });
    expect(await after.orderBy("id").valuesList("id", "n").all()).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  it("updates and deletes rows by what a window says of them", async () => {
    const db = holder.db;
    await expect(
      db.atomic(async () => {
        expect(await placed().filter({ place: 1, club: 1 }).update({ points: 99 })).toBe(1);
        expect(await Run.objects.filter({ points: 99 }).valuesList("id", { flat: true }).all()).toEqual([4]);
        const last = Run.objects.annotate({ n: Window(RowNumber(), { partitionBy: "club", orderBy: "id" }) });
        expect(await last.filter({ n__gt: 1 }).delete()).toMatchObject({ total: 7 });
        expect(await ids(Run.objects)).toEqual([1, 6, 9, 11]);
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    expect(await Run.objects.count()).toBe(rows.length);
  });

  it("one plan serves all values of a filter on a window", async () => {
    const before = holder.db.stats.plans.compiled;
    for (const n of [1, 2, 3]) await placed().filter({ place__lte: n, points__gt: n }).orderBy("id").all();
    expect(holder.db.stats.plans.compiled - before).toBe(without.has("plans") ? 3 : 1);
    const found = [];
    for (const n of [1, 2]) found.push(await asked(Window(Ntile(n), { orderBy: "id" })));
    expect(found[0]).not.toEqual(found[1]);
  });

  it("says what is wrong, and where", async () => {
    const refused = (work: () => unknown, message: RegExp) => {
      expect(work).toThrow(FieldError);
      expect(work).toThrow(message);
    };
    const as = (expression: unknown) => Run.objects.annotate({ x: expression as typeof place });
    refused(() => as(Rank()), /annotate\({ x }\): Rank needs a window: Window\(Rank\(…\)/);
    refused(() => Run.objects.filter(Rank() as unknown as object), /Rank needs a window/);
    refused(() => as(Window(Ntile(0))), /Ntile: parts: expected a whole number from 1 upwards, got number 0/);
    refused(() => as(Window(NthValue("id", 1.5))), /NthValue: n: expected a whole number/);
    refused(() => as(Window(Lag("id", -1))), /Lag: rows: expected a whole number/);
    refused(() => as(Window(Lag("id", 1, Value("x")))), /Lag: its arguments must all be of one kind/);
    refused(() => as(Window(Rank(), { frame: { start: 0 } })), /Rank looks at the whole partition, and takes no frame/);
    refused(() => as(Window(Count("score", { distinct: true }))), /Count over a window takes no distinct/);
    refused(() => as(Window(StringAgg("name", ",", { orderBy: "id" }))), /in the order of the window: no orderBy/);
    refused(() => as(Window(F("id"))), /Window\(…\) takes a function such as Rank\(\), or an aggregate/);
    refused(() => Window("id" as never), /Window\(…\) takes a function/);
    refused(() => as(Window(Sum(place))), /sum of a window/);
    refused(() => as(Window(Rank(), { orderBy: place })), /cannot look at what another window gives/);
    refused(() => as(Window(Rank(), { orderBy: "nmae" as "name" })), /no field "nmae".*Did you mean "name"/);
    refused(() => as(Window(Rank(), { partitionBy: { id: 1 } as never })), /partitionBy.*expected the path/);
    refused(
      () => as(Window(Rank(), { orderBy: [undefined] as never })),
      /expected a path or an expression to order by/,
    );
    refused(() => Window(Rank(), { order: "id" } as never), /no option "order". Did you mean "orderBy"/);
    refused(() => Window(Rank(), "id" as never), /expected { partitionBy, orderBy, frame }/);
    const frame = (given: unknown) => () => Window(Sum("points"), { orderBy: "id", frame: given as object });
    refused(frame({ type: "rows; drop table" }), /type is one of rows, range, groups, got string/);
    refused(frame({ start: "1 preceding" }), /start is a whole number/);
    refused(frame({ start: 0.5 }), /start is a whole number/);
    refused(frame({ end: Number.NaN }), /end is a whole number/);
    refused(frame({ start: 2, end: 1 }), /starts at 2, after its end at 1/);
    refused(frame({ exclude: "no others" }), /exclude is one of current row, group, ties/);
    refused(frame({ from: 1 }), /no option "from"/);
    refused(frame(null), /expected { type, start, end, exclude }/);
    const range = { type: "range", start: -1 } as const;
    refused(
      () => as(Window(Sum("points"), { orderBy: "name", frame: range })),
      /needs orderBy to name a number, got text/,
    );
    refused(
      () => as(Window(Sum("points"), { orderBy: ["id", "points"], frame: range })),
      /needs orderBy to name one number/,
    );
    refused(
      () => as(Window(Sum("points"), { orderBy: "id", frame: { ...range, start: -0.5 } })),
      /begins and ends at whole/,
    );
    refused(() => as(Window(Sum("points"), { frame: { type: "groups" } })), /a frame of groups needs orderBy/);
    refused(() => Club.objects.annotate({ x: Window(Sum("runs__points")) }), /annotate an aggregate of these/);
    refused(
      () => Club.objects.annotate({ x: Window(Count("*", { filter: { runs__id: 1 } })) }),
      /annotate an aggregate/,
    );
    refused(
      () =>
        placed()
          .values("club")
          .annotate({ n: Count("*", { filter: { place: 1 } }) }),
      /its filter cannot ask/,
    );
    refused(() => Run.objects.values("club", { place }).annotate({ n: Count("*") }), /would group rows by "place"/);
    await expect(placed().aggregate({ x: Max("place") })).rejects.toThrow(/max of a window/);
    await expect(Run.objects.aggregate({ x: Count("*").add(Window(Rank())) })).rejects.toThrow(
      /cannot look at a window/,
    );
    await expect(
      placed()
        .filter({ id: 1 })
        .update({ points: F("place") }),
    ).rejects.toThrow(/update\({ points }\).*over a window cannot be set/);
    const groups = Run.objects.values("club").annotate({ n: Count("*") });
    await expect(groups.annotate({ r: Window(Rank(), { orderBy: "points" }) }).all()).rejects.toThrow(
      /a window over groups sees what they are grouped by and aggregates, not the "points"/,
    );
    const many = Club.objects.annotate({ n: Window(RowNumber(), { orderBy: "id" }) });
    await expect(many.filter({ runs__id: F("n") }).all()).rejects.toThrow(/with many related rows/);
  });
});
