import type { DataFile } from "./data-files.ts";
import { quoted } from "./database.ts";
import type { DescribedFile } from "./reader/messages.ts";

const MAX_CHARACTERS = 300;

/** A file that stays a table by its name, with what is wrong with it. */
export function unreadable({ name, path }: DataFile, message: string): DescribedFile {
  const ownWords = message.replace(/\nLINE \d+:.*$/s, ""); // the query is ours, and tells nothing
  const named = ownWords.replaceAll(path, name).replace(`${name}: `, "");
  const problem = named.replace(/\s+/g, " ").trim().slice(0, MAX_CHARACTERS);
  return {
    tables: [{ name: quoted(name), kind: "file", columns: [], rowCount: undefined, problem }],
    sources: [],
    problem,
  };
}
