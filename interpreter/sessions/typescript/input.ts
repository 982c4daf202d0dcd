// input(), prompt() and confirm() of the cells. The last two wait, and the whole process with them.
import { currentCell } from "./attribution.ts";
import { KeyboardInterrupt } from "./cell-runner.ts";
import { readAnswer, send } from "./frames-out.ts";
import { readable } from "./shown-size.ts";

const MAX_WAITING = 100; // questions: more of them is a loop without await

const NOBODY_TO_ASK = "no input is possible here: this notebook runs without a person";
const waiting = new Map<number, (value: string | undefined, why: string | undefined) => void>();
let nextId = 1;

export function input(prompt = "", { password = false }: { password?: boolean } = {}): Promise<string> {
  const id = nextId++;
  return new Promise((resolve, reject) => {
    if (waiting.size >= MAX_WAITING) throw new Error(`${MAX_WAITING} questions wait for an answer; await each input()`);
    waiting.set(id, (value, why = NOBODY_TO_ASK) => {
      if (value !== undefined) resolve(value);
      else reject(new Error(why));
    });
    send({
      type: "input-request",
      cellId: currentCell(),
      id,
      prompt: readable(String(prompt)),
      password,
      waits: false,
    });
  });
}

export function answerInput(id: number, value: string | undefined, why: string | undefined): void {
  waiting.get(id)?.(value, why);
  waiting.delete(id);
}

export function prompt(message = "", defaultValue = ""): string | null {
  const answer = ask(defaultValue === "" ? String(message) : `${message} [${defaultValue}]`);
  return answer === "" ? defaultValue : answer;
}

export function confirm(message = ""): boolean {
  return /^y(es)?$/i.test(ask(`${message} [y/N]`)?.trim() ?? "");
}

function ask(message: string): string | null {
  const id = nextId++;
  send({
    type: "input-request",
    cellId: currentCell(),
    id,
    prompt: `${readable(message)} `,
    password: false,
    waits: true,
  });
  const { value, why, interrupted } = readAnswer();
  if (interrupted) throw new KeyboardInterrupt();
  if (why !== undefined) throw new Error(why);
  return value ?? null;
}
