import { beforeEach, expect, it } from "vitest";
import { Count, fields, manager, Model, type QueryEvent } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Course extends Model(
  "course",
  {
    faculty: fields.string({ maxLength: 10 }),
    code: fields.integer(),
    title: fields.string({ maxLength: 50 }),
    students: () => fields.manyToMany(Student),
    takings: () => fields.hasMany(Taking, "course"),
    graded: () => fields.manyToMany(Student, { through: Taking }),
  },
  { primaryKey: ["faculty", "code"], ordering: ["title"] },
) {
  static objects = manager(this);
}

class Student extends Model("student", {
  id: fields.bigInteger({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  courses: () => fields.manyToMany(Course, { reverse: "students" }),
}) {
  static objects = manager(this);
}

/** Its key is the pair: no two of its rows are of the same one. */
class Taking extends Model(
  "taking",
  {
    course: () => fields.foreignKey(Course),
    student: () => fields.foreignKey(Student),
    grade: fields.integer({ null: true }),
  },
  { primaryKey: ["course", "student"] },
) {
  static objects = manager(this);
}

const titles = (rows: readonly { readonly title: string }[]) => rows.map(({ title }) => title);

onEngines("A many-to-many relation of models with keys of several columns", (engine) => {
  let events: QueryEvent[] = [];
  useDatabase(engine, [Course, Student, Taking], { onQuery: (event) => events.push(event) });
  const statements = () => events.map(({ sql }) => sql.split(" ", 1)[0]!.toUpperCase());
  let logic: Course;
  let sets: Course;
  let ada: Student;
  let kurt: Student;

  beforeEach(async () => {
    for (const model of [Taking, Course, Student]) await (model as typeof Student).objects.delete({ all: true });
    [logic, sets] = (await Course.objects.bulkCreate([
      { faculty: "ü", code: 1, title: "Logic" },
      { faculty: "ü", code: 2, title: "Sets" },
    ])) as [Course, Course];
    [ada, kurt] = (await Student.objects.bulkCreate([
      { id: 2n ** 60n, name: "Ada" },
      { id: 7n, name: "Kurt" },
    ])) as [Student, Student];
    events = [];
  });

  it("takes rows and tuples in, and out again", async () => {
    await logic.students.add(ada, 7n, kurt);
    expect(statements()).toEqual(["INSERT"]);
    await logic.students.add(ada);
    await ada.courses.add(["ü", 2], logic);
    expect(titles(await ada.courses.all())).toEqual(["Logic", "Sets"]);
    expect(await logic.students.count()).toBe(2);
    await ada.courses.remove(["ü", 1]);
    expect(titles(await ada.courses.all())).toEqual(["Sets"]);
    events = [];
    await ada.courses.set([logic, ["ü", 1]]);
    expect(statements().filter((word) => ["SELECT", "DELETE", "INSERT"].includes(word))).toEqual([
      "SELECT",
      "DELETE",
      "INSERT",
    ]);
    expect(titles(await ada.courses.all())).toEqual(["Logic"]);
    await ada.courses.set(Course.objects.filter({ code__gt: 1 }));
    expect(titles(await ada.courses.all())).toEqual(["Sets"]);
    await ada.courses.clear();
    expect(await ada.courses.exists()).toBe(false);
    await expect(ada.courses.add(["ü"] as never)).rejects.toThrow(
      /Student.courses|expected a row of Course or its key/,
    );
    await expect(ada.courses.add("ü" as never)).rejects.toThrow(/expected a row of Course or its key/);
  });

  it("is looked up, counted and left out by, from both sides", async () => {
    await logic.students.set([ada, kurt]);
    await sets.students.set([kurt]);
    expect(titles(await Course.objects.filter({ students: ada }).all())).toEqual(["Logic"]);
    expect(titles(await Course.objects.filter({ students__name: "Kurt" }).all())).toEqual(["Logic", "Sets"]);
    expect(await Student.objects.filter({ courses: sets }).count()).toBe(1);
    expect(
      await Student.objects
        .filter({ courses__in: [logic, ["ü", 2]] })
        .distinct()
        .count(),
    ).toBe(2);
    expect(await Student.objects.filter({ courses__title: "Sets", courses__faculty: "ü" }).count()).toBe(1);
    expect((await Student.objects.exclude({ courses: sets }).all()).map(({ name }) => name)).toEqual(["Ada"]);
    expect(await Student.objects.filter({ courses__isnull: true }).count()).toBe(0);
    const counted = await Student.objects
      .annotate({ n: Count("courses__title") })
      .orderBy("name")
      .all();
    expect(counted.map(({ name, n }) => [name, n])).toEqual([
      ["Ada", 1],
      ["Kurt", 2],
    ]);
  });

  it("goes through a model whose key the pair is", async () => {
    await logic.graded.add(ada, { throughDefaults: { grade: 1 } });
    events = [];
    await logic.graded.add(ada, kurt, { throughDefaults: { grade: 5 } });
    expect(statements()).toEqual(["INSERT"]);
    expect(await Taking.objects.orderBy("grade").valuesList("grade", { flat: true }).all()).toEqual([1, 5]);
    const made = await sets.graded.create({ id: 9n, name: "Emmy" }, { throughDefaults: { grade: 2 } });
    expect(titles(await Course.objects.filter({ graded: made, takings__grade: 2 }).all())).toEqual(["Sets"]);
    await logic.graded.remove(ada);
    expect(await Taking.objects.count()).toBe(2);
    expect(await logic.delete()).toMatchObject({ byModel: { Course: 1, Taking: 1 } });
  });
});
