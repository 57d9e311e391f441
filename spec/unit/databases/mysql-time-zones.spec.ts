import { MysqlQueryCompiler, type RootOperationNode } from "kysely";
import { describe, expect, it } from "vitest";
import { inZone } from "../../../lib/databases/mysql/time-zones.js";
import { literalNode } from "../../../lib/databases/nodes.js";

function sqlOf(zone: string): string {
  const node = inZone(literalNode("x"), zone) as RootOperationNode;
  return new MysqlQueryCompiler().compileQuery(node, { queryId: "zone" }).sql;
}

describe("A datetime in a time zone on MySQL", () => {
  it("is itself where the clocks show UTC", () => {
    expect(sqlOf("Etc/UTC")).toBe("x");
  });

  it("is shifted by an offset that never changed", () => {
    expect(sqlOf("Etc/GMT+5")).toBe("TIMESTAMPADD(SECOND, -18000, IF(x >= '0001-01-01 05:00:00', x, NULL))");
    expect(sqlOf("Etc/GMT-3")).toBe("TIMESTAMPADD(SECOND, 10800, IF(x < '9999-12-31 21:00:00', x, NULL))");
  });

  it("leaves the years from 1970 to 2038 to the server", () => {
    expect(sqlOf("Asia/Kathmandu")).toBe(
      "CASE WHEN x < '1970-01-02' THEN " +
        "TIMESTAMPADD(SECOND, CAST(ELT(INTERVAL(TO_SECONDS(x), 60589275524) + 1, 20476, 19800) AS SIGNED), x) " +
        "WHEN x < '2038-01-18' THEN CONVERT_TZ(x, '+00:00', 'Asia/Kathmandu') " +
        "ELSE TIMESTAMPADD(SECOND, 20700, IF(x < '9999-12-31 18:15:00', x, NULL)) END",
    );
  });

  it("takes the changes of a year from a table of the 14 kinds of year", () => {
    const [, later = ""] = sqlOf("Europe/Paris").split(" ELSE ");
    expect(later.match(/ELT\(DAYOFWEEK\(MAKEDATE\(YEAR\(x\), 1\)\) \+ [^=]+ = 2\)(, \d+){14}\)/g)).toHaveLength(2);
    expect(later).toMatch(/ \+ 1, 3600, 7200, 3600\) AS SIGNED\)/);
  });
});
