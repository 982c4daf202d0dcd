// WebAssembly's types. Node has it, @types/node has not; TypeScript has them among a browser's, whose `name`, `status` and
// `document` would hide mistakes in a notebook. So this one namespace is taken out of that library's text.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "../typescript.cjs";

const TAKEN = [/^declare namespace WebAssembly \{\n[\s\S]*?\n\}$/m, /^type BufferSource = .*;$/m];

/** A script of declarations. */
export function webAssemblyTypes(): string {
  const library = readFileSync(join(dirname(ts.getDefaultLibFilePath({})), "lib.dom.d.ts"), "utf8").replaceAll(
    "\r",
    "",
  );
  return TAKEN.map((part) => part.exec(library)?.[0] ?? "").join("\n");
}
