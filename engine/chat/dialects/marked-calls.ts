import type { CallableTool } from "../../grammar/call-format.ts";
import { overlap } from "../stop-strings.ts";
import type { WrittenCall } from "./call-json.ts";
import { type AnswerPart, type CallReader, textPart } from "./dialect.ts";

/** A call between two marks. */
export interface Marker {
  readonly open: string;
  /**
   * Where a call ends that began after `open`: its own end, and the end of the closing mark. `undefined` while more of
   * it may come; `[0, 0]` for what can be no call.
   */
  end(text: string): readonly [end: number, markEnd: number] | undefined;
  read(inside: string, tools: readonly CallableTool[]): WrittenCall | undefined;
}

export interface MarkedCallsOptions {
  readonly markers: readonly Marker[];
  /** Reads an answer that is one JSON object, without marks; left out where the dialect has no such calls. */
  readonly readBare?: Marker["read"];
}

export class MarkedCalls implements CallReader {
  readonly isOver = false; // calls may follow each other
  readonly #tools: readonly CallableTool[];
  readonly #markers: readonly Marker[];
  readonly #readBare: Marker["read"] | undefined;
  #held = "";
  #marker: Marker | undefined; // of the call that has begun
  #isBareObject = false;
  #isBeginning = true;

  constructor(tools: readonly CallableTool[], { markers, readBare }: MarkedCallsOptions) {
    this.#tools = tools;
    this.#markers = markers;
    this.#readBare = readBare;
  }

  push(text: string): AnswerPart[] {
    if (this.#tools.length === 0) return textPart(text);
    this.#held += text;
    return this.#read();
  }

  end(): AnswerPart[] {
    const read = this.#marker?.read ?? (this.#isBareObject ? this.#readBare : undefined);
    const call = read?.(this.#held, this.#tools);
    const rest = (this.#marker?.open ?? "") + this.#held;
    this.#held = "";
    this.#marker = undefined;
    return call ? [{ type: "call", call }] : textPart(rest);
  }

  #read(): AnswerPart[] {
    const parts: AnswerPart[] = [];
    if (this.#isBeginning) this.#begin();
    if (this.#isBeginning || this.#isBareObject) return parts;
    for (;;) {
      const marker = this.#marker ?? this.#nextMarker(parts);
      const call = marker && this.#readCall(marker);
      if (!call) return parts;
      parts.push(...call);
    }
  }

  #begin(): void {
    const start = this.#readBare ? this.#held.trimStart() : this.#held;
    this.#isBeginning = start === "";
    this.#isBareObject = this.#readBare !== undefined && start.startsWith("{");
  }

  /** The text before the next call comes out; without one, all but what may be the beginning of its mark. */
  #nextMarker(parts: AnswerPart[]): Marker | undefined {
    const [first] = this.#markers
      .map((marker) => ({ marker, at: this.#held.indexOf(marker.open) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at);
    const waiting = Math.max(...this.#markers.map(({ open }) => overlap(this.#held, open)));
    parts.push(...textPart(this.#take(first?.at ?? this.#held.length - waiting)));
    if (first) this.#take(first.marker.open.length);
    this.#marker = first?.marker;
    return this.#marker;
  }

  #readCall(marker: Marker): AnswerPart[] | undefined {
    const found = marker.end(this.#held);
    if (!found) return undefined;
    const [end, markEnd] = found;
    const written = this.#take(markEnd);
    this.#marker = undefined;
    const call = marker.read(written.slice(0, end), this.#tools);
    return call ? [{ type: "call", call }] : textPart(marker.open + written);
  }

  #take(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }
}
