const MAX_RECORDED_LENGTH = 2_000; // UTF-16 units, of one cell: what the model may be told of its output

/** What a cell shows, as text, the way it looks in the end: updated displays in their last state. */
export class OutputText {
  #parts: string[] = [];
  #displays = new Map<string, number>(); // index of each display's part
  #length = 0;
  #clearsNext = false;

  add(text: string, displayId?: string): void {
    if (this.#clearsNext) this.clear(false);
    if (this.#length > MAX_RECORDED_LENGTH) return;
    if (displayId !== undefined) this.#displays.set(displayId, this.#parts.length);
    this.#parts.push(text);
    this.#length += text.length;
  }

  update(displayId: string, text: string): void {
    const index = this.#displays.get(displayId);
    if (index !== undefined) this.#parts[index] = text;
  }

  /** @param wait for the next output: where none comes, what was shown stays */
  clear(wait: boolean): void {
    this.#clearsNext = wait;
    if (wait) return;
    this.#parts = [];
    this.#displays.clear();
    this.#length = 0;
  }

  toString(): string {
    return this.#parts.join("").slice(0, MAX_RECORDED_LENGTH);
  }
}
