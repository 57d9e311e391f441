import { queryAlias } from "../../query/index.js";
import type { LateralFactory } from "../../types/join.js";

/**
 * The rows of a queryset under a name, to be joined: `LATERAL`. They are worked out anew for each row that they are joined
 * to, which they name by `OuterRef`. From there on names lead into them as into a relation to one row. PostgreSQL, and
 * MySQL from 8.0.14 on.
 *
 * @example
 * ```ts no-run
 * const tracks = Track.objects.filter({ album: OuterRef("pk") }).orderBy("-position").limit(2);
 * await Album.objects.join(lateral("last", tracks), {}, { left: true }).values("name", "last__title").all();
 * // SELECT … FROM "album" LEFT JOIN LATERAL
 * //   (SELECT … FROM "track" WHERE "album_id" = "album"."id" ORDER BY "position" DESC LIMIT 2) AS t1 ON true
 * ```
 * @throws FieldError for what is no queryset, and, where it is joined, for what one of values does not name; when it runs,
 * NotSupportedError on SQLite and MariaDB.
 */
export const lateral = queryAlias as unknown as LateralFactory;
