import { fields, Model, type ColumnsOf } from "../prelude.js";
import { type } from "./equal.js";
import { Track } from "./music.js";

class Server extends Model("server", {
  userID: fields.integer({ primaryKey: true }),
  HTTPPort: fields.integer({ null: true }),
  is2Fast: fields.boolean(),
  releasedOn: fields.date(),
  lastTrack: () => fields.foreignKey(Track),
}) {}

export function columns(of: ColumnsOf<Server>) {
  type(of).is<{
    user_id: number | null;
    http_port: number | null;
    is2_fast: boolean | null;
    released_on: string | null;
    last_track_id: number | null;
  }>();
}
