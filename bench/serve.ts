import { allocated, check, measure, retained, stream } from "./measure.js";
import type { Order } from "./protocol.js";
import type { Contestant, EngineName } from "./works.js";

async function obey(contestant: Contestant, order: Order): Promise<unknown> {
  switch (order.kind) {
    case "works":
      return Object.keys(contestant.works);
    case "measure":
      return measure(contestant, order);
    case "allocated":
      return allocated(contestant, order);
    case "check":
      return check(contestant, order);
    case "retained":
      return retained(contestant, order.work);
    case "stream":
      return stream(contestant);
    case "shapes":
      return contestant.growShapes?.() ?? null;
    case "close":
      await contestant.close();
      return null;
  }
}

/**
 * Runs one contestant in a process of its own, as the command line names it: it waits for orders, so that all take turns
 * without sharing a heap or compiled code.
 */
export function serve(open: (name: string, engine: EngineName, url: string) => Contestant | Promise<Contestant>): void {
  const [, , name, engine, url] = process.argv as [string, string, string, EngineName, string];
  const opened = Promise.resolve().then(() => open(name, engine, url));
  // What went wrong is told with the first order.
  opened.catch(() => undefined);
  process.on("disconnect", () => process.exit());
  process.on("message", (order: Order) => {
    opened
      .then((contestant) => obey(contestant, order))
      .then(
        (answer) => {
          process.send?.({ answer });
          if (order.kind === "close") process.disconnect?.();
        },
        (error: unknown) => void process.send?.({ error: (error as Error).stack }),
      );
  });
}
