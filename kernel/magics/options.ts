import { type ParseArgsConfig, parseArgs } from "node:util";
import { z } from "zod";
import { UserError } from "../cells/cell.ts";
import type { MagicInput } from "./magic.ts";

const OPTION = /^\s*--[\w-]+(?:=\S*|\s+(?!--)\S+)?(?=\s|$)/;

/**
 * The options of a cell magic's first line, and its text: what stands behind the options is the text's first line.
 * @throws UserError that names the option and shows `usage`
 */
export function readOptionsAndText<Schema extends z.ZodObject>(
  { args, text }: MagicInput,
  schema: Schema,
  usage: string,
): z.output<Schema> & { readonly text: string } {
  let rest = args;
  for (let option = OPTION.exec(rest); option; option = OPTION.exec(rest)) rest = rest.slice(option[0].length);
  const options = readOptions(args.slice(0, args.length - rest.length), schema, usage);
  const firstLine = rest.trim();
  return { ...options, text: firstLine === "" ? text : `${firstLine}\n${text}` };
}

/**
 * The options of a magic's first line, checked by `schema`; names are written --like-this.
 * @throws UserError that names the option and shows `usage`
 */
export function readOptions<Schema extends z.ZodObject>(args: string, schema: Schema, usage: string): z.output<Schema> {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const name of Object.keys(schema.shape)) options[kebab(name)] = { type: "string" };
  try {
    const { values } = parseArgs({ args: args.split(/\s+/).filter(Boolean), options, allowPositionals: false });
    const named = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, values[kebab(name)]]));
    return schema.parse(named);
  } catch (error) {
    throw new UserError(`${explain(error)}\nUsage: ${usage}`);
  }
}

function explain(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `--${kebab(path.join("."))}: ${message}`).join("; ");
  }
  return error instanceof Error ? error.message.split(". To specify")[0]! : String(error);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export const MODEL_OPTIONS = z.object({
  model: z.string().optional(),
  temperature: z.coerce.number().min(0).max(2).optional(),
  cell: z
    .string()
    .regex(/^\d+(,\d+)*$/, "numbers of cells that ran, such as 3 or 3,5")
    .transform((list) => list.split(",").map(Number))
    .optional(),
  maxTokens: z.coerce.number().int().min(1).max(100_000).optional(),
});
