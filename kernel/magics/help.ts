import { findMagic } from "./find-magic.ts";
import type { Magic } from "./magic.ts";

const WIDTH = 24; // characters; a longer usage has its help on the next line

/** @param all every magic there is, also these two */
export function helpMagics(all: () => readonly Magic[]): Magic[] {
  const list = (name: string, help: string): Magic => ({
    name,
    kind: "line",
    usage: `%${name}${name === "help" ? " [MAGIC]" : ""}`,
    help,
    async run({ args }, output) {
      const wanted = args.trim();
      output.stream("stdout", wanted === "" ? overview(all()) : `${magicHelp(findMagic(wanted, all()))}\n`);
    },
  });
  return [list("help", "Shows what cells can do, or one magic."), list("lsmagic", "Lists the magics.")];
}

/** Two lines: how a magic is written, and what it does. */
export function magicHelp({ usage, help }: Magic): string {
  return `${usage}\n${help}`;
}

function overview(magics: readonly Magic[]): string {
  const line = ({ usage, help }: Magic) =>
    usage.length < WIDTH ? `  ${usage.padEnd(WIDTH)}${help}\n` : `  ${usage}\n  ${" ".repeat(WIDTH)}${help}\n`;
  const lines = (kind: Magic["kind"]) =>
    magics
      .filter((magic) => magic.kind === kind)
      .map(line)
      .join("");
  return [
    "A cell is TypeScript; its variables stay. Its last expression is shown.\n",
    `\nThe whole cell, when its first line is:\n${lines("cell")}`,
    `\nLines at the top of a cell:\n${lines("line")}`,
    "\nname? shows a variable's type, %name? a magic.\n",
  ].join("");
}
