import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  advance(steps: number): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere, where a bar could not be redrawn, a line for every quarter. */
export function showProgress(title: string, total: number): Progress {
  return process.stdout.isTTY ? bar(title, total) : lines(title, total);
}

function bar(title: string, total: number): Progress {
  const single = new SingleBar({ format: `${title} {bar} {percentage}% | {value} of {total}` }, Presets.shades_classic);
  single.start(total, 0);
  return { advance: (steps) => single.increment(steps), stop: () => single.stop() };
}

function lines(title: string, total: number): Progress {
  let done = 0;
  let quarter = 0;
  return {
    advance(steps) {
      done += steps;
      const reached = Math.floor((4 * done) / total);
      if (reached > quarter) console.log(`${title}: ${done} of ${total}`);
      quarter = reached;
    },
    stop: () => undefined,
  };
}
