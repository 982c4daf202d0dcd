// Magics that the session's process carries out: they are confined as the notebook's cells are.
import { InterpreterError, type MimeBundle, type TypeScriptSession } from "../../interpreter/index.ts";
import { UserError } from "../cells/cell.ts";
import { cleanText } from "../display/clean-text.ts";
import type { Magic } from "./magic.ts";

const SECRET = /key|token|secret|passw|passphrase|credential|auth|private/i; // of a variable's name
const WITH_PASSWORD = /^[a-z][\w+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i; // an address
const HIDDEN = "…";

type Session = Pick<TypeScriptSession, "commands" | "variables">;

export function sessionMagics(session: Session, folder: string): Magic[] {
  return [
    bashMagic(session),
    writeFileMagic(session),
    shownMagic("html", "text/html", "Shows the cell as HTML.", session),
    shownMagic("svg", "image/svg+xml", "Shows the cell as an SVG image.", session),
    shownMagic("markdown", "text/markdown", "Shows the cell as Markdown.", session),
    envMagic(session),
    cdMagic(session, folder),
    whoMagic(session),
  ];
}

function bashMagic(session: Session): Magic {
  return {
    name: "bash",
    kind: "cell",
    usage: "%%bash",
    help: "Runs a bash script, with the environment and the folder of the notebook's cells.",
    async run({ args, text }, { cellId, signal }) {
      refuseWords(args, "%%bash");
      const status = await told(session.commands.bash(text, { cellId, signal }));
      signal.throwIfAborted();
      if (status !== 0) throw new UserError(`the script ended with exit status ${status}`);
    },
  };
}

function writeFileMagic(session: Session): Magic {
  const usage = "%%writefile [-a] PATH";
  return {
    name: "writefile",
    kind: "cell",
    usage,
    help: "Writes the cell's text to a file; -a appends it.",
    async run({ args, text }, output) {
      const [, append, quoted, bare] = /^(-a\s+|--append\s+)?(?:(["'].+["'])|(\S.*))$/.exec(args.trim()) ?? [];
      const path = quoted?.slice(1, -1) ?? bare;
      if (path === undefined || path.startsWith("-")) throw new UserError(`Usage: ${usage}`);
      const isAppended = append !== undefined;
      const ended = text === "" || text.endsWith("\n") ? text : `${text}\n`;
      const wasThere = await told(session.commands.writeFile(path, ended, { isAppended }));
      const done = isAppended && wasThere ? "Appended to" : wasThere ? "Overwrote" : "Wrote";
      output.stream("stdout", `${done} ${path}\n`);
    },
  };
}

function shownMagic(name: string, type: string, help: string, session: Session): Magic {
  return {
    name,
    kind: "cell",
    usage: `%%${name}`,
    help,
    async run({ args, text }, { cellId }) {
      refuseWords(args, `%%${name}`);
      const data: MimeBundle = { [type]: text, "text/plain": text };
      await told(session.commands.show(cellId, data));
    },
  };
}

function envMagic(session: Session): Magic {
  return {
    name: "env",
    kind: "line",
    usage: "%env [NAME[=VALUE]]",
    help: "Lists the variables of the environment, without secrets; shows one, or sets it for cells and %%bash.",
    async run({ args }, output) {
      const [, name = "", value] = /^([^=\s]*)(?:\s*=\s*|\s+)?(.*)$/s.exec(args.trim()) ?? [];
      const isSet = /[=\s]/.test(args.trim());
      if (isSet && name === "") throw new UserError("a variable of the environment has a name: %env NAME=VALUE");
      const change = isSet ? { set: { [name]: value ?? "" } } : {};
      const { variables } = await told(session.commands.environment(change));
      if (isSet || name === "") output.stream("stdout", cleanText(listed(isSet ? { [name]: value ?? "" } : variables)));
      else output.stream("stdout", cleanText(one(name, variables)));
    },
  };
}

function one(name: string, variables: Readonly<Record<string, string>>): string {
  const value = variables[name];
  if (value === undefined) throw new UserError(`there is no variable ${name} in the environment; %env lists all`);
  return `${name}=${value}\n`;
}

function listed(variables: Readonly<Record<string, string>>): string {
  const isSecret = (name: string, value: string) => SECRET.test(name) || WITH_PASSWORD.test(value);
  const lines = Object.entries(variables)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${isSecret(name, value) ? HIDDEN : value}\n`);
  return lines.join("");
}

function cdMagic(session: Session, notebookFolder: string): Magic {
  return {
    name: "cd",
    kind: "line",
    usage: "%cd [FOLDER]",
    help: "Shows or changes the folder in which cells and %%bash open files; imports and SQL stay with the notebook's.",
    async run({ args }, output) {
      const wanted = args.trim().replace(/^(["'])(.*)\1$/, "$2");
      const { folder } = await told(session.commands.environment(wanted === "" ? {} : { folder: wanted }));
      const note = folder === notebookFolder ? "" : `imports and SQL stay with ${notebookFolder}\n`;
      output.stream("stdout", `${cleanText(folder)}\n${note}`);
    },
  };
}

function whoMagic(session: Session): Magic {
  return {
    name: "who",
    kind: "line",
    usage: "%who",
    help: "Lists the variables of the notebook, with their types.",
    async run(_input, output) {
      const variables = await session.variables();
      const rows = variables.map(({ name, type, summary }) => [name, type, summary] as const);
      output.stream("stdout", rows.length === 0 ? "no variables yet\n" : cleanText(columns(rows)));
    },
  };
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function refuseWords(args: string, name: string): void {
  if (args.trim() !== "") throw new UserError(`${name} takes nothing behind it: what it is about stands below`);
}

/** What the session could not do is the user's to know: a file that cannot be written, no bash. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof InterpreterError) throw new UserError(error.message);
    throw error;
  }
}
