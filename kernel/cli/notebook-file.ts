// nbformat 4: what `qwenlab run` reads, and writes as 4.5.
import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
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

const MAX_DEPTH = 500; // of what lies in a cell; JSON.stringify fails at some thousands, when all has been run

/** @throws CommandError that names the file and what is wrong in it */
export function readNotebook(path: string): Notebook {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info && !info.isFile()) throw new CommandError(`${path}: not a file`); // a pipe or device may never end
  const content = readJson(path);
  if (isDeeperThan(content, MAX_DEPTH)) throw new CommandError(`${path}: nested more than ${MAX_DEPTH} deep`);
  const parsed = NOTEBOOK.safeParse(content);
  if (!parsed.success) throw new CommandError(`${path}: not a notebook of format 4; ${issueOf(parsed.error)}`);
  const language = languageOf(parsed.data);
  if (language !== undefined && !/^(typescript|javascript)$/i.test(language)) {
    throw new CommandError(`${path}: a notebook in ${JSON.stringify(language)}; qwenlab runs TypeScript`);
  }
  return parsed.data;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  let level: unknown[] = [value];
  for (let i = 0; i <= depth; i++) {
    level = level
      .filter((item) => typeof item === "object" && item !== null)
      .flatMap((item) => Object.values(item as object));
    if (level.length === 0) return false;
  }
  return true;
}

/** As the notebook says itself; undefined where it does not. */
function languageOf({ metadata }: Notebook): string | undefined {
  const { kernelspec, language_info: info } = metadata as Record<string, { language?: unknown; name?: unknown } | null>;
  const language = kernelspec?.language ?? info?.name;
  return typeof language === "string" ? language : undefined;
}

/** Its id where that is one; another file may have anything there. */
export function idOf({ id }: Cell): string | undefined {
  return id !== undefined && CELL_ID.test(id) ? id : undefined;
}

export function sourceOf({ source }: Cell): string {
  return typeof source === "string" ? source : source.join("");
}

export function isTagged({ metadata }: Cell, tag: string): boolean {
  return Array.isArray(metadata.tags) && metadata.tags.includes(tag);
}

/** Where a notebook is to be written. */
export interface NotebookTarget {
  /** Appears under its name as a whole, with the rights of the file that was there. @throws CommandError */
  write(notebook: Notebook): void;
}

/** Looks before the notebook runs whether it can be written after. @throws CommandError */
export function notebookTarget(path: string): NotebookTarget {
  const fail = (error: unknown): never => {
    throw new CommandError(`--out ${path}: ${error instanceof Error ? error.message : error}`);
  };
  try {
    const file = existsSync(path) ? realpathSync(path) : path; // a link stays one
    const present = statSync(file, { throwIfNoEntry: false });
    if (present?.isDirectory()) fail("a folder");
    if (present && !present.isFile()) return { write: (notebook) => writeFileSync(file, textOf(notebook)) }; // a device
    accessSync(dirname(file), constants.W_OK);
    const mode = present ? present.mode & 0o777 : 0o666; // the latter less the umask
    return {
      write(notebook) {
        const draft = `${file}.${randomBytes(6).toString("hex")}.tmp`;
        try {
          writeFileSync(draft, textOf(notebook), { mode, flag: "wx" });
          renameSync(draft, file);
        } catch (error) {
          rmSync(draft, { force: true });
          fail(error);
        }
      },
    };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    return fail(error);
  }
}

function textOf(notebook: Notebook): string {
  const ids = new Set<string>();
  const cells = notebook.cells.map((cell) => {
    const own = idOf(cell);
    const id = own === undefined || ids.has(own) ? randomBytes(4).toString("hex") : own; // unique, as the format has it
    ids.add(id);
    return { ...cell, id };
  });
  const minor = Math.max(notebook.nbformat_minor, 5);
  return `${JSON.stringify({ ...notebook, cells, nbformat_minor: minor }, null, 1)}\n`;
}
