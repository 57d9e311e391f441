// What goes wrong says what, where, what would be right, and is of the same class on every engine.
import assert from "node:assert/strict";
import {
  ConfigurationError,
  Database,
  FieldError,
  fields,
  manager,
  Model,
  type OrmError,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";

const db = new Database("sqlite::memory:");

class User extends Model(
  "user",
  {
    name: fields.string({ maxLength: 10, unique: true }),
    email: fields.email({ null: true }),
    age: fields.integer({ null: true, validators: [(age: number) => (age < 0 ? "is below zero." : null)] }),
  },
  { database: db },
) {
  static objects = manager(this);
}

await db.createTables([User]);
await User.objects.create({ name: "Ann" });

/** The message of the error that a function must fail with. */
async function messageOf(Class: abstract new (...args: never[]) => OrmError, fn: () => unknown): Promise<string> {
  let message = "";
  await assert.rejects(new Promise((resolve) => resolve(fn())), (error) => {
    assert.ok(error instanceof Class);
    message = error.message;
    return true;
  });
  console.log(`${Class.name}: ${message}`);
  return message;
}

// Names that do not exist. The compiler refuses them too: hence the comments.
assert.match(
  // @ts-expect-error: ✗ no such field or lookup: nmae__icontains
  await messageOf(FieldError, () => User.objects.filter({ nmae__icontains: "x" })),
  /^User has no field "nmae" in filter\(\{ nmae__icontains \}\)\. Did you mean "name"\? Fields: id, name, email, age, pk\.$/,
);
assert.match(
  // @ts-expect-error: ✗ no such field or lookup: age__icontains
  await messageOf(FieldError, () => User.objects.filter({ age__icontains: 1 })),
  /^User\.age has no lookup or transform "icontains" in filter\(\{ age__icontains \}\)\./,
);

// Values: all that is wrong at once, before any SQL.
const wrong = { name: "Bartholomew", email: "nowhere", age: -1 };
const message = await messageOf(ValidationError, () => User.objects.create(wrong));
assert.match(message, /User\.name: has 11 characters, and at most 10 fit\./);
assert.match(message, /User\.email: /);
assert.match(message, /User\.age: is below zero\./);

// What the database refuses: one class for each reason.
await messageOf(UniqueViolation, () => User.objects.create({ name: "Ann" }));

// One row was asked for, and there is none.
try {
  await User.objects.get({ name: "Zoe" });
  assert.fail("there is no Zoe");
} catch (error) {
  assert.ok(error instanceof User.DoesNotExist);
  assert.equal(error.message, "No User matches get({ name }).");
}

// A whole table is not changed by mistake.
await messageOf(FieldError, () => User.objects.delete());

// Set-up.
assert.match(
  await messageOf(ConfigurationError, () => new Database("postgers://localhost/app")),
  /Did you mean "postgres"\?/,
);

await db.close();
