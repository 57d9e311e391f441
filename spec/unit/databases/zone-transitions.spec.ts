import { describe, expect, it } from "vitest";
import { future, kindOfYear, periods } from "../../../lib/databases/zone-transitions.js";

const shown = (list: readonly { start: number; offset: number }[]) =>
  list.map(({ start, offset }) => [new Date(start).toISOString().slice(0, 19), offset]);

describe("periods", () => {
  it("begin with local mean time, and change to the second", () => {
    expect(shown(periods("Asia/Kathmandu", Date.UTC(1900, 0), Date.UTC(2000, 0)))).toEqual([
      ["1900-01-01T00:00:00", 20_476],
      ["1919-12-31T18:18:44", 19_800],
      ["1985-12-31T18:30:00", 20_700],
    ]);
  });

  it("are found when they were as short as any ever was", () => {
    expect(shown(periods("Africa/Tunis", Date.UTC(1943, 3, 1), Date.UTC(1943, 4, 1)))).toEqual([
      ["1943-04-01T00:00:00", 7200],
      ["1943-04-17T00:00:00", 3600],
      ["1943-04-25T01:00:00", 7200],
    ]);
  });

  it("are one where clocks never change", () => {
    expect(periods("Etc/GMT+5", 0, Date.UTC(2100, 0))).toEqual([{ start: 0, offset: -18_000 }]);
  });
});

describe("kindOfYear", () => {
  it.each([
    [2023, 1],
    [2024, 9],
    [2000, 14],
    [2100, 6],
  ])("%i is %i", (year, kind) => {
    expect(kindOfYear(year)).toBe(kind);
  });
});

describe("future", () => {
  it("is a rule where clocks change every year alike", () => {
    const { exceptions, ruledFrom, rule } = future("Europe/Paris", 2038);
    expect({ exceptions, ruledFrom, offsets: rule.offsets }).toEqual({
      exceptions: [],
      ruledFrom: 2038,
      offsets: [3600, 7200, 3600],
    });
    // The last Sunday of March at 01:00 in 2101, which begins on a Saturday.
    expect(rule.starts[0]?.[kindOfYear(2101) - 1]).toBe((Date.UTC(2101, 2, 27, 1) - Date.UTC(2101, 0)) / 1000);
  });

  it("is a rule without changes where clocks do not change any more", () => {
    expect(future("Asia/Tehran", 2038)).toEqual({
      exceptions: [],
      ruledFrom: 2038,
      rule: { offsets: [12_600], starts: [] },
    });
  });

  it("has exceptions where clocks follow the moon for a while", () => {
    const { exceptions, ruledFrom, rule } = future("Africa/Casablanca", 2038);
    expect(exceptions[0]?.start).toBe(Date.UTC(2038, 0));
    expect(new Set(exceptions.map(({ offset }) => offset))).toEqual(new Set([0, 3600]));
    expect(ruledFrom).toBeGreaterThan(2080);
    expect(rule).toEqual({ offsets: [3600], starts: [] });
  });
});
