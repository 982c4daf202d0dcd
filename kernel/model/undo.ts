import { type FolderChanges, KeptFiles, type TypeScriptSession } from "../../interpreter/index.ts";
import type { CellOutput } from "../cells/cell.ts";
import { cleanText } from "../display/clean-text.ts";

/** What the last %%agent changed, and can be put back. */
export class Undo {
  readonly #folder: string;
  readonly #ownNotebook: string | undefined;
  #kept: KeptFiles | undefined;
  #variables: ReadonlyMap<string, string> | undefined;

  /** `ownNotebook` is the path of the notebook's own file, which the front end saves while code runs. */
  constructor(folder: string, ownNotebook?: string) {
    this.#folder = folder;
    this.#ownNotebook = ownNotebook;
  }

  /** A new task: what the one before kept is let go only when there is something new to keep. */
  begin(): void {
    this.#variables = undefined;
  }

  /** Before the first step that may change something; later ones of the same task change nothing here. */
  async keep(session: TypeScriptSession): Promise<void> {
    if (this.#variables !== undefined) return;
    this.#variables = await variablesOf(session);
    this.#kept?.dispose();
    this.#kept = new KeptFiles(this.#folder, this.#ownNotebook);
  }

  /** Says what the task changed, if it may have changed something. */
  async report(session: TypeScriptSession, output: CellOutput): Promise<void> {
    if (this.#variables === undefined || !this.#kept) return;
    const before = this.#variables;
    const after = await variablesOf(session).catch(() => before);
    const changed = [...after].filter(([name, value]) => before.has(name) && before.get(name) !== value);
    const files = filesText(this.#kept.changes());
    const names = changed.map(([name]) => name);
    const lines = [
      ...(names.length > 0 ? [`Variables changed: ${names.join(", ")}.`] : []),
      ...(files !== "" ? [`Files ${files}; %undo puts back what was changed or deleted.`] : []),
    ];
    if (lines.length > 0) output.stream("stdout", cleanText(`${lines.join("\n")}\n`));
  }

  restore(): FolderChanges | undefined {
    const changes = this.#kept?.restore();
    this.#kept?.dispose();
    this.#kept = undefined;
    return changes;
  }

  dispose(): void {
    this.#kept?.dispose();
  }
}

async function variablesOf(session: TypeScriptSession): Promise<Map<string, string>> {
  return new Map((await session.variables()).map(({ name, type, summary }) => [name, `${type} ${summary}`]));
}

function filesText({ changed, deleted, created, lost }: FolderChanges): string {
  const parts = Object.entries({ changed: [...changed, ...lost], deleted, created }).filter(
    ([, names]) => names.length > 0,
  );
  return parts.map(([what, names]) => `${what}: ${names.join(", ")}`).join("; ");
}
