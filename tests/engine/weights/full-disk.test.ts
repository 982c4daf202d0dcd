// A download onto a disk of 1.5 MB, which bubblewrap makes: a file system in memory with a size.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { serving, startFileServer } from "./file-server.ts";

const DISK_BYTES = 1_536 * 1024;
const FILE = Buffer.alloc(1_000_000, "weights of a model that is not there ");
const DOWNLOAD = resolve(import.meta.dirname, "../../../dist/engine/weights/download.js");

/** Runs on the small disk: pulls, with a file beside that fills it first or in mid-download, and pulls again without. */
const SCRIPT = `
import { readFileSync, readdirSync, rmSync, writeFileSync, statfsSync } from "node:fs";
import { pullModel } from ${JSON.stringify(DOWNLOAD)};
const [model, env] = JSON.parse(process.argv[2]);
const models = "/disk/models";
const fill = (left) => {
  const { bavail, bsize } = statfsSync("/disk");
  writeFileSync("/disk/filler", Buffer.alloc(bavail * bsize - left));
};
const pull = (onProgress = () => {}) =>
  pullModel(model, { cacheDir: "/disk", env, onProgress }).then(
    () => ({ bytes: readFileSync(models + "/tiny.gguf").length }),
    ({ code, message }) => ({ code, message, files: readdirSync(models).sort() }),
  );
const results = {};
fill(500_000);
results.fullBefore = await pull();
rmSync("/disk/filler");
let filled = false;
results.fullDuring = await pull(({ done }) => {
  if (filled || done < 200_000) return;
  filled = true;
  fill(0);
});
rmSync("/disk/filler");
results.after = await pull();
results.files = readdirSync(models).sort();
console.log(JSON.stringify(results));
`;

test("a disk that is full, or becomes full, is told with folder, bytes needed and free; the next pull goes on", async () => {
  await using server = await startFileServer(serving(FILE));
  const folder = mkdtempSync(join(tmpdir(), "qwenlab-disk-"));
  const script = join(folder, "pull.mjs");
  writeFileSync(script, SCRIPT);
  const model = {
    name: "tiny",
    fileName: "tiny.gguf",
    bytes: FILE.length,
    sha256: createHash("sha256").update(FILE).digest("hex"),
    sources: [{ type: "huggingface", repository: "owner/model", revision: "abc" }],
  };
  const disk = ["--dev-bind", "/", "/", "--size", String(DISK_BYTES), "--tmpfs", "/disk"];
  const argument = JSON.stringify([model, { QWENLAB_HF_ENDPOINT: server.url }]);
  const { stdout } = await promisify(execFile)("bwrap", [...disk, process.execPath, script, argument]);
  rmSync(folder, { recursive: true });
  const { fullBefore, fullDuring, after, files } = JSON.parse(stdout);

  expect(fullBefore).toMatchObject({ code: "download-failed", files: [] });
  expect(fullBefore.message).toMatch(
    /^tiny needs 1000000 more bytes in \/disk\/models, which has \d{6} free; free some/,
  );
  expect(fullDuring).toMatchObject({ code: "download-failed", files: expect.arrayContaining(["tiny.gguf.part"]) });
  expect(fullDuring.message).toMatch(
    /^the disk is full: tiny needs \d{6} more bytes in \/disk\/models, which has \d{1,5} free; .*goes on from what is there$/,
  );
  expect({ after, files }).toEqual({ after: { bytes: FILE.length }, files: ["tiny.gguf"] });
  expect(server.requests).toHaveLength(2);
  expect(server.requests[1]).toMatch(/ bytes=\d{6}-$/); // it went on
});
