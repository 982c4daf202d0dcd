import { isInFolder, noteOf } from "../../interpreter/index.ts";
import { quoted } from "../printable.ts";
import type { KnownServer } from "./mcp-servers.ts";
import { isThisMachine } from "./this-machine.ts";

/** All that an entry does, a line each: its author may not hide a word of it. */
export function serverQuestion({ config: { name, file, entry }, folder, files }: KnownServer): string {
  const title = `The MCP server ${name} of ${file}`;
  if ("url" in entry) {
    return [
      `${title} calls: this address, to which is sent what the model gives to its tools:`,
      `  address   ${quoted(new URL(entry.url).href)}, ${placeOf(entry.url)}`,
      ...Object.entries(entry.headers).map(([header, value]) => `  header    ${header}: ${quoted(value)}`),
      ...unreplaced([entry.url, ...Object.values(entry.headers)]),
    ].join("\n");
  }
  const { command, args, env } = entry;
  return [
    `${title} runs: this program, as you and outside of any sandbox:`,
    `  program   ${quoted(command)}${isInFolder(command, folder) ? ", which is in this folder" : ""}`,
    ...args.map((arg) => `  argument  ${quoted(arg)}`),
    ...Object.entries(env).map(([variable, value]) => `  variable  ${variable}=${quoted(value)}${aside(variable)}`),
    `  runs in   ${quoted(folder)}`,
    ...unreplaced([...args, ...Object.values(env)]),
    ...files.map(
      ({ path, leadsTo }) =>
        `  from this folder: ${quoted(path)}${leadsTo === undefined ? "" : `, a link to ${quoted(leadsTo)}`}; you are asked again when it changes`,
    ),
    ...(args.length > 0 || files.length > 0 ? ["  What these read in turn may change without a question."] : []),
  ].join("\n");
}

function aside(variable: string): string {
  const note = noteOf(variable);
  return note === undefined ? "" : `: ${note}`;
}

function placeOf(url: string): string {
  if (isThisMachine(url)) return "on this machine";
  return url.startsWith("https:") ? "encrypted" : "NOT encrypted: whoever is between can read and change it";
}

/** Other programs put a variable in its place; its reader may believe that so do we. */
function unreplaced(texts: readonly string[]): string[] {
  return texts.some((text) => text.includes("${")) ? [`  note      \${...} is passed on as it stands`] : [];
}
