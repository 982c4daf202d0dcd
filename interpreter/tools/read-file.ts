import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import { isInFolder } from "../in-folder.ts";
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
      const real = await inside(folder, path);
      const about = await stat(real);
      if (about.isDirectory()) return listing(real);
      if (!about.isFile()) throw new ToolCallError(`${path} is not a file`);
      if (about.size > MAX_BYTES)
        throw new ToolCallError(`${path} has ${about.size} bytes; a table is read with run_sql`);
      const bytes = await readFile(real);
      if (bytes.includes(0)) throw new ToolCallError(`${path} is not a text file`);
      const lines = bytes.toString("utf8").split("\n");
      const shown = lines.slice(line - 1, line - 1 + MAX_LINES);
      const more =
        lines.length > line - 1 + shown.length
          ? `\n(lines ${line} to ${line - 1 + shown.length} of ${lines.length})`
          : "";
      return cutMiddle(`${shown.join("\n")}${more}`);
    },
  });
}

/** The real path, if it lies in the folder: links and `..` do not lead out. */
async function inside(folder: string, path: string): Promise<string> {
  const root = await realpath(folder);
  const real = await realpath(isAbsolute(path) ? path : join(root, path)).catch(() => {
    throw new ToolCallError(`there is no file ${path}; read_file with "." lists the folder`);
  });
  if (!isInFolder(real, root)) throw new ToolCallError(`${path} is outside the notebook's folder`);
  if (
    relative(root, real)
      .split(sep)
      .some((part) => part.startsWith("."))
  )
    throw new ToolCallError(`${path} is hidden; it is not read`);
  return real;
}

async function listing(folder: string): Promise<string> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  const more = names.length > MAX_ENTRIES ? [`(and ${names.length - MAX_ENTRIES} more)`] : [];
  return [...names.slice(0, MAX_ENTRIES), ...more].join("\n") || "(the folder is empty)";
}
