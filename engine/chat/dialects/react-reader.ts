import type { CallableTool } from "../../grammar/call-format.ts";
import { overlap } from "../stop-strings.ts";
import { parseLeniently, type WrittenCall } from "./call-json.ts";
import { type AnswerPart, type CallReader, textPart } from "./dialect.ts";
import { isSchema, typesOf } from "./schema-types.ts";

/** What begins a part of the answer, at the beginning of a line. */
const HEADINGS = ["Thought:", "Action:", "Action Input:", "Observation:", "Final Answer:"] as const;
type Heading = (typeof HEADINGS)[number];

/** Reads `Thought: … Action: … Action Input: …` and `Final Answer: …`; text without any of these is an answer, too. */
export class ReactReader implements CallReader {
  readonly #tools: readonly CallableTool[];
  #held = "\n"; // as if the answer began after a line break: headings are found by theirs
  #heading: Heading | undefined; // of the part that is read
  #isNew = true; // nothing of the part came out yet: white space in front of it goes
  #action = "";
  #thought = ""; // the last one: where nothing follows it, it was the answer
  #hasAnswered = false;
  #isOver = false;

  constructor(tools: readonly CallableTool[]) {
    this.#tools = tools;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  push(text: string): AnswerPart[] {
    if (this.#tools.length === 0) return textPart(text);
    if (this.#isOver) return [];
    this.#held += text;
    const parts: AnswerPart[] = [];
    while (!this.#isOver && this.#heading !== "Final Answer:") {
      const next = nextHeading(this.#held);
      if (!next) break;
      parts.push(...this.#give(next.at, true));
      this.#held = this.#held.slice("\n".length + next.heading.length);
      parts.push(...this.#begin(next.heading));
    }
    if (!this.#isOver) parts.push(...this.#give(this.#held.length - waiting(this.#held), false));
    return parts;
  }

  end(): AnswerPart[] {
    if (this.#tools.length === 0) return [];
    const parts = this.#isOver ? [] : this.#give(this.#held.length, true);
    if (this.#heading === "Action:") parts.push(...this.#text(`Action: ${this.#action}`));
    this.#isOver = true;
    return this.#hasAnswered ? parts : [...parts, ...this.#text(this.#thought.trim())];
  }

  #begin(heading: Heading): AnswerPart[] {
    const isCall = this.#heading !== "Action:" || heading === "Action Input:";
    const parts = isCall ? [] : this.#text(`Action: ${this.#action}\n`);
    this.#heading = heading;
    this.#isNew = true;
    if (heading === "Thought:") this.#thought = "";
    if (heading === "Observation:") this.#isOver = true; // no tool has said it
    return parts;
  }

  /** The next characters of the part that is read; a call's come out when it is whole. */
  #give(length: number, isWhole: boolean): AnswerPart[] {
    const isCall = this.#heading === "Action:" || this.#heading === "Action Input:";
    if (isCall && !isWhole) return [];
    const taken = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    if (this.#heading === "Action:") this.#action = taken.trim();
    if (this.#heading === "Action Input:") return this.#call(taken);
    if (isCall) return [];
    const text = this.#isNew ? taken.trimStart() : taken;
    if (text === "") return [];
    this.#isNew = false;
    if (this.#heading !== "Thought:") return this.#text(text);
    this.#thought += text;
    return [{ type: "reasoning", text }];
  }

  #call(input: string): AnswerPart[] {
    this.#isOver = true;
    const call = readInput(this.#action, input, this.#tools);
    if (!call) return this.#text(`Action: ${this.#action}\nAction Input:${input}`);
    this.#hasAnswered = true;
    return [{ type: "call", call }];
  }

  #text(text: string): AnswerPart[] {
    this.#hasAnswered ||= text !== "";
    return textPart(text);
  }
}

function nextHeading(text: string): { readonly at: number; readonly heading: Heading } | undefined {
  const [first] = HEADINGS.map((heading) => ({ heading, at: text.indexOf(`\n${heading}`) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  return first;
}

/** How many characters at the end may be the beginning of a heading. */
function waiting(text: string): number {
  return Math.max(...HEADINGS.map((heading) => overlap(text, `\n${heading}`)));
}

/** JSON of the arguments; or, for a tool with one text to give, that text as it is, such as a fence of code. */
function readInput(name: string, input: string, tools: readonly CallableTool[]): WrittenCall | undefined {
  const tool = tools.find((one) => one.name === name);
  if (!tool) return undefined;
  const text = input.trim().replace(/^```[^\n`]*\n([\s\S]*?)\n?```$/, "$1");
  const values = parseLeniently(text);
  if (isSchema(values)) return { name, arguments: JSON.stringify(values) };
  const parameter = textParameter(tool);
  return parameter === undefined ? undefined : { name, arguments: JSON.stringify({ [parameter]: text }) };
}

function textParameter({ parameters = {} }: CallableTool): string | undefined {
  const properties = isSchema(parameters["properties"]) ? parameters["properties"] : {};
  const names = Array.isArray(parameters["required"]) ? parameters["required"] : Object.keys(properties);
  const [only] = names;
  const schema = properties[only];
  return names.length === 1 && isSchema(schema) && typesOf(schema)?.has("string") ? only : undefined;
}
