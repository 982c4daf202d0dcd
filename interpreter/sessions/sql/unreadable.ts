import type { DataFile } from "./data-files.ts";
import { quoted } from "./database.ts";
import type { DescribedFile } from "./reader/messages.ts";

const MAX_CHARACTERS = 300;

/** A file that stays a table by its name, with what is wrong with it. */
export function unreadable({ name }: DataFile, message: string): DescribedFile {
  const problem = message.replace(/\s+/g, " ").slice(0, MAX_CHARACTERS);
  return {
    tables: [{ name: quoted(name), kind: "file", columns: [], rowCount: undefined, problem }],
    sources: [],
    problem,
  };
}
