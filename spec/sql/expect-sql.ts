import { expect, it } from "vitest";
import { type CompiledSql, Database } from "dunder-orm";

const databases = {
  sqlite: new Database("sqlite:never-opened.sqlite"),
  postgres: new Database("postgres://nobody@localhost/nowhere"),
  mysql: new Database("mysql://nobody@localhost/nowhere"),
};

export type EngineName = keyof typeof databases;

interface Askable {
  using(database: Database): { sql(): CompiledSql };
}

/** The whole SQL and the parameters of one queryset, on each engine. */
export type SqlRow = readonly [
  queryset: Askable,
  expected: { readonly [E in EngineName]: readonly [sql: string, parameters: readonly unknown[]] },
];

/** Declares a test for each engine; nothing is connected to. The expected SQL may begin with "…" for `prefix`. */
export function expectSql(
  rows: Readonly<Record<string, SqlRow>>,
  prefix?: Readonly<Record<EngineName, string>>,
): void {
  for (const engine of ["sqlite", "postgres", "mysql"] as const) {
    it.each(Object.entries(rows))(`${engine}: %s`, (_, [queryset, expected]) => {
      const { sql, parameters } = queryset.using(databases[engine]).sql();
      const [text, values] = expected[engine];
      expect(sql).toBe(prefix === undefined ? text : text.replace("…", prefix[engine]));
      expect(parameters).toEqual(values);
    });
  }
}
