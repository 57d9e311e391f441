import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { literalNode, sqlNode } from "../../../lib/databases/nodes.js";
import { periods } from "../../../lib/databases/zone-transitions.js";
import { run, Server, servers } from "./server-kit.js";

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

/**
 * PostgreSQL 18's own tables leave out the winter time that Gaza is to keep during Ramadan in these summers. From
 * 2026c on tables have it that Morocco gives up its clock changes: Node's, or PGlite's, may know of it when the others do not.
 */
const isDisputed = ({ name, url }: { name: string; url: string }, zone: string, time: number) =>
  (name === "PostgreSQL" && zone === "Asia/Gaza" && time > GAZA.from && time < GAZA.to) ||
  ((url.startsWith("pglite:") || (process.versions["tz"] ?? "") >= "2026c") &&
    zone === "Africa/Casablanca" &&
    time >= MOROCCO);

const text = (time: number) => new Date(time).toISOString().slice(0, -1).replace("T", " ");
const instant = (iso: string) => Date.parse(`${iso}Z`);

const MOROCCO = instant("2026-09-20T00:00:00");
const GAZA = { from: instant("2073-01-01T00:00:00"), to: instant("2087-01-01T00:00:00") };

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
    const { rows } = await server.run(compiler.compileQuery(query, { queryId: "zone" }).sql);
    return rows.map(([day, clock]) => `${String(day)} ${millisecondsOf(String(clock))}`);
  }

  it.each(zones)("%s is as Intl has it", async (zone) => {
    const times = [...seams, ...spread, ...changes(zone)].filter((time) => !isDisputed({ name, url }, zone, time));
    const found = await local(zone, times);
    const shown = wallClock(zone);
    const wrong = times.flatMap((time, index) => {
      const expected = shown(time);
      return found[index] === expected ? [] : [`${text(time)}: ${found[index]} instead of ${expected}`];
    });
    expect(wrong).toEqual([]);
  });
});

const mysqls = servers.filter(({ name }) => name !== "PostgreSQL");

describe.each(mysqls)("The ends of time on $name", ({ url, engine }) => {
  it("are no errors, and NULL where a zone is in a year that the server lacks", async () => {
    const server = await Server.open(engine, url);
    const ends = ["0001-01-01 00:00:00", "0001-01-01 04:56:02", "9999-12-31 22:59:59.999", "9999-12-31 23:59:59.999"];
    const { operations } = server.engine;
    const hour = (zone: string) => operations.transform("hour", literalNode("at"), "datetime", zone);
    const compiler = server.engine.createCompiler();
    const update = sqlNode`update ends set paris = ${hour("Europe/Paris")}, york = ${hour("America/New_York")}, plus14 = ${hour("Etc/GMT-14")}, minus12 = ${hour("Etc/GMT+12")}`;
    const { sql } = compiler.compileQuery(update, { queryId: "ends" });
    const rows = await server.use(async (connection) => {
      await run(
        connection,
        "create temporary table ends (at datetime(3), paris int, york int, plus14 int, minus12 int)",
      );
      await run(connection, `insert into ends (at) values ${ends.map((end) => `('${end}')`).join(", ")}`);
      await run(connection, sql);
      return (await run(connection, "select paris, york, plus14, minus12 from ends order by at")).rows;
    });
    await server.pool.close();
    expect(rows).toEqual([
      [0, null, 14, null],
      [5, 0, 18, null],
      [23, 17, null, 10],
      [null, 18, null, 11],
    ]);
  });
});

/** A time with three decimals, however many it came with. */
function millisecondsOf(clock: string): string {
  const [whole, fraction = ""] = clock.split(".");
  return `${whole}.${fraction.padEnd(3, "0").slice(0, 3)}`;
}
