import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { FieldError } from "dunder-orm";
import { databases } from "./databases.js";
import { expectSql } from "./expect-sql.js";
import { Label } from "./models.js";

const prefix = {
  sqlite: 'select "label"."id", "label"."name" from "label"',
  postgres: 'select "label"."id", "label"."name" from "label"',
  mysql: "select `label`.`id`, `label`.`name` from `label`",
};
const everywhere = (sql: string) => ({
  sqlite: [sql, []] as const,
  postgres: [sql, []] as const,
  mysql: [sql, []] as const,
});
const commentOf = (text: string): string => {
  const { sql } = Label.objects.comment(text).using(databases.postgres).sql();
  return sql.slice(prefix.postgres.length);
};

describe("comment", () => {
  expectSql(
    {
      "a text": [Label.objects.comment("GET /labels"), everywhere("… /* GET /labels */")],
      "the last one": [Label.objects.comment("a").comment("b"), everywhere("… /* b */")],
      none: [Label.objects.comment("a").comment(" "), everywhere("…")],
      "behind a lock": [
        Label.objects.comment("job: 3").selectForUpdate(),
        {
          sqlite: ["… /* job: 3 */", []],
          postgres: ["… for update /* job: 3 */", []],
          mysql: ["… for update /* job: 3 */", []],
        },
      ],
      "other alphabets": [Label.objects.comment("страница Ünï 🎸"), everywhere("… /* страница Ünï 🎸 */")],
    },
    prefix,
  );

  it.each([
    ["the end of a comment", "*/ drop table label --", "%2A/ drop table label --"],
    ["the beginning of one", "/* a", "/%2A a"],
    ["MySQL's executable comments", "! select 1 */", "! select 1 %2A/"],
    ["MySQL's hints", "+ MAX_EXECUTION_TIME(1)", "+ MAX_EXECUTION_TIME(1)"],
    ["a second statement", "a; b", "a%3B b"],
    ["placeholders", "? :name $1 @x ::text", "%3F %3Aname %241 %40x %3A%3Atext"],
    ["colons, dollars and the like by themselves", "a: b $ @ -", "a: b $ @ -"],
    ["quotes", `'"\`\\`, "%27%22%60%5C"],
    ["line ends and control characters", "a\nb\r\0c\u2028d", "a%0Ab%0D%00c%E2%80%A8d"],
    ["per cent", "100 %2A", "100 %252A"],
    ["half an emoji", "a\ud83cb", "a\ufffdb"],
  ])("makes %s harmless", (_, text, written) => {
    expect(commentOf(text)).toBe(` /* ${written} */`);
  });

  it("says no more than a comment, whatever the text, which can be had back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const comment = commentOf(text);
        if (text.trim() === "") {
          expect(comment).toBe("");
          return;
        }
        expect(comment).toMatch(/^ \/\* [^*;?'"`\\\p{Cc}]+ \*\/$/u);
        expect(decodeURIComponent(comment.slice(4, -3))).toBe(text.trim());
      }),
    );
  });

  it("does not reach subqueries or Kysely", () => {
    const labels = Label.objects.comment("inner");
    expect(Label.objects.filter({ pk__in: labels }).using(databases.sqlite).sql().sql).not.toContain("inner");
    expect(labels.using(databases.sqlite).toKysely().compile().sql).not.toContain("inner");
  });

  it.each([[undefined], [null], [3], [{ text: "a" }], [["a"]]])("refuses %s", (text) => {
    expect(() => Label.objects.comment(text as never)).toThrow(FieldError);
    expect(() => Label.objects.comment(text as never)).toThrow("Label: comment(text) takes a text");
  });
});
