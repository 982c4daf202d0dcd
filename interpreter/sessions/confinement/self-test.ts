// Whether the confinement holds on this machine: the attempts of probes.ts against victims of our own. `auto` rests on it.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endMarked, marked, newMark, ownFolder } from "../own-processes.ts";
import { type Confinement, missingForConfinement, openConfinement } from "./confinement.ts";
import type { Attempt, Victims } from "./probes.ts";
import { testThroughSession } from "./session-test.ts";

const TIMEOUT_MS = 180_000; // a hang: with gigabytes to fill, a busy machine takes a minute
const LOOKS = 300; // for what should have ended: on a busy machine it has not had its turn yet
const LOOK_EVERY_MS = 100;
const SECRET_VARIABLE = "QWENLAB_VICTIM_SECRET";
const PLANTED = [".git/hooks/post-commit", ".git/config", ".mcp.json", ".vscode/tasks.json", "package.json"];

export interface SelfTest {
  readonly attempts: readonly Attempt[];
  /** Nothing got out. */
  readonly holds: boolean;
  readonly problem: string | undefined; // why there is no confinement, or what got out
}

/**
 * @param thorough with what takes seconds, and gigabytes of memory
 * @param open to confine with; tests give one that does not, to see that the attempts would succeed
 */
export async function testConfinement(
  { thorough }: { readonly thorough: boolean } = { thorough: false },
  open: (folder: string) => Pick<Confinement, "wrap"> = openConfinement,
): Promise<SelfTest> {
  const missing = open === openConfinement ? missingForConfinement() : undefined;
  if (missing !== undefined) return { attempts: [], holds: false, problem: missing };
  const base = realpathSync(mkdtempSync(join(ownFolder(), "self-test-")));
  const folder = join(base, "notebook");
  const outside = join(base, "outside");
  prepareFolders(folder, outside);
  const servers = await startServers(base);
  const marker = String(1_000_000 + Math.floor(Math.random() * 8_999_999)); // seconds
  const mark = newMark(); // a room that is still being made does not yet die with this process
  const victim = spawn(process.execPath, ["-e", "process.stdin.resume()", "victim"], {
    stdio: ["pipe", "ignore", "ignore"], // which ends with this process, and the victim with it
    env: { ...process.env, [SECRET_VARIABLE]: "secret" },
  });
  try {
    const victims: Victims = {
      folder,
      outside,
      pid: victim.pid ?? 0,
      port: servers.port,
      socketPath: servers.socketPath,
      abstractSocket: servers.abstractSocket,
      secretVariable: SECRET_VARIABLE,
      marker,
      thorough,
    };
    const tried = await runProbes(open(folder), victims, mark);
    const attempts = tried.map((attempt) => lookAgain(attempt, folder)).concat(await outlives(marker));
    return judged(attempts);
  } catch (error) {
    return failed(error);
  } finally {
    victim.kill("SIGKILL");
    endMarked(mark);
    servers.close();
    rmSync(base, { recursive: true, force: true });
  }
}

/** With what is tried through a session. */
export async function testThoroughly(): Promise<SelfTest> {
  const first = await testConfinement({ thorough: true });
  if (!first.holds) return first;
  return testThroughSession().then((attempts) => judged([...first.attempts, ...attempts]), failed);
}

function judged(attempts: readonly Attempt[]): SelfTest {
  const got = attempts.filter(({ stoppedBy }) => stoppedBy === undefined).map(({ name }) => name);
  const problem = got.length === 0 ? undefined : `it does not stop: ${got.join(", ")}`;
  return { attempts, holds: got.length === 0, problem };
}

function failed(error: unknown): SelfTest {
  const problem = `the self-test failed: ${error instanceof Error ? error.message : error}`;
  return { attempts: [], holds: false, problem };
}

function prepareFolders(folder: string, outside: string): void {
  mkdirSync(join(folder, ".git", "hooks"), { recursive: true });
  mkdirSync(join(folder, "out"));
  mkdirSync(outside);
  writeFileSync(join(outside, "secret.txt"), "secret");
  writeFileSync(join(folder, ".env"), "KEY=secret");
  mkdirSync(join(folder, "sub", ".git"), { recursive: true });
  writeFileSync(join(folder, "sub", ".env"), "KEY=secret");
  writeFileSync(join(folder, "sub", ".git", "config"), "token = secret");
  symlinkSync(".env", join(folder, "sub", "link"));
  writeFileSync(join(folder, ".git", "config"), "[core]\n");
  writeFileSync(join(folder, "data.csv"), "a\n1\n");
  writeFileSync(join(folder, "notebook.ipynb"), "{}");
  symlinkSync(join(outside, "secret.txt"), join(folder, "link.txt"));
}

async function startServers(base: string) {
  const tcp = createServer((socket) => socket.end());
  const unix = createServer((socket) => socket.end());
  const abstract = createServer((socket) => socket.end());
  const udp = createSocket("udp4", (message, from) => udp.send(message, from.port, from.address));
  const socketPath = join(base, "victim.sock");
  const abstractSocket = `qwenlab-victim-${process.pid}-${Math.random()}`;
  const listens = (server: typeof tcp, ...where: [number, string] | [string]) =>
    new Promise<void>((resolve, reject) => server.once("error", reject).listen(...(where as [string]), resolve));
  await Promise.all([
    listens(tcp, 0, "127.0.0.1"),
    listens(unix, socketPath),
    listens(abstract, `\0${abstractSocket}`),
  ]);
  const address = tcp.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise<void>((resolve) => udp.bind(port, "127.0.0.1", resolve));
  return {
    port,
    socketPath,
    abstractSocket,
    close() {
      for (const server of [tcp, unix, abstract]) server.close();
      udp.close();
    },
  };
}

function runProbes(confinement: Pick<Confinement, "wrap">, victims: Victims, mark: string): Promise<Attempt[]> {
  const entry = createRequire(import.meta.url).resolve("#dist/interpreter/sessions/confinement/probes.js");
  const { program, args, env } = confinement.wrap({
    program: process.execPath,
    args: [entry, JSON.stringify(victims)],
    env: { ...process.env, [SECRET_VARIABLE]: "secret" },
  });
  const child = spawn(program, args, {
    env: marked(env, mark),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  let said = "";
  let complained = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complained += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      try {
        resolve(JSON.parse(said) as Attempt[]);
      } catch {
        reject(new Error(/^.*(Error|error|bwrap|prlimit|setpriv):.*$/m.exec(complained)?.[0] ?? `exit ${code}`));
      }
    });
  });
}

/** A plant that was written into something that covers the real folder is none. */
function lookAgain(attempt: Attempt, folder: string): Attempt {
  if (attempt.stoppedBy !== undefined || !/^plant|^change git|^write beside/.test(attempt.name)) return attempt;
  if (/^write beside/.test(attempt.name)) {
    const stays = ["../new.txt", "../outside/new.txt"].some((path) => existsSync(join(folder, path)));
    return stays ? attempt : { ...attempt, stoppedBy: "it does not stay" };
  }
  const stays = PLANTED.some(
    (path) => existsSync(join(folder, path)) && readFileSync(join(folder, path), "utf8") === "planted",
  );
  return stays ? attempt : { ...attempt, stoppedBy: "it does not stay" };
}

/** Under load a room takes its time to end: what is there afterwards would stay. */
async function outlives(marker: string): Promise<Attempt> {
  const living = () =>
    readdirSync("/proc").filter((id) => /^\d+$/.test(id) && commandOf(id).includes(`sleep\0${marker}`));
  for (let look = 0; look < LOOKS && living().length > 0; look++) await sleep(LOOK_EVERY_MS);
  const left = living();
  for (const id of left) process.kill(Number(id), "SIGKILL");
  return { name: "live on as a daemon", stoppedBy: left.length > 0 ? undefined : "it ended with the rest" };
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
