import { matchesGlob } from "../protocol/glob.ts";

const MAX_ENTRIES = 10_000;
const SESSION = 1; // this kernel's; earlier ones are not kept

type Entry = readonly [session: number, line: number, source: string];
type EntryWithOutput = readonly [session: number, line: number, sourceAndOutput: readonly [string, string | null]];

/** What was run since the kernel started. https://jupyter-client.readthedocs.io/en/stable/messaging.html#history */
export class History {
  readonly #entries: { readonly line: number; readonly source: string; readonly output: string | null }[] = [];

  add(line: number, source: string, output: string): void {
    this.#entries.push({ line, source, output: output === "" ? null : output });
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }

  reply(content: Readonly<Record<string, unknown>>): {
    status: "ok";
    history: readonly (Entry | EntryWithOutput)[];
  } {
    const chosen = this.#choose(content);
    const history = chosen.map(({ line, source, output }): Entry | EntryWithOutput =>
      content.output === true ? [SESSION, line, [source, output]] : [SESSION, line, source],
    );
    return { status: "ok", history };
  }

  #choose({ hist_access_type, n, session, start, stop, pattern, unique }: Readonly<Record<string, unknown>>) {
    const last = typeof n === "number" && n >= 0 ? n : MAX_ENTRIES;
    switch (hist_access_type) {
      case "tail":
        return lastOf(this.#entries, last);
      case "range": {
        if (session !== undefined && session !== 0 && session !== SESSION) return [];
        const from = typeof start === "number" ? start : 0;
        const to = typeof stop === "number" ? stop : Number.POSITIVE_INFINITY;
        return this.#entries.filter(({ line }) => line >= from && line < to);
      }
      case "search": {
        const glob = typeof pattern === "string" ? pattern : "*";
        const found = this.#entries.filter(({ source }) => matchesGlob(source, glob));
        return lastOf(unique === true ? withoutRepeats(found) : found, last);
      }
      default:
        return [];
    }
  }
}

function lastOf<T>(items: readonly T[], n: number): readonly T[] {
  return n === 0 ? [] : items.slice(-n);
}

/** Each source once, where it was last. */
function withoutRepeats<T extends { readonly source: string }>(entries: readonly T[]): readonly T[] {
  const last = new Map(entries.map((entry) => [entry.source, entry]));
  return entries.filter((entry) => last.get(entry.source) === entry);
}
