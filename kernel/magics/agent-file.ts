// An agent as a file: what it is called, how it behaves, what it may use and know. JSON, so that it can be edited.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { UserError } from "./magic.ts";

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

/** @throws UserError that names the file and the field */
export function readAgentFile(path: string, shown: string): AgentFile {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`${shown}: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = AGENT_FILE.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`${shown}: ${issue?.path.join(".") || "the agent"}: ${issue?.message}`);
}

export function writeAgentFile(path: string, agent: AgentFile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(agent, undefined, 2)}\n`);
}
