const REDRAW_INTERVAL_MS = 100; // on a terminal
const LINE_INTERVAL_MS = 5_000; // in a log

/** Where a set-up step says what it does. */
export interface Report {
  line(text: string): void;
  /** Drawn in place on a terminal, a line now and then elsewhere. The last one (done = total) always appears. */
  progress(label: string, done: number, total: number): void; // bytes
}

/** A report on standard error, which leaves standard output to results. */
export function terminalReport(stream: NodeJS.WriteStream = process.stderr): Report {
  let drawn = 0; // characters of the bar that stands on the last line
  let shownAt = 0;
  const clear = () => {
    if (drawn > 0) stream.write(`\r${" ".repeat(drawn)}\r`);
    drawn = 0;
  };
  return {
    line(text) {
      clear();
      stream.write(`${text}\n`);
    },
    progress(label, done, total) {
      const now = performance.now();
      const interval = stream.isTTY ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS;
      if (done < total && now - shownAt < interval) return;
      shownAt = now;
      const text = progressLine(label, done, total);
      if (!stream.isTTY) return void stream.write(`${text}\n`);
      stream.write(`\r${text.padEnd(drawn)}`);
      drawn = text.length;
      if (done >= total) {
        stream.write("\n");
        drawn = 0;
      }
    },
  };
}

function progressLine(label: string, done: number, total: number): string {
  const percent = Math.floor((100 * done) / total);
  const bar = "#".repeat(Math.floor(percent / 5)).padEnd(20, ".");
  return `  ${label} [${bar}] ${percent} % of ${megabytes(total)}`;
}

export function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
