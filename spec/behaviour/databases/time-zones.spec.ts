import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RootOperationNode } from "kysely";
import { literalNode, sqlNode } from "../../../lib/databases/nodes.js";
import { periods } from "../../../lib/databases/zone-transitions.js";
import { Server, servers } from "./server-kit.js";

const zones = [
  "UTC",
  "Etc/GMT+5",
  "Africa/Casablanca",
  "Africa/Monrovia",
  "Africa/Tunis",
  "America/New_York",
  "America/Santiago",
  "America/Sao_Paulo",
  "Antarctica/Troll",
  "Asia/Gaza",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Manila",
  "Asia/Tehran",
  "Australia/Lord_Howe",
  "Europe/Dublin",
  "Europe/Paris",
  "Pacific/Apia",
];

/** SQL of an instant, given as `2024-01-31 12:00:00.000`. */
const instantSql: Readonly<Record<string, (text: string) => string>> = {
  PostgreSQL: (text) => `timestamptz '${text}+00'`,
  "MySQL or MariaDB": (text) => `cast('${text}' as datetime(3))`,
};

const text = (time: number) => new Date(time).toISOString().slice(0, -1).replace("T", " ");
const instant = (iso: string) => Date.parse(`${iso}Z`);

/** Both sides of every place where a zone's rules may be told by other means. */
const seams = ["1970-01-01", "1970-01-02", "2038-01-01", "2038-01-18", "2038-01-19", "2087-01-01", "2101-01-01"]
  .map((day) => instant(`${day}T00:00:00`))
  .flatMap((time) => [time - 1, time, time + 1]);

/** Instants all over the years 1 to 9999, most of them where nothing happens. */
const spread = Array.from({ length: 80 }, (_, index) => {
  const [first, last] = [instant("0001-01-02T00:00:00"), instant("9999-12-30T23:59:59.999")];
  return Math.round(first + ((last - first) * index) / 79);
});

/** A second, and a millisecond, before the clocks of a zone change, and that instant. */
function changes(zone: string): number[] {
  const far = [
    [instant("1830-01-01T00:00:00"), instant("2110-01-01T00:00:00")],
    [instant("2399-01-01T00:00:00"), instant("2402-01-01T00:00:00")],
    [instant("9996-01-01T00:00:00"), instant("9999-12-30T00:00:00")],
  ] as const;
  return far
    .flatMap(([from, to]) => periods(zone, from, to).slice(1))
    .flatMap(({ start }) => [start - 1000, start - 1, start, start + 1000]);
}

/** What a clock on the wall shows, by `Intl`. */
function wallClock(zone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return (time) => {
    const [day = "", clock = ""] = format.format(time).split(" ");
    return `${day.padStart(10, "0")} ${clock}.${text(time).slice(-3)}`;
  };
}

const knows = (time: number) => time < instant("1970-01-01T00:00:00");

describe.each(servers)("Time zones of $name", ({ name, url, engine }) => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.open(engine, url);
  });
  afterAll(() => server.pool.close());

  async function local(zone: string, times: readonly number[]): Promise<string[]> {
    const { operations } = server.engine;
    const part = (of: "date" | "time") => operations.transform(of, literalNode("at"), "datetime", zone);
    const list = times.map((time, index) => `select ${index} as id, ${instantSql[name]?.(text(time))} as at`);
    const query = sqlNode`select ${part("date")}, ${part("time")} from (${literalNode(list.join(" union all "))}) as list order by id`;
    const compiler = server.engine.createCompiler();
    const { rows } = await server.run(compiler.compileQuery(query as RootOperationNode, { queryId: "zone" }).sql);
    return rows.map(([day, clock]) => `${String(day)} ${millisecondsOf(String(clock))}`);
  }

  it.each(zones)("%s is as Intl has it", async (zone) => {
    const times = [...seams, ...spread, ...changes(zone)];
    const found = await local(zone, times);
    const shown = wallClock(zone);
    const wrong = times.flatMap((time, index) => {
      const expected = shown(time);
      return found[index] === expected ? [] : [`${text(time)}: ${found[index]} instead of ${expected}`];
    });
    console.log(name, zone, times.length, wrong.length, wrong.slice(0, 6));
    expect(wrong).toEqual([]);
  });
});

/** A time with three decimals, however many it came with. */
function millisecondsOf(clock: string): string {
  const [whole, fraction = ""] = clock.split(".");
  return `${whole}.${fraction.padEnd(3, "0").slice(0, 3)}`;
}
