import type { OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import { future, periods, type Future, type Period, type YearlyRule } from "../zone-transitions.js";
import { quoteText } from "./schema.js";

/** Before the first change of any zone's clocks. */
const EARLIEST = Date.UTC(1830, 0, 1);
/** `CONVERT_TZ` leaves instants in UTC where a TIMESTAMP of 32 bits ends; a day less on either side is safe. */
const KNOWN_FROM = "1970-01-02";
const KNOWN_TO = "2038-01-18";
const FUTURE = 2038;
/** What TO_SECONDS says of 1970-01-01. */
const UNIX_EPOCH = 62_167_219_200;

interface Zone {
  /** Seconds ahead of UTC, when they are always the same. */
  readonly fixed: number | null;
  readonly past: readonly Period[];
  readonly future: Future;
}

const zones = new Map<string, Zone>();

/**
 * A UTC datetime as the wall clock of an IANA zone shows it. The server's own tables serve from 1970 to 2038; what
 * clocks showed before, and will show, is written out, since not every server's tables go that far. Without such tables
 * it is NULL in between, which `Engine.checkTimeZone` finds out. It is NULL, too, outside the years 1 to 9999 of the
 * zone: east of Greenwich in the last hours of the year 9999, west of it in the first of the year 1.
 *
 * @example
 * ```sql
 * CASE WHEN `at` < '1970-01-02' THEN TIMESTAMPADD(SECOND, …, `at`)
 * WHEN `at` < '2038-01-18' THEN CONVERT_TZ(`at`, '+00:00', 'Africa/Monrovia') ELSE `at` END
 * ```
 */
export function inZone(node: OperationNode, timeZone: string): OperationNode {
  const { fixed, past, future } = zoneOf(timeZone);
  if (fixed !== null) return shifted(fixed < 0 ? sinceYear1(node, fixed) : untilYear9999(node, fixed), `${fixed}`);
  const { exceptions, ruledFrom, rule } = future;
  const earliest = sinceYear1(node, past[0]?.offset ?? 0);
  const latest = untilYear9999(node, rule.offsets.at(-1) ?? 0);
  const converted = sqlNode`CONVERT_TZ(${node}, '+00:00', ${literalNode(quoteText(timeZone))})`;
  const branches = [
    until(node, KNOWN_FROM, shifted(earliest, ofPeriods(node, past))),
    until(node, KNOWN_TO, converted),
  ];
  if (exceptions.length > 0) {
    branches.push(until(node, `${ruledFrom}-01-01`, shifted(node, ofPeriods(node, exceptions))));
  }
  return sqlNode`CASE ${joinedNode(branches, " ")} ELSE ${shifted(latest, ofRule(node, rule))} END`;
}

export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const past = periods(name, EARLIEST, Date.parse(KNOWN_FROM));
  const ahead = future(name, FUTURE);
  const zone = { fixed: fixedOffset(name, past, ahead), past, future: ahead };
  zones.set(name, zone);
  return zone;
}

/** The offset of a zone that never had another one. */
function fixedOffset(name: string, past: readonly Period[], { exceptions, rule }: Future): number | null {
  if (past.length + exceptions.length + rule.starts.length > 1 || past[0]?.offset !== rule.offsets[0]) return null;
  return periods(name, Date.parse(KNOWN_FROM), Date.parse(KNOWN_TO)).length > 1 ? null : (rule.offsets[0] ?? null);
}

export function until(node: OperationNode, day: string, result: OperationNode): OperationNode {
  return sqlNode`WHEN ${node} < ${literalNode(quoteText(day))} THEN ${result}`;
}

export function shifted(node: OperationNode, seconds: OperationNode | string): OperationNode {
  if (seconds === "0") return node;
  return sqlNode`TIMESTAMPADD(SECOND, ${typeof seconds === "string" ? literalNode(seconds) : seconds}, ${node})`;
}

/** A local time outside the years 1 to 9999 is an error in an UPDATE, so it is made NULL. */
function sinceYear1(node: OperationNode, offset: number): OperationNode {
  if (offset >= 0) return node;
  return sqlNode`IF(${node} >= ${instant(Date.parse("0001-01-01") - offset * 1000)}, ${node}, NULL)`;
}

/** See `sinceYear1`. */
function untilYear9999(node: OperationNode, offset: number): OperationNode {
  if (offset <= 0) return node;
  return sqlNode`IF(${node} < ${instant(Date.UTC(10_000, 0, 1) - offset * 1000)}, ${node}, NULL)`;
}

function instant(time: number): OperationNode {
  return literalNode(quoteText(new Date(time).toISOString().slice(0, 19).replace("T", " ")));
}

export function ofPeriods(node: OperationNode, list: readonly Period[]): OperationNode | string {
  return stepped(
    sqlNode`TO_SECONDS(${node})`,
    list.slice(1).map(({ start }) => literalNode(`${start / 1000 + UNIX_EPOCH}`)),
    list.map(({ offset }) => offset),
  );
}

export function ofRule(node: OperationNode, { offsets, starts }: YearlyRule): OperationNode | string {
  const newYear = sqlNode`MAKEDATE(YEAR(${node}), 1)`;
  // Only in leap years the 60th day is one of February's.
  const kind = sqlNode`DAYOFWEEK(${newYear}) + 7 * (MONTH(MAKEDATE(YEAR(${node}), 60)) = 2)`;
  return stepped(
    sqlNode`TO_SECONDS(${node}) - TO_SECONDS(${newYear})`,
    starts.map((byKind) => sqlNode`ELT(${kind}, ${literalNode(byKind.join(", "))})`),
    offsets,
  );
}

/** The first of the offsets below the first bound, and so on: INTERVAL searches a long list of constants by halves. */
function stepped(
  position: OperationNode,
  bounds: readonly OperationNode[],
  offsets: readonly number[],
): OperationNode | string {
  if (bounds.length === 0) return `${offsets[0]}`;
  const index = sqlNode`INTERVAL(${position}, ${joinedNode(bounds, ", ")}) + 1`;
  return sqlNode`CAST(ELT(${index}, ${literalNode(offsets.join(", "))}) AS SIGNED)`;
}
