import { describe, expect, it } from "vitest";
import { fields, NotSupportedError } from "dunder-orm";
import { jsonColumn, jsonExists, jsonTable, nestedColumns, ordinality } from "dunder-orm/mysql";
import { databases } from "./databases.js";
import { Thing } from "./models.js";

const item = jsonTable("item", "data", "$.items[*]", {
  n: jsonColumn(fields.integer(), { path: "$.quantity", onEmpty: { default: 1 }, onError: "error" }),
  there: jsonExists("$.x"),
  tags: nestedColumns('$."it\'s"[*]', { place: ordinality(), day: fields.date() }),
});

describe("JSON_TABLE", () => {
  it("is joined as a table", () => {
    const rows = Thing.objects.join(item, { item__n__gt: 2 }, { left: true }).filter({ name: "x" }).values("item__day");
    expect(rows.using(databases.mysql).sql()).toEqual({
      sql:
        "select `t1`.`day` as `item__day` from `thing` left join json_table(`thing`.`data`, '$.items[*]' columns " +
        "(`row_` for ordinality, `n` int path '$.quantity' default '1' on empty error on error, `there` int exists path '$.x', " +
        "nested path '$.\"it''s\"[*]' columns (`place` for ordinality, `day` date path '$.\"day\"' null on empty null on error))) " +
        "as `t1` on `t1`.`n` > ? where `thing`.`name` = ?",
      parameters: [2, "x"],
    });
  });

  it("is counted by a number of its own, and reads texts as columns hold them", () => {
    const lines = jsonTable("line", "data", "$[*]", { at: ordinality(), sku: fields.string() });
    const rows = Thing.objects.join(lines, {}, { left: true }).filter({ line__isnull: true }).values("id");
    expect(rows.using(databases.mysql).sql()).toEqual({
      sql:
        "select `thing`.`id` as `id` from `thing` left join json_table(`thing`.`data`, '$[*]' columns (`at` for ordinality, " +
        "`sku` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin path '$.\"sku\"' null on empty null on error)) " +
        "as `t1` on true where `t1`.`at` is null",
      parameters: [],
    });
  });

  it.each(["sqlite", "postgres"] as const)("is refused on %s", (engine) => {
    const rows = Thing.objects.join(item, {});
    expect(() => rows.using(databases[engine]).sql()).toThrow(NotSupportedError);
  });
});
