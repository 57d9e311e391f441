import type { Results, WorkResult } from "../results.js";
import { ENGINE_TITLES } from "./tables.js";

/** Widths and heights in the picture's own units. */
const LABELS = 130;
const PLOT = 640;
const RIGHT = 60;
const BAR = 8;
const GAP = 9;
const TOP = 84;
const LEGEND_COLUMNS = 5;

/** Ratios left of 1 are faster than the bare driver. */
const MARKS = [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Ours stands out; neighbours differ in lightness, too, for those who see colours differently. */
const COLOURS: Readonly<Record<string, string>> = {
  "dunder-orm": "#d6336c",
  "raw-map": "#868e96",
  kysely: "#4dabf7",
  drizzle: "#2b8a3e",
  "drizzle-prepared": "#8ce99a",
  prisma: "#7950f2",
  typeorm: "#f08c00",
  "mikro-orm": "#0b7285",
  sequelize: "#ffd43b",
  objection: "#a0522d",
};

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #212529; }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 9px; fill: #495057; }
  .line { stroke: #ced4da; stroke-width: 1; }
  .one { stroke: #212529; stroke-width: 1.5; }
  .back { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e9ecef; }
    .small { fill: #adb5bd; }
    .line { stroke: #495057; }
    .one { stroke: #e9ecef; }
    .back { fill: #0d1117; }
  }`;

/** Bars of an engine's ratios to the bare driver, by work and contestant, on a logarithmic axis. */
export function chart(results: Results): string {
  const works = results.works.filter(({ concurrency }) => concurrency === 1);
  const names = Object.keys(COLOURS).filter((name) => works.some((work) => ratioOf(work, name) !== null));
  const scale = scaleFor(works.flatMap((work) => names.map((name) => ratioOf(work, name) ?? 1)));
  const legendRows = Math.ceil(names.length / LEGEND_COLUMNS);
  const top = TOP + legendRows * 18;
  const groups = works.map((work) => ({ work, names: names.filter((name) => ratioOf(work, name) !== null) }));
  const height = groups.reduce((sum, group) => sum + group.names.length * BAR + GAP, top) + 10;
  const width = LABELS + PLOT + RIGHT;
  const subtitle = `Ratio to the bare driver, shorter is faster. Node.js ${results.versions["node"]}, median of ${results.rounds} rounds.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${ENGINE_TITLES[results.engine]}: time a run, as ratio to the bare driver's</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="back" width="${width}" height="${height}" rx="6"/>`,
    `<text class="title" x="16" y="26">${ENGINE_TITLES[results.engine]}: time a run</text>`,
    `<text class="small" x="16" y="44">${subtitle}</text>`,
    ...names.map((name, at) => legend(name, at)),
    ...scale.marks.map((mark) => gridLine(mark, scale.at(mark), top, height)),
    ...bars(groups, scale, top),
    "</svg>\n",
  ].join("\n");
}

interface Group {
  readonly work: WorkResult;
  readonly names: readonly string[];
}

interface Scale {
  readonly marks: readonly number[];
  readonly least: number;
  at(ratio: number): number;
}

function ratioOf({ contestants }: WorkResult, name: string): number | null {
  return contestants.find((one) => one.name === name)?.wallRatio ?? null;
}

function scaleFor(ratios: readonly number[]): Scale {
  const least = MARKS.findLast((mark) => mark <= Math.min(...ratios)) ?? Math.min(...ratios);
  const most = MARKS.find((mark) => mark >= Math.max(2, ...ratios)) ?? Math.max(...ratios);
  const at = (ratio: number) => LABELS + (PLOT * Math.log(ratio / least)) / Math.log(most / least);
  return { marks: MARKS.filter((mark) => mark >= least && mark <= most), least, at };
}

function legend(name: string, at: number): string {
  const x = 16 + (at % LEGEND_COLUMNS) * 150;
  const y = 58 + Math.floor(at / LEGEND_COLUMNS) * 18;
  return `<rect x="${x}" y="${y}" width="10" height="10" rx="2" fill="${COLOURS[name]}"/><text x="${x + 15}" y="${y + 9}">${name}</text>`;
}

function gridLine(mark: number, x: number, top: number, height: number): string {
  const kind = mark === 1 ? "one" : "line";
  const at = x.toFixed(1);
  return (
    `<line class="${kind}" x1="${at}" x2="${at}" y1="${top - 12}" y2="${height - 8}"/>` +
    `<text class="small" text-anchor="middle" x="${at}" y="${top - 16}">${mark === 1 ? "driver" : `×${mark}`}</text>`
  );
}

function bars(groups: readonly Group[], scale: Scale, top: number): string[] {
  let y = top;
  return groups.flatMap(({ work, names }) => {
    const label = `<text text-anchor="end" x="${LABELS - 10}" y="${y + (names.length * BAR) / 2 + 4}">${work.work}</text>`;
    const drawn = names.map((name, at) => bar(name, ratioOf(work, name) ?? 1, y + at * BAR, scale));
    y += names.length * BAR + GAP;
    return [label, ...drawn];
  });
}

function bar(name: string, ratio: number, y: number, scale: Scale): string {
  const end = scale.at(ratio);
  const width = Math.max(1, end - LABELS).toFixed(1);
  const text = ratio.toFixed(ratio < 10 ? 2 : 1);
  return (
    `<rect x="${LABELS}" y="${y}" width="${width}" height="${BAR - 1.5}" fill="${COLOURS[name]}"/>` +
    `<text class="small" x="${(Math.max(end, LABELS + 1) + 4).toFixed(1)}" y="${y + BAR - 1.5}">${text}</text>`
  );
}
