import { type FolderChanges, KeptFiles, type TypeScriptSession } from "../../interpreter/index.ts";
import { cleanText } from "../display/clean-text.ts";
import { type CellOutput, type Magic, UserError } from "./magic.ts";

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

export function undoMagic(undo: Undo): Magic {
  return {
    name: "undo",
    kind: "line",
    usage: "%undo",
    help: "Puts back the files that the last %%agent changed or deleted.",
    async run(_input, output) {
      const changes = undo.restore();
      if (!changes) throw new UserError("there is nothing to undo: no %%agent has run code since the last %undo");
      const back = [...changes.changed, ...changes.deleted];
      const say = (stream: "stdout" | "stderr", text: string) => output.stream(stream, cleanText(text)); // files' names
      say("stdout", back.length > 0 ? `Put back: ${back.join(", ")}.\n` : "No file had been changed or deleted.\n");
      if (changes.created.length > 0) say("stdout", `New files stay: ${changes.created.join(", ")}.\n`);
      if (changes.lost.length > 0) say("stderr", `Too large to have been kept: ${changes.lost.join(", ")}.\n`);
    },
  };
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
