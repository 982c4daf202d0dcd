// What was assumed when a file was read, folded: it stands above the result that rests on it.
import type { MimeBundle, TableInfo } from "../../interpreter/index.ts";
import { plainMarkdown } from "./foreign-text.ts";

export function tableNotes(tables: readonly TableInfo[]): MimeBundle {
  const parts = tables.map(({ name, notes = [] }) => {
    const lines = notes.map((note) => `- ${plainMarkdown(note)}`);
    return ["<details>", `<summary>How ${plainMarkdown(name)} is read</summary>`, "", ...lines, "", "</details>"].join(
      "\n",
    );
  });
  return {
    "text/markdown": `${parts.join("\n\n")}\n`,
    "text/plain": tables.map((table) => `${table.name} is read so: ${(table.notes ?? []).join("; ")}`).join("\n"),
  };
}
