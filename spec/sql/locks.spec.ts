import { describe, expect, it } from "vitest";
import { Count, Database, FieldError, NotSupportedError } from "dunder-orm";
import { databases } from "./databases.js";
import { expectSql } from "./expect-sql.js";
import { Album, Artist, Label, Track } from "./models.js";

const label = {
  sqlite: 'select "label"."id", "label"."name" from "label"',
  postgres: 'select "label"."id", "label"."name" from "label"',
  mysql: "select `label`.`id`, `label`.`name` from `label`",
};

describe("selectForUpdate", () => {
  expectSql(
    {
      plain: [
        Label.objects.selectForUpdate(),
        { sqlite: ["…", []], postgres: ["… for update", []], mysql: ["… for update", []] },
      ],
      "behind order and slice": [
        Label.objects.orderBy("name").limit(2).selectForUpdate({ skipLocked: true }),
        {
          sqlite: ['… order by "label"."name" limit ? + 0', [2]],
          postgres: ['… order by "label"."name" limit $1 for update skip locked', [2]],
          mysql: ["… order by `label`.`name` limit ? for update skip locked", [2n]],
        },
      ],
      nowait: [
        Label.objects.selectForUpdate({ nowait: true, share: false }),
        { sqlite: ["…", []], postgres: ["… for update nowait", []], mysql: ["… for update nowait", []] },
      ],
      share: [
        Label.objects.selectForUpdate({ share: true, of: "self" }),
        {
          sqlite: ["…", []],
          postgres: ['… for share of "label"', []],
          mysql: ["… for share of `label`", []],
        },
      ],
      "the last call counts": [
        Label.objects.selectForUpdate({ share: true }).selectForUpdate(),
        { sqlite: ["…", []], postgres: ["… for update", []], mysql: ["… for update", []] },
      ],
      values: [
        Label.objects.selectForUpdate().values("id", "name"),
        {
          sqlite: ['select "label"."id" as "id", "label"."name" as "name" from "label"', []],
          postgres: ['select "label"."id" as "id", "label"."name" as "name" from "label" for update', []],
          mysql: ["select `label`.`id` as `id`, `label`.`name` as `name` from `label` for update", []],
        },
      ],
      "not in a subquery": [
        Label.objects.filter({ pk__in: Label.objects.selectForUpdate() }),
        {
          sqlite: ['… where "label"."id" in (select "t1"."id" from "label" as "t1")', []],
          postgres: ['… where "label"."id" in (select "t1"."id" from "label" as "t1")', []],
          mysql: ["… where `label`.`id` in (select `t1`.`id` from `label` as `t1`)", []],
        },
      ],
    },
    label,
  );

  it("names the tables of relations by their aliases", () => {
    const tracks = Track.objects.selectRelated("album__artist").only("album__artist__name");
    const locked = tracks.selectForUpdate({ of: ["self", "album__artist"] });
    expect(locked.using(databases.postgres).sql().sql).toMatch(/ for update of "track", "t2"$/);
    expect(locked.using(databases.mysql).sql().sql).toMatch(/ for update of `track`, `t2`$/);
    expect(locked.using(databases.sqlite).sql().sql).not.toContain("for update");
  });

  it("takes no key on PostgreSQL alone", () => {
    const locked = Label.objects.selectForUpdate({ noKey: true });
    expect(locked.using(databases.postgres).sql().sql).toMatch(/ for no key update$/);
    expect(() => locked.using(databases.mysql).sql()).toThrow(NotSupportedError);
    expect(() => locked.using(databases.mysql).sql()).toThrow(
      "MySQL has no selectForUpdate({ noKey }). Leave it out: the rows are then locked as a whole.",
    );
  });

  it("tells MariaDB's ways apart", () => {
    const mariadb = (query: { using(database: typeof databases.mysql): typeof query; sql(): { sql: string } }) =>
      query.using(new Database("mariadb://nobody@localhost/nowhere")).sql().sql;
    expect(mariadb(Label.objects.selectForUpdate({ share: true, nowait: true }))).toMatch(
      / lock in share mode nowait$/,
    );
    expect(mariadb(Label.objects.selectForUpdate({ skipLocked: true }))).toMatch(/ for update skip locked$/);
    expect(() => mariadb(Label.objects.selectForUpdate({ of: "self" }))).toThrow(
      "MariaDB has no selectForUpdate({ of }). Leave it out",
    );
  });

  it("refuses rows that PostgreSQL may not find, and says how to name the others", () => {
    const artists = Artist.objects.selectRelated("label");
    const ask = (query: typeof artists) => query.using(databases.postgres).sql().sql;
    expect(() => ask(artists.selectForUpdate())).toThrow(
      'PostgreSQL cannot lock rows of Label, which Artist may come without by way of "label". ' +
        'Name the tables to lock: selectForUpdate({ of: "self" }), or keep rows that have one: filter({ label__isnull: false }).',
    );
    expect(() => ask(artists.selectForUpdate({ of: "label" }))).toThrow('Leave "label" out of selectForUpdate({ of })');
    expect(ask(artists.selectForUpdate({ of: "self" }))).toMatch(/ for update of "artist"$/);
    expect(ask(artists.filter({ label__name: "x" }).selectForUpdate())).toMatch(/ for update$/);
    expect(artists.selectForUpdate().using(databases.mysql).sql().sql).toMatch(/ for update$/);
  });

  describe.each(Object.entries(databases))("%s", (_, database) => {
    const refused: readonly (readonly [string, () => unknown, string])[] = [
      ["distinct rows", () => Label.objects.distinct().selectForUpdate(), "a queryset that is distinct"],
      [
        "groups",
        () =>
          Album.objects
            .values("artist")
            .annotate({ n: Count("*") })
            .selectForUpdate(),
        "a queryset that is grouped",
      ],
      ["a relation not fetched along", () => Track.objects.selectForUpdate({ of: "album" }), "Choices: self;"],
      [
        "a name that is no relation",
        () => Track.objects.selectRelated("album").selectForUpdate({ of: ["self", "albun"] as never }),
        "Choices: self, album;",
      ],
    ];
    it.each(refused)("refuses %s", (_, ask, message) => {
      const query = ask() as typeof Label.objects;
      expect(() => query.using(database).sql()).toThrow(FieldError);
      expect(() => query.using(database).sql()).toThrow(message);
    });
  });

  const wrong: readonly (readonly [string, unknown, string])[] = [
    ["an unknown option", { skiplocked: true }, 'Did you mean "skipLocked"?'],
    ["null", null, "takes an object of options, got null"],
    ["a list", ["nowait"], "takes an object of options"],
    ["a value that is no boolean", { nowait: "yes" }, "selectForUpdate({ nowait }) is true or false"],
    ["an empty of", { of: [] }, "at least one"],
    ["SQL in of", { of: 'self"; drop table label' }, "selectForUpdate({ of }) takes"],
    ["an object in of", { of: { self: true } }, "selectForUpdate({ of }) takes"],
    ["nowait with skipLocked", { nowait: true, skipLocked: true }, "nowait or skipLocked, not both"],
    ["share with noKey", { share: true, noKey: true }, "share or noKey, not both"],
  ];
  it.each(wrong)("refuses %s", (_, options, message) => {
    expect(() => Label.objects.selectForUpdate(options as never)).toThrow(FieldError);
    expect(() => Label.objects.selectForUpdate(options as never)).toThrow(message);
  });
});
