import { existsSync } from "node:fs";
import { z } from "zod";
import { ENCODINGS, type ReadingOptions, setTableSetting, type TableInfo } from "../../interpreter/index.ts";
import { UserError } from "../cells/cell.ts";
import type { ModelServices } from "../model/services.ts";
import type { Magic } from "./magic.ts";
import { readOptions } from "./options.ts";

const USAGE =
  "%tables [read 'FILE' [--dates day-first|month-first|year-first] [--decimal comma|point] [--header yes|no] [--encoding NAME] [--separator SIGN]]";
const SEPARATORS: Readonly<Record<string, string>> = { comma: ",", semicolon: ";", tab: "\t", bar: "|" };

const OPTIONS = z.object({
  dates: z.enum(["day-first", "month-first", "year-first"]).optional(),
  decimal: z.enum(["comma", "point"]).optional(),
  header: z.enum(["yes", "no"]).optional(),
  encoding: z.enum(ENCODINGS).optional(),
  separator: z.string().optional(),
});

/** The notebook's tables with what was assumed of them, and how a file is to be read instead. */
export function tablesMagic({ session, folder }: Pick<ModelServices, "session" | "folder">): Magic {
  return {
    name: "tables",
    kind: "line",
    usage: USAGE,
    help: "Lists the tables with their columns and how they are read; `read` says how a file is to be read.",
    async run({ args }, output) {
      const asked = /^read\s+(?:'([^']+)'|"([^"]+)"|(\S+))\s*(.*)$/s.exec(args.trim());
      if (!asked) {
        if (args.trim() !== "") throw new UserError(`%tables ${args.trim()} is nothing.\nUsage: ${USAGE}`);
        const tables = await session.tables();
        const none = existsSync(folder) ? "There are no tables.\n" : `The notebook's folder ${folder} is gone.\n`;
        output.stream("stdout", tables.length === 0 ? none : tables.map(listed).join("\n"));
        return;
      }
      const name = asked[1] ?? asked[2] ?? asked[3]!;
      const files = await findFiles(name, session);
      const options = readingOptions(asked[4] ?? "");
      for (const file of files) setTableSetting(folder, file, options);
      const tables = (await session.tables()).filter((table) => isOf(name, table));
      output.stream("stdout", tables.map(listed).join("\n"));
    },
  };
}

function readingOptions(args: string): ReadingOptions {
  const { header, separator, ...given } = readOptions(args, OPTIONS, USAGE);
  const sign =
    separator === undefined ? undefined : (SEPARATORS[separator] ?? separator.replace(/^(['"])(.)\1$/, "$2"));
  if (sign !== undefined && sign.length !== 1)
    throw new UserError(`--separator: one sign, or one of ${Object.keys(SEPARATORS).join(", ")}\nUsage: ${USAGE}`);
  return Object.fromEntries(
    Object.entries({ ...given, header: header && header === "yes", separator: sign }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/** The file of this name; of several that are one table, each. */
async function findFiles(name: string, session: ModelServices["session"]): Promise<readonly string[]> {
  const files = (await session.tables()).filter(({ kind }) => kind === "file");
  const found = files.find((table) => isOf(name, table));
  if (found) return found.files?.map((file) => fileNamed(file)) ?? [name];
  throw new UserError(`there is no data file ${name}; there are: ${files.map((table) => table.name).join(", ")}`);
}

/** sales.xlsx, of 'sales.xlsx#Targets' */
function fileNamed(table: string): string {
  return table.slice(1, -1).replaceAll("''", "'").split("#")[0]!;
}

/** Also of a later sheet: 'sales.xlsx#Targets'. */
function isOf(name: string, table: TableInfo): boolean {
  const own = table.name.slice(1, -1).replaceAll("''", "'");
  return table.kind === "file" && (own === name || own.startsWith(`${name}#`));
}

function listed({ name, rowCount, columns, problem, notes = [] }: TableInfo): string {
  if (problem !== undefined) return `${name} cannot be read: ${problem}\n`;
  const rows = rowCount === undefined ? "" : ` (${rowCount} row${rowCount === 1 ? "" : "s"})`;
  const lines = [
    `${name}${rows}`,
    ...columns.map((column) => `    ${column.name}  ${column.type}`),
    ...notes.map((note) => `    * ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}
