import { beforeEach, expect, it } from "vitest";
import { fields, manager, Model, type QueryEvent } from "dunder-orm";
import { bindsLists } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";

class Post extends Model("post", {
  id: fields.integer({ primaryKey: true }),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
}

class Tag extends Model("tag", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  posts: () => fields.manyToMany(Post, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

/** Without a unique pair, so that what is tied has to be looked for. */
class Group extends Model("team", {
  id: fields.integer({ primaryKey: true }),
  people: () => fields.manyToMany(Person, { through: () => Membership }),
}) {
  static objects = manager(this);
}

class Person extends Model("person", {
  id: fields.integer({ primaryKey: true }),
  friends: () => fields.manyToMany(Person),
}) {
  static objects = manager(this);
}

class Membership extends Model("membership", {
  id: fields.integer({ primaryKey: true }),
  team: () => fields.foreignKey(Group),
  person: () => fields.foreignKey(Person),
  role: fields.string({ maxLength: 20, default: "member" }),
}) {
  static objects = manager(this);
}

/** What each is to send, with its parameters, on each engine. */
const expected = {
  "add: one statement, which leaves alone what is tied": {
    sqlite: [
      'insert into "post_tags" ("post_id", "tag_id") values (?, ?) ON CONFLICT ("post_id", "tag_id") DO NOTHING [1,1,1,2]',
    ],
    postgres: [
      'insert into "post_tags" ("post_id", "tag_id") values ($1, $2), ($3, $4) ON CONFLICT ("post_id", "tag_id") DO NOTHING [1,1,1,2]',
    ],
    mysql: [
      "insert into `post_tags` (`post_id`, `tag_id`) values (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `post_id` = `post_id` [1,1,1,2]",
    ],
  },
  "add to a symmetrical relation: both directions, and one of itself": {
    sqlite: [
      'insert into "person_friends" ("from_person_id", "to_person_id") values (?, ?) ON CONFLICT ("from_person_id", "to_person_id") DO NOTHING [1,2,2,1,1,1]',
    ],
    postgres: [
      'insert into "person_friends" ("from_person_id", "to_person_id") values ($1, $2), ($3, $4), ($5, $6) ON CONFLICT ("from_person_id", "to_person_id") DO NOTHING [1,2,2,1,1,1]',
    ],
    mysql: [
      "insert into `person_friends` (`from_person_id`, `to_person_id`) values (?, ?), (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `from_person_id` = `from_person_id` [1,2,2,1,1,1]",
    ],
  },
  "remove: one statement": {
    sqlite: [
      'delete from "post_tags" where ("post_tags"."post_id" = ? and "post_tags"."tag_id" IN (SELECT value FROM json_each(?))) [1,"[1,3]"]',
    ],
    postgres: [
      'delete from "post_tags" where ("post_tags"."post_id" = $1 and "post_tags"."tag_id" = ANY($2)) [1,"{1,3}"]',
    ],
    mysql: ["delete from `post_tags` where (`post_tags`.`post_id` = ? and `post_tags`.`tag_id` in (?, ?)) [1,1,3]"],
    listWritten: [
      'delete from "post_tags" where ("post_tags"."post_id" = ? and "post_tags"."tag_id" in (?, ?)) [1,1,3]',
    ],
  },
  "remove from a symmetrical relation: either direction": {
    sqlite: [
      'delete from "person_friends" where (("person_friends"."from_person_id" = ? and "person_friends"."to_person_id" IN (SELECT value FROM json_each(?))) or ("person_friends"."to_person_id" = ? and "person_friends"."from_person_id" IN (SELECT value FROM json_each(?)))) [1,"[2]",1,"[2]"]',
    ],
    postgres: [
      'delete from "person_friends" where (("person_friends"."from_person_id" = $1 and "person_friends"."to_person_id" = ANY($2)) or ("person_friends"."to_person_id" = $3 and "person_friends"."from_person_id" = ANY($4))) [1,"{2}",1,"{2}"]',
    ],
    mysql: [
      "delete from `person_friends` where ((`person_friends`.`from_person_id` = ? and `person_friends`.`to_person_id` in (?)) or (`person_friends`.`to_person_id` = ? and `person_friends`.`from_person_id` in (?))) [1,2,1,2]",
    ],
    listWritten: [
      'delete from "person_friends" where (("person_friends"."from_person_id" = ? and "person_friends"."to_person_id" in (?)) or ("person_friends"."to_person_id" = ? and "person_friends"."from_person_id" in (?))) [1,2,1,2]',
    ],
  },
  "set: what differs": {
    sqlite: [
      'select "post_tags"."tag_id" as "tag" from "post_tags" where "post_tags"."post_id" = ? [1]',
      'delete from "post_tags" where ("post_tags"."post_id" = ? and "post_tags"."tag_id" IN (SELECT value FROM json_each(?))) [1,"[2]"]',
      'insert into "post_tags" ("post_id", "tag_id") values (?, ?) ON CONFLICT ("post_id", "tag_id") DO NOTHING [1,1,1,3]',
    ],
    postgres: [
      'select "post_tags"."tag_id" as "tag" from "post_tags" where "post_tags"."post_id" = $1 [1]',
      'delete from "post_tags" where ("post_tags"."post_id" = $1 and "post_tags"."tag_id" = ANY($2)) [1,"{2}"]',
      'insert into "post_tags" ("post_id", "tag_id") values ($1, $2), ($3, $4) ON CONFLICT ("post_id", "tag_id") DO NOTHING [1,1,1,3]',
    ],
    mysql: [
      "select `post_tags`.`tag_id` as `tag` from `post_tags` where `post_tags`.`post_id` = ? [1]",
      "delete from `post_tags` where (`post_tags`.`post_id` = ? and `post_tags`.`tag_id` in (?)) [1,2]",
      "insert into `post_tags` (`post_id`, `tag_id`) values (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `post_id` = `post_id` [1,1,1,3]",
    ],
  },
  "set, with nothing that differs": {
    sqlite: ['select "post_tags"."tag_id" as "tag" from "post_tags" where "post_tags"."post_id" = ? [1]'],
    postgres: ['select "post_tags"."tag_id" as "tag" from "post_tags" where "post_tags"."post_id" = $1 [1]'],
    mysql: ["select `post_tags`.`tag_id` as `tag` from `post_tags` where `post_tags`.`post_id` = ? [1]"],
  },
  "set, taking all out first": {
    sqlite: [
      'delete from "post_tags" where "post_tags"."post_id" = ? [1]',
      'insert into "post_tags" ("post_id", "tag_id") values (?, ?) ON CONFLICT ("post_id", "tag_id") DO NOTHING [1,2]',
    ],
    postgres: [
      'delete from "post_tags" where "post_tags"."post_id" = $1 [1]',
      'insert into "post_tags" ("post_id", "tag_id") values ($1, $2) ON CONFLICT ("post_id", "tag_id") DO NOTHING [1,2]',
    ],
    mysql: [
      "delete from `post_tags` where `post_tags`.`post_id` = ? [1]",
      "insert into `post_tags` (`post_id`, `tag_id`) values (?, ?) ON DUPLICATE KEY UPDATE `post_id` = `post_id` [1,2]",
    ],
  },
  "clear: one statement": {
    sqlite: ['delete from "post_tags" where "post_tags"."post_id" = ? [1]'],
    postgres: ['delete from "post_tags" where "post_tags"."post_id" = $1 [1]'],
    mysql: ["delete from `post_tags` where `post_tags`.`post_id` = ? [1]"],
  },
  "clear of a symmetrical relation": {
    sqlite: [
      'delete from "person_friends" where ("person_friends"."from_person_id" = ? or "person_friends"."to_person_id" = ?) [1,1]',
    ],
    postgres: [
      'delete from "person_friends" where ("person_friends"."from_person_id" = $1 or "person_friends"."to_person_id" = $2) [1,1]',
    ],
    mysql: [
      "delete from `person_friends` where (`person_friends`.`from_person_id` = ? or `person_friends`.`to_person_id` = ?) [1,1]",
    ],
  },
  create: {
    sqlite: [
      'insert into "tag" ("id", "name") values (?, ?) [9,"x"]',
      'insert into "post_tags" ("post_id", "tag_id") values (?, ?) ON CONFLICT ("post_id", "tag_id") DO NOTHING [1,9]',
    ],
    postgres: [
      'insert into "tag" ("id", "name") values ($1, $2) [9,"x"]',
      'insert into "post_tags" ("post_id", "tag_id") values ($1, $2) ON CONFLICT ("post_id", "tag_id") DO NOTHING [1,9]',
    ],
    mysql: [
      'insert into `tag` (`id`, `name`) values (?, ?) [9,"x"]',
      "insert into `post_tags` (`post_id`, `tag_id`) values (?, ?) ON DUPLICATE KEY UPDATE `post_id` = `post_id` [1,9]",
    ],
  },
} as const;

onEngines("What a many-to-many relation sends", (engine) => {
  let events: QueryEvent[] = [];
  useDatabase(engine, [Post, Tag, Group, Person, Membership], { onQuery: (event) => events.push(event) });
  let post: Post;
  let group: Group;
  let ann: Person;

  beforeEach(async () => {
    for (const model of [Membership, Post, Tag, Group, Person]) {
      await (model as typeof Post).objects.delete({ all: true });
    }
    post = await Post.objects.create({ id: 1 });
    group = await Group.objects.create({ id: 1 });
    [ann] = (await Person.objects.bulkCreate([{ id: 1 }, { id: 2 }])) as [Person];
    await Tag.objects.bulkCreate([1, 2, 3].map((id) => ({ id, name: `t${id}` })));
  });

  async function sent(act: () => Promise<unknown>): Promise<string[]> {
    events = [];
    await act();
    // MySQL reads the keys that it has made.
    const told = events.filter(({ sql }) => !/^select (@@|.id. from)/.test(sql));
    return told.map(({ sql, parameters }) => `${sql} ${JSON.stringify(parameters)}`);
  }

  const calls: Record<keyof typeof expected, () => Promise<unknown>> = {
    "add: one statement, which leaves alone what is tied": () => post.tags.add(1, 2),
    "add to a symmetrical relation: both directions, and one of itself": () => ann.friends.add(2, 1),
    "remove: one statement": () => post.tags.remove(1, 3),
    "remove from a symmetrical relation: either direction": () => ann.friends.remove(2),
    "set: what differs": () => post.tags.set([1, 3]),
    "set, with nothing that differs": () => post.tags.set([1, 3]),
    "set, taking all out first": () => post.tags.set([2], { clear: true }),
    "clear: one statement": () => post.tags.clear(),
    "clear of a symmetrical relation": () => ann.friends.clear(),
    create: () => post.tags.create({ id: 9, name: "x" }),
  };

  const tied: Partial<Record<keyof typeof expected, readonly number[]>> = {
    "set: what differs": [2],
    "set, with nothing that differs": [1, 3],
  };

  it.each(Object.keys(expected) as (keyof typeof expected)[])("%s", async (name) => {
    await post.tags.add(...(tied[name] ?? []));
    const statements = expected[name];
    const written = !bindsLists && "listWritten" in statements ? statements.listWritten : statements[engine.name];
    expect(await sent(calls[name])).toEqual(written);
  });

  it("looks first for what is tied, where the pair is not unique", async () => {
    const [select, insert, ...more] = await sent(() => group.people.add(1, 2, { throughDefaults: { role: "x" } }));
    expect(select).toMatch(/^select .membership.\..person_id. as .person. from .membership. where /);
    expect(insert).toMatch(
      /^insert into .membership. \(.team_id., .person_id., .role.\) values .*\[1,1,"x",1,2,"x"\]$/,
    );
    expect(more).toEqual([]);
    expect(await sent(() => group.people.add(1, 2))).toHaveLength(1);
  });

  it("makes rows and their pairs by one statement each", async () => {
    const all = await sent(() => Post.objects.create({ id: 2, tags: [{ id: 7, name: "x" }, 1, { id: 8, name: "y" }] }));
    expect(all.map((text) => /^insert into .(\w+)/.exec(text)?.[1])).toEqual(["post", "tag", "post_tags"]);
    expect(all[2]).toMatch(/\[2,7,2,1,2,8\]$/);
  });
});
