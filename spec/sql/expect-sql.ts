import { expect, it } from "vitest";
import type { CompiledSql } from "dunder-orm";
import { databases, type EngineName, type TestDatabase } from "./databases.js";

interface Askable {
  using(database: TestDatabase): { sql(): CompiledSql };
}

/** The whole SQL and the parameters of one queryset, on each engine. */
type SqlRow = readonly [
  queryset: Askable,
  expected: { readonly [E in EngineName]: readonly [sql: string, parameters: readonly unknown[]] },
];

/** Declares a test for each engine; nothing is connected to. The expected SQL may begin with "…" for `prefix`. */
export function expectSql(rows: Readonly<Record<string, SqlRow>>, prefix?: Readonly<Record<EngineName, string>>): void {
  for (const engine of ["sqlite", "postgres", "mysql"] as const) {
    it.each(Object.entries(rows))(`${engine}: %s`, (_, [queryset, expected]) => {
      const { sql, parameters } = queryset.using(databases[engine]).sql();
      const [text, values] = expected[engine];
      expect(sql).toBe(prefix === undefined ? text : text.replace("…", prefix[engine]));
      expect(parameters).toEqual(values);
    });
  }
}
