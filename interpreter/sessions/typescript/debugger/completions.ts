// What may follow in a text that is typed into the debugger: members of what stands before a dot, else names in sight.
import type { Runtime } from "node:inspector";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Frame, Frames } from "./frames.ts";

// A chain of members: looked at, while a call could do anything.
const CHAIN =
  /([\p{ID_Start}$_][\p{ID_Continue}$]*(?:\??\.[\p{ID_Start}$_][\p{ID_Continue}$]*|(?:\?\.)?\[(?:\d+|"[^"\\]*"|'[^'\\]*')\])*)\??\.[\p{ID_Continue}$]*$/u;
const BEGUN = /[\p{ID_Continue}$]*$/u;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

export interface CompletionPlace {
  readonly text: string;
  readonly offset: number;
  readonly frame: Frame | undefined; // undefined: outside of all frames
}

/** Their `start` is an offset in the text. */
export async function debugCompletions(
  frames: Frames,
  { text, offset, frame }: CompletionPlace,
): Promise<readonly DebugProtocol.CompletionItem[]> {
  const before = text.slice(0, offset);
  const [begun = ""] = BEGUN.exec(before) ?? [];
  const isMember = /\.$/.test(before.slice(0, before.length - begun.length));
  const object = CHAIN.exec(before)?.[1];
  if (isMember && object === undefined) return [];
  const found = isMember ? await frames.members(`Object(${object})`, frame) : await frames.names(frame);
  const byName = new Map([...found].reverse().map((property) => [property.name, property])); // inner names hide outer ones
  return [...byName.values()]
    .filter(({ name, symbol }) => symbol === undefined && name.startsWith(begun) && IDENTIFIER.test(name))
    .map(({ name, value }) => ({
      ...{ label: name, start: before.length - begun.length, length: begun.length },
      type: kindOf(value, isMember),
    }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

function kindOf(value: Runtime.RemoteObject | undefined, isMember: boolean): DebugProtocol.CompletionItemType {
  if (value?.type !== "function") return isMember ? "property" : "variable";
  if (value.description?.startsWith("class ")) return "class";
  return isMember ? "method" : "function";
}
