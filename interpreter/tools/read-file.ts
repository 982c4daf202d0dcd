import { readdirSync, statSync } from "node:fs";
import { z } from "zod";
import { InterpreterError, ToolCallError } from "../errors.ts";
import { isHidden } from "../hidden-files.ts";
import { readVisibleFile, visiblePath } from "../visible-file.ts";
import { cutMiddle, defineTool, type Tool } from "./tool.ts";

const MAX_BYTES = 2 * 2 ** 20; // a larger file is a table's, for SQL
const MAX_ENTRIES = 100;
const MAX_LINES = 80;

/** Text files of the notebook's folder. Hidden ones stay hidden: keys and settings live there. */
export function readFileTool(folder: string): Tool {
  return defineTool({
    name: "read_file",
    description: "Reads lines of a text file of the notebook's folder; a folder's name lists it.",
    effect: "reads",
    parameters: z.object({ path: z.string(), line: z.int().min(1).default(1).describe("first line") }),
    async execute({ path, line }) {
      try {
        const real = visiblePath(folder, path);
        return statSync(real).isDirectory()
          ? listing(real)
          : linesOf(readVisibleFile(folder, path, MAX_BYTES), path, line);
      } catch (error) {
        if (error instanceof InterpreterError && !(error instanceof ToolCallError))
          throw new ToolCallError(
            `${error.message}; read_file with "." lists the folder, tables are read with run_sql`,
          );
        throw error;
      }
    },
  });
}

function linesOf(bytes: Buffer, path: string, first: number): string {
  if (bytes.includes(0)) throw new ToolCallError(`${path} is not a text file`);
  const lines = bytes.toString("utf8").split("\n");
  const shown = lines.slice(first - 1, first - 1 + MAX_LINES);
  const more =
    lines.length > first - 1 + shown.length
      ? `\n(lines ${first} to ${first - 1 + shown.length} of ${lines.length})`
      : "";
  return cutMiddle(`${shown.join("\n")}${more}`);
}

function listing(folder: string): string {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !isHidden(name));
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  const more = names.length > MAX_ENTRIES ? [`(and ${names.length - MAX_ENTRIES} more)`] : [];
  return [...names.slice(0, MAX_ENTRIES), ...more].join("\n") || "(the folder is empty)";
}
