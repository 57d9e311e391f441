import type { OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import { type Period, periods, type YearlyRule } from "../zone-transitions.js";
import { quoteText } from "./schema.js";
import { ofPeriods, ofRule, shifted, until, zoneOf } from "./time-zones.js";

/** `CONVERT_TZ` knows these years, less a day on either side, and another for what clocks are from UTC. */
const KNOWN_FROM = "1970-01-03";
const KNOWN_TO = "2038-01-17";
const DAY = 86_400_000;

/**
 * The instant at which clocks of an IANA zone show a time: the inverse of `inZone`, in the same three parts. A time that
 * clocks skip is taken by their offset before; a midnight that they show twice, as those of the Azores do each year, is
 * the second one, while `CONVERT_TZ` would take the first.
 */
export function fromZone(local: OperationNode, timeZone: string): OperationNode {
  const { fixed, past, future } = zoneOf(timeZone);
  if (fixed !== null) return shifted(local, String(-fixed));
  const { exceptions, ruledFrom, rule } = future;
  const converted = sqlNode`CONVERT_TZ(${local}, ${literalNode(quoteText(timeZone))}, '+00:00')`;
  const branches = [
    ...midnightsTwice(timeZone).map(([seconds, days]) => {
      return sqlNode`WHEN ${local} IN (${literalNode(days.map(quoteText).join(", "))}) THEN ${shifted(local, seconds)}`;
    }),
    until(local, KNOWN_FROM, shifted(local, ofPeriods(local, backwards(past)))),
    until(local, KNOWN_TO, converted),
  ];
  if (exceptions.length > 0) {
    branches.push(until(local, `${ruledFrom}-01-01`, shifted(local, ofPeriods(local, backwards(exceptions)))));
  }
  return sqlNode`CASE ${joinedNode(branches, " ")} ELSE ${shifted(local, ofRule(local, backwardsRule(rule)))} END`;
}

/** Periods by the time that clocks show from their start on, and what leads from that to UTC. */
function backwards(periods: readonly Period[]): Period[] {
  return periods.map(({ start, offset }) => ({ start: start + offset * 1000, offset: -offset }));
}

function backwardsRule({ offsets, starts }: YearlyRule): YearlyRule {
  return {
    offsets: offsets.map((offset) => -offset),
    starts: starts.map((byKind, index) => byKind.map((start) => start + (offsets[index + 1] ?? 0))),
  };
}

/** Days that begin twice, by the seconds from their second midnight to UTC. */
type Midnights = readonly (readonly [seconds: string, days: readonly string[]])[];

const midnights = new Map<string, Midnights>();

function midnightsTwice(timeZone: string): Midnights {
  const known = midnights.get(timeZone) ?? findMidnights(timeZone);
  midnights.set(timeZone, known);
  return known;
}

function findMidnights(timeZone: string): Midnights {
  const found = new Map<string, string[]>();
  const all = periods(timeZone, Date.parse(KNOWN_FROM), Date.parse(KNOWN_TO));
  for (const [index, { start, offset }] of all.entries()) {
    const before = all[index - 1]?.offset ?? offset;
    const midnight = Math.ceil((start + offset * 1000) / DAY) * DAY;
    if (midnight >= start + before * 1000) continue;
    const days = found.get(String(-offset)) ?? [];
    days.push(new Date(midnight).toISOString().slice(0, 10));
    found.set(String(-offset), days);
  }
  return [...found];
}
