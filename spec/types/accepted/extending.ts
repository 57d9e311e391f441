import {
  defineAggregate,
  defineFunction,
  F,
  raw,
  registerLookup,
  registerTransform,
  unregisterLookup,
  unregisterTransform,
} from "../prelude.js";
import { type } from "./equal.js";
import { Track } from "./music.js";

const sql = { toOperationNode: () => ({}) };

export async function ownSql() {
  const row = await Track.objects
    .annotate({ own: raw<number>(sql), day: raw(sql, "date"), maybe: raw<string | null>(sql, "text") })
    .filter({ own__gt: 3, day__year: 2024 }, raw<boolean>(sql))
    .get();
  type(row.own).is<number>();
  type(row.day).is<string | null>();
  type(row.maybe).is<string | null>();
  const [instance] = await Track.objects.raw<{ place: number }>(sql).all();
  type(instance?.place).is<number | undefined>();
  type(instance?.title).is<string | undefined>();
}

export async function ownNames() {
  registerLookup("text", "soundslike", { compile: ({ lhs, rhs, engine }) => (engine === "mysql" ? lhs : rhs) });
  registerTransform("datetime", "decade", { compile: ({ lhs }) => lhs, result: "integer" });
  type(unregisterLookup("text", "soundslike")).is<boolean>();
  type(unregisterTransform("datetime", "decade")).is<boolean>();
  const Half = defineFunction("Half", { arguments: 1, result: "float", compile: () => sql });
  const Last = defineAggregate("Last", { result: "date", compile: ({ arg }) => arg });
  const row = await Track.objects.annotate({ half: Half(F("position").add(1)) }).get();
  type(row.half).is<number | null>();
  type(await Track.objects.aggregate({ last: Last("position") })).is<{ last: string | null }>();
}
