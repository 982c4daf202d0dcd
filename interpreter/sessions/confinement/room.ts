// A room that was started, from outside: its processes, its memory, its out/.
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { type FileHandle, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KEPT_FILES, NOBODY, OUT_BYTES } from "./limits.ts";
import type { MemoryGroup } from "./memory-group.ts";
import { type Copying, copyFolder, copyOne, openFolder, type Seen, within } from "./out-folder.ts";
import { type RoomFolders, watchLimits } from "./watch-limits.ts";

const OPENED_WITHIN_MS = 30_000; // bubblewrap takes a fraction of a second; a machine under load its time
const LOOK_EVERY_MS = 10;
const MAX_NAMED = 3;

export interface Room {
  /** What is in the notebook's out/ and not yet in the room's. @returns what was left out, to be told */
  bringIn(): Promise<string | undefined>;
  /** What the room's code wrote to out/. Works after its end, too. @returns what was left out, to be told */
  bringOut(): Promise<string | undefined>;
  /** The exchange folder, as this process reaches it; undefined where the room ended. */
  exchangePath(): Promise<string | undefined>;
  /** Of a file in the exchange folder, in the room. */
  pathOf(name: string): string;
  /** Copies a file to the exchange folder. @returns its path in the room */
  give(path: string): Promise<string>;
  /** Copies what the room's code wrote there under this name. @throws where it is no regular file */
  take(name: string, path: string): Promise<void>;
  /** After its end. */
  close(): Promise<void>;
}

export function enterRoom(about: {
  readonly pid: number;
  readonly outFolder: string;
  readonly covered: readonly string[]; // relative to the notebook's folder: what may not be seen in the room
  readonly exchange: string | undefined;
  readonly group: MemoryGroup | undefined;
  readonly onExceeded: (why: string) => void;
}): Room {
  const { pid, outFolder, covered, exchange, group, onExceeded } = about;
  const owner = process.getuid?.() === 0 ? NOBODY : undefined;
  let closed = false;
  let stopWatching = () => {};
  const opened = openRoom(pid, outFolder, exchange, () => closed).then((folders) => {
    if (folders && !closed) stopWatching = watchLimits({ ...folders, covered }, onExceeded);
    return folders;
  });
  opened.catch((error: unknown) =>
    onExceeded(`could not be watched: ${error instanceof Error ? error.message : error}`),
  );
  const seen = { inside: new Map() as Seen, outside: new Map() as Seen };
  const bytes = { in: OUT_BYTES / 2, out: OUT_BYTES }; // that may be added to the room's and to the notebook's
  let last: Promise<unknown> = Promise.resolve();

  function inTurn(copy: (room: FileHandle, notebook: FileHandle) => Promise<string | undefined>) {
    const result = last
      .then(() => withNotebook(copy))
      .catch((error: Error) => `out/ is not as it should be: ${error.message}`);
    last = result;
    return result;
  }

  async function withNotebook(copy: (room: FileHandle, notebook: FileHandle) => Promise<string | undefined>) {
    const folders = await opened.catch(() => undefined); // of that the session was ended
    if (!folders || closed) return undefined;
    const notebook = await openFolder(outFolder);
    try {
      return await copy(folders.out, notebook);
    } finally {
      await notebook.close();
    }
  }

  const pathOf = (name: string) => join(exchange ?? "/", name);

  async function exchangeFolder(): Promise<FileHandle> {
    const folder = (await opened)?.exchange;
    if (!folder) throw new Error("the sandbox has ended");
    return folder;
  }

  return {
    bringIn: () =>
      inTurn(async (room, notebook) => {
        const copying = begin(seen.outside, seen.inside, bytes.in, owner);
        await copyFolder(notebook, room, copying);
        bytes.in = copying.bytes;
        return told(copying, seen.outside, `are not in the sandbox, which takes ${limits(OUT_BYTES / 2)}`);
      }),
    bringOut: () =>
      inTurn(async (room, notebook) => {
        const copying = begin(seen.inside, seen.outside, bytes.out, undefined);
        await copyFolder(room, notebook, copying);
        bytes.out = copying.bytes;
        return told(copying, seen.inside, `were not kept: the sandbox may leave ${limits(OUT_BYTES)}`);
      }),
    async exchangePath() {
      const folder = (await opened.catch(() => undefined))?.exchange;
      return folder && within(folder);
    },
    async give(path) {
      const name = randomUUID();
      await copyOne(path, within(await exchangeFolder(), name), owner);
      return pathOf(name);
    },
    pathOf,
    async take(name, path) {
      const source = within(await exchangeFolder(), name);
      await copyOne(source, path);
      await rm(source, { force: true });
    },
    async close() {
      await last;
      closed = true;
      stopWatching();
      const folders = await opened.catch(() => undefined);
      await Promise.all(Object.values(folders ?? {}).map((folder: FileHandle) => folder.close()));
      group?.end();
    },
  };
}

function begin(source: Seen, copies: Seen, bytes: number, owner: number | undefined): Copying {
  return { seen: source, copies, bytes, owner, entries: 0, leftOut: [] };
}

function limits(bytes: number): string {
  return `${bytes / 2 ** 20} MB and ${KEPT_FILES} files of out/`;
}

/** Each once. */
function told({ leftOut }: Copying, seen: Seen, what: string): string | undefined {
  const names = leftOut.filter((path) => seen.get(path) !== "left out");
  for (const path of names) seen.set(path, "left out");
  if (names.length === 0) return undefined;
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return `${names
    .slice(0, MAX_NAMED)
    .map((name) => `out/${name}`)
    .join(", ")}${more} ${what}`;
}

/** Waits until bubblewrap has made the room. Undefined where it ended before. */
async function openRoom(
  pid: number,
  outFolder: string,
  exchange: string | undefined,
  isClosed: () => boolean,
): Promise<RoomFolders | undefined> {
  const device = statSync(outFolder).dev;
  const deadline = performance.now() + OPENED_WITHIN_MS;
  while (performance.now() < deadline) {
    if (isClosed() || !existsSync(`/proc/${pid}`)) return undefined;
    const root = family(pid)
      .map((member) => `/proc/${member}/root`)
      .find((path) => isIn(path, outFolder, device));
    const folders = root === undefined ? undefined : await openFolders(root, outFolder, exchange);
    if (folders) return folders;
    await sleep(LOOK_EVERY_MS, undefined, { ref: false });
  }
  throw new Error("it did not begin");
}

/** Undefined where its process is about to enter the room in the room that nobody has, or has ended. */
async function openFolders(
  root: string,
  outFolder: string,
  exchange: string | undefined,
): Promise<RoomFolders | undefined> {
  const paths = [
    outFolder,
    dirname(outFolder),
    "/tmp",
    "/dev/shm",
    "/proc",
    ...(exchange === undefined ? [] : [exchange]),
  ];
  const tried = await Promise.allSettled(paths.map((path) => openFolder(`${root}${path}`)));
  const opened = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (opened.length < paths.length) {
    await Promise.all(opened.map((folder) => folder.close()));
    return undefined;
  }
  const [out, notebook, tmp, shared, processes, exchanged] = opened;
  return {
    ...{ out: out!, notebook: notebook!, tmp: tmp!, shared: shared!, processes: processes! },
    ...(exchanged && { exchange: exchanged }),
  };
}

/** Whether out/ is another there than the notebook's: then all mounts are made. */
function isIn(root: string, outFolder: string, device: number): boolean {
  try {
    return statSync(`${root}${outFolder}`).dev !== device;
  } catch {
    return false;
  }
}

function family(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "));
    return [...children.filter((child) => child.trim() !== "").flatMap((child) => family(Number(child))), pid];
  } catch {
    return []; // it has ended
  }
}
