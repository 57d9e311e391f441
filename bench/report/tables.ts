import type { Streamed } from "../protocol.js";
import type { Growth, Result, Results, WorkResult } from "../results.js";
import type { EngineName } from "../works.js";

export const ENGINE_TITLES: Readonly<Record<EngineName, string>> = {
  sqlite: "SQLite",
  postgres: "PostgreSQL",
  mysql: "MariaDB",
};

/** With what it was measured: ratios mean little without. */
export function heading(engine: EngineName, versions: Readonly<Record<string, string>>): string {
  const { server, node, ...packages } = versions;
  const others = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return `${ENGINE_TITLES[engine]} ${server}, with Node.js ${node}, ${others.join(", ")}`;
}

/** A table in Markdown, its columns after the first to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** On the screen, while it runs: a row as soon as it is known. */
export function liveHeader(concurrency: number, names: readonly string[]): string {
  const [first, ...others] = names;
  const about = `${concurrency} in flight; ${first} in µs a run, others as ratios to it, in () of processor time`;
  return `\n${about}; allocated a run\n\n${table(["work", first ?? "", ...others], [])}`;
}

/** Of what a work was not asked, there is nothing. */
export function liveRow({ work, contestants }: WorkResult, names: readonly string[]): string {
  const cells = names.map((one) => {
    const found = contestants.find(({ name }) => name === one);
    if (found === undefined) return "-";
    const { wall, cpu, wallRatio, cpuRatio, bytes } = found;
    const time =
      found === contestants[0] ? `${micro(wall)} (${micro(cpu)})` : `${ratio(wallRatio)} (${ratio(cpuRatio)})`;
    return `${time}, ${size(bytes)}`;
  });
  return `| ${[work, ...cells].join(" | ")} |`;
}

/** All tables of an engine, for docs/performance.md. */
export function report(results: Results): string {
  const { works, streams, growth } = results;
  const alone = works.filter(({ concurrency }) => concurrency === 1);
  const together = works.filter(({ concurrency }) => concurrency !== 1);
  const parts = [
    `${heading(results.engine, results.versions)}; ${results.cpu}; median of ${results.rounds} rounds.`,
    "Time as ratio to the bare driver's, one run at a time:",
    byContestant(
      alone,
      micro,
      ({ wall }) => wall,
      ({ wallRatio }) => ratio(wallRatio),
    ),
    "Processor time of the client, likewise:",
    byContestant(
      alone,
      micro,
      ({ cpu }) => cpu,
      ({ cpuRatio }) => ratio(cpuRatio),
    ),
    "Allocated a run:",
    byContestant(
      alone,
      size,
      ({ bytes }) => bytes,
      ({ bytes }) => size(bytes),
    ),
  ];
  for (const inFlight of new Set(together.map(({ concurrency }) => concurrency))) {
    const some = together.filter(({ concurrency }) => concurrency === inFlight);
    parts.push(`${inFlight} runs in flight, runs a second (the client's processor time a run, µs):`, throughput(some));
  }
  parts.push(...retained(alone));
  if (streams) parts.push("A million rows streamed; heap beyond what was in use before:", streamTable(streams));
  if (growth) parts.push(growthTables(growth));
  return parts.join("\n\n");
}

const namesOf = (works: readonly WorkResult[]): string[] => [
  ...new Set(works.flatMap(({ contestants }) => contestants.map(({ name }) => name))),
];

/** The driver's own figure, and the others' beside it. */
function byContestant(
  works: readonly WorkResult[],
  unit: (value: number) => string,
  drivers: (result: Result) => number,
  cell: (result: Result) => string,
): string {
  const [first = "driver", ...names] = namesOf(works);
  const label = unit === micro ? `${first}, µs` : first;
  const rows = works.map(({ work, contestants: [driver, ...others] }) => [
    work,
    driver ? unit(drivers(driver)) : "-",
    ...names.map((name) => cellOf(others, name, cell)),
  ]);
  return table(["work", label, ...names], rows);
}

function throughput(works: readonly WorkResult[]): string {
  const names = namesOf(works);
  const cell = ({ wall, cpu }: Result) => `${Math.round(1e6 / wall).toLocaleString("en")} (${micro(cpu)})`;
  return table(
    ["work", ...names],
    works.map(({ work, contestants }) => [work, ...names.map((name) => cellOf(contestants, name, cell))]),
  );
}

function cellOf(results: readonly Result[], name: string, cell: (result: Result) => string): string {
  const found = results.find((result) => result.name === name);
  return found ? cell(found) : "-";
}

function retained(works: readonly WorkResult[]): string[] {
  return works.flatMap(({ work, contestants }) => {
    const found = contestants.filter((one) => one.retained !== undefined);
    if (found.length === 0) return [];
    const cells = found.map((one) => String(Math.round(one.retained ?? 0)));
    return [
      `Kept by each row of ${work}, bytes:`,
      table(["", ...found.map(({ name }) => name)], [["a row", ...cells]]),
    ];
  });
}

export function streamTable(streams: Readonly<Record<string, Streamed | null>>): string {
  const rows = Object.entries(streams).map(([name, found]) =>
    found ? streamCells(name, found) : [name, "-", "-", "-", "-"],
  );
  return table(["contestant", "µs a row", "not collectable", "peak, with garbage", "the whole process"], rows);
}

function streamCells(name: string, { microsecondsPerRow, held, peak, resident }: Streamed): string[] {
  return [name, micro(microsecondsPerRow), size(held), size(peak), size(resident)];
}

export function growthTables({ shapes, lists }: Growth): string {
  const lengths = Object.keys(lists[0]?.perRow ?? {});
  const perRow = lists.map((list) => [list.name, ...Object.values(list.perRow).map((time) => time.toFixed(2))]);
  const costs = shapes.map(({ seen, first, again, same, heap }) => {
    return [seen.toLocaleString("en"), micro(first), micro(again), micro(same), size(heap)];
  });
  return [
    "Lists, µs a row by the list's length:",
    table(["contestant", ...lengths], perRow),
    "dunder-orm by distinct shapes of queries seen, µs a run:",
    table(["shapes seen", "a shape's first run", "the last 100 again", "get by key", "heap"], costs),
  ].join("\n\n");
}

const micro = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

const ratio = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

function size(bytes: number): string {
  if (bytes < 10_000) return `${Math.round(bytes)} B`;
  return bytes < 10_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
