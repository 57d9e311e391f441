import { NotSupportedError } from "../../errors/index.js";
import { overNode, windowCall } from "../common-windows.js";
import type { Functions } from "../ports/index.js";

export const sqliteWindows: Pick<Functions, "over" | "window"> = {
  over(parts) {
    if (parts.distanceOf?.storage === "decimal") {
      throw new NotSupportedError("SQLite has no decimals, so a window frame cannot be a range of them.", {
        hint: 'Order by a number of another kind: Cast("…", "float").',
      });
    }
    return overNode(parts);
  },
  window: windowCall,
};
