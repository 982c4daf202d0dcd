/** What the user should know of this notebook, beside what a cell does: shown in the next cell that runs, once. */
export class Notices {
  readonly #waiting: string[] = [];
  readonly #known = new Set<string>();

  readonly add = (notice: string): void => {
    if (this.#known.has(notice)) return;
    this.#known.add(notice);
    this.#waiting.push(notice);
  };

  show(cell: { stream(name: "stderr", text: string): void }): void {
    for (const notice of this.#waiting.splice(0)) cell.stream("stderr", `qwenlab: ${notice}.\n`);
  }
}
