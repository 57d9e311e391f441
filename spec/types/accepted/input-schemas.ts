import { type } from "./equal.js";
import { Album, Seat, Track } from "./music.js";

export async function read(body: unknown) {
  const result = Album["~standard"].validate(body);
  if (result.issues !== undefined) {
    type(result.issues[0]?.message).is<string | undefined>();
    return null;
  }
  type(result.value.name).is<string>();
  type(result.value.artist).is<number | null | undefined>();
  type(result.value.released).is<Date | null | undefined>();
  type(result.value.status).is<"draft" | "out" | undefined>();
  return Album.objects.create(result.value);
}

export async function change(track: Track, body: unknown) {
  const result = Track.inputSchema({ except: ["album"], partial: true })["~standard"].validate(body);
  if (result.issues !== undefined) return;
  type(result.value.title).is<string | undefined>();
  type(result.value.next).is<number | null | undefined>();
  await track.update(result.value);
}

const some = Track.inputSchema({ only: ["title", "next"] })["~standard"].validate({});
if (some.issues === undefined) {
  type(some.value.title).is<string>();
  type(some.value.next).is<number | null | undefined>();
}
export const seats = Seat.inputSchema({ partial: true });
