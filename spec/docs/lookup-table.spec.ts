import { describe, expect, it } from "vitest";
import { readTable, sqlOf } from "./lookup-table.js";

describe("The reference tables of docs/lookups.md", () => {
  const entries = readTable();

  it("are there", () => expect(entries.length).toBeGreaterThan(35));

  it.each(entries)("show the SQL of $lookup", ({ lookup, sql }) => {
    expect(sqlOf(lookup)).toEqual(sql);
  });
});
