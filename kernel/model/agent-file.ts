// An agent as a file: what it is called, how it behaves, what it may use and know. JSON, so that it can be edited.
import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { readVisibleFile, visiblePath } from "../../interpreter/index.ts";
import { UserError } from "../cells/cell.ts";

const MAX_FILE_BYTES = 200_000; // ten times what the fields may hold

export const AGENT_FILE = z.strictObject({
  name: z.string().min(1).max(60),
  description: z.string().max(500).default(""),
  instructions: z.string().min(1).max(8_000),
  tools: z.array(z.string()).optional(), // names; all that are on, where none are named
  knowledge: z.array(z.string()).default([]), // files of the notebook's folder
  starters: z.array(z.string()).max(10).default([]), // questions to begin with
  model: z.strictObject({ name: z.string().optional(), temperature: z.number().min(0).max(2).optional() }).default({}),
});

export type AgentFile = z.output<typeof AGENT_FILE>;

/** @param path relative to the notebook's folder @throws UserError that names the file and the field */
export function readAgentFile(folder: string, path: string): AgentFile {
  let value: unknown;
  try {
    value = JSON.parse(readVisibleFile(folder, path, MAX_FILE_BYTES).toString("utf8"));
  } catch (error) {
    throw new UserError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = AGENT_FILE.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`${path}: ${issue?.path.join(".") || "the agent"}: ${issue?.message}`);
}

/** @param path relative to the notebook's folder @throws UserError where it is a link, which writes elsewhere, or a pipe */
export function writeAgentFile(folder: string, path: string, agent: AgentFile): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  try {
    visiblePath(folder, dirname(file));
  } catch (error) {
    throw new UserError(`${path} is not written: ${error instanceof Error ? error.message : error}`);
  }
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile())
    throw new UserError(`${path} is not written: it is ${there.isSymbolicLink() ? "a link" : "no plain file"}`);
  writeFileSync(file, `${JSON.stringify(agent, undefined, 2)}\n`);
}
