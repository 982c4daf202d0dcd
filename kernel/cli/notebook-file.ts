// nbformat 4: what `qwenlab run` reads, and writes as 4.5.
import { randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { CommandError } from "./command.ts";
import { issueOf, readJson } from "./input-file.ts";

const CELL_ID = /^[a-zA-Z0-9-_]{1,64}$/;

const TEXT = z.union([z.string(), z.array(z.string())]);
const CELL = z.looseObject({
  cell_type: z.enum(["code", "markdown", "raw"]),
  id: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
  source: TEXT,
});
const NOTEBOOK = z.looseObject({
  nbformat: z.literal(4),
  nbformat_minor: z.int(),
  metadata: z.record(z.string(), z.unknown()),
  cells: z.array(CELL),
});

/** As in the file: `output_type` and its fields. */
export type Output = Readonly<Record<string, unknown>> & { readonly output_type: string };
export type Cell = z.infer<typeof CELL>;
export type Notebook = z.infer<typeof NOTEBOOK>;

/** @throws CommandError that names the file and the field */
export function readNotebook(path: string): Notebook {
  const parsed = NOTEBOOK.safeParse(readJson(path));
  if (!parsed.success) throw new CommandError(`${path}: not a notebook of format 4; ${issueOf(parsed.error)}`);
  return parsed.data;
}

export function sourceOf({ source }: Cell): string {
  return typeof source === "string" ? source : source.join("");
}

export function isTagged({ metadata }: Cell, tag: string): boolean {
  return Array.isArray(metadata.tags) && metadata.tags.includes(tag);
}

/** Appears under its name as a whole. */
export function writeNotebook(path: string, notebook: Notebook): void {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    id: cell.id !== undefined && CELL_ID.test(cell.id) ? cell.id : randomBytes(4).toString("hex"),
  }));
  const minor = Math.max(notebook.nbformat_minor, 5);
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify({ ...notebook, cells, nbformat_minor: minor }, null, 1)}\n`);
  renameSync(temporary, path);
}
