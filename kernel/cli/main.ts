import { readFileSync } from "node:fs";
import { terminalText } from "../display/clean-text.ts";
import { didYouMean } from "../nearest.ts";
import { type Command, UsageError } from "./command.ts";

/** Loaded only when asked for: most commands need little of the program. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  lab: async () => (await import("./lab.ts")).lab,
  doctor: async () => (await import("./doctor.ts")).doctor,
  install: async () => (await import("./install.ts")).install,
  uninstall: async () => (await import("./uninstall.ts")).uninstall,
  models: async () => (await import("./models.ts")).models,
  chat: async () => (await import("./chat.ts")).chat,
  serve: async () => (await import("./serve.ts")).serve,
  generate: async () => (await import("./generate.ts")).generate,
  score: async () => (await import("./score.ts")).score,
  tokenize: async () => (await import("./tokenize.ts")).tokenize,
  bench: async () => (await import("./bench.ts")).bench,
  run: async () => (await import("./run.ts")).run,
};

/** @returns the exit code: 0, 1 for a failure, 2 for a wrong command line */
export async function main(argv: readonly string[]): Promise<number> {
  ignoreClosedOutput();
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-v") return print(version());
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    print(await overview());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    const remedy = `${didYouMean(name, Object.keys(COMMANDS))}All commands: qwenlab --help`;
    return complain(`qwenlab: there is no command ${JSON.stringify(name)}; ${remedy}`, 2);
  }
  try {
    const command = await load();
    if (asksForHelp(rest)) return print(command.usage);
    if (command.usesDevice) {
      const { runWithDriver } = await import("./driver-process.ts");
      const exitCode = await runWithDriver();
      if (exitCode !== undefined) return exitCode;
    }
    return (await command.run(rest)) ?? 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UsageError) {
      return complain(`qwenlab ${name}: ${message}; see: qwenlab ${name} --help`, 2);
    }
    return complain(`qwenlab ${name}: ${message}`, 1);
  }
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  const options = end < 0 ? argv : argv.slice(0, end);
  return options.includes("--help") || options.includes("-h");
}

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(11)}${summary}`);
  return [
    "qwenlab: a Jupyter kernel in TypeScript with a Qwen model inside",
    "",
    "usage: qwenlab COMMAND [ARGUMENTS]",
    "",
    ...lines,
    "",
    "qwenlab COMMAND --help tells more; qwenlab --version the version.",
  ].join("\n");
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL(import.meta.resolve("qwenlab/package.json")), "utf8"));
  return version;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** A file's, a server's or a model's words may be in it. */
function complain(text: string, exitCode: number): number {
  process.stderr.write(`${terminalText(text)}\n`);
  return exitCode;
}

/** `qwenlab ... | head` closes our output early: that ends us, and is no error. */
function ignoreClosedOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
