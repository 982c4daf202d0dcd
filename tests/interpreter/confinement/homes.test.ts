import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mountPoints, seenBelow } from "../../../interpreter/sessions/confinement/homes.ts";

let homes: string;
beforeEach(() => {
  homes = mkdtempSync(join(tmpdir(), "qwenlab-homes-"));
});
afterEach(() => rmSync(homes, { recursive: true }));

function made(...path: string[]): string {
  const folder = join(homes, ...path);
  mkdirSync(folder, { recursive: true });
  return folder;
}

test("a program that lies in a home, and the folders that lead to it, are nobody's files", () => {
  const mounts = [made("ann", "work", "qwenlab"), made("ann", ".nvm", "versions", "node")];
  writeFileSync(join(mounts[0]!, "README.md"), "ours");
  expect(seenBelow(homes, mounts)).toEqual([]);
});

test("what lies beside it is seen, wherever", () => {
  const mounts = [made("ann", "work", "qwenlab")];
  made("ann", ".ssh");
  made("ann", "work", "qwenlab-notes"); // begins as the program's folder does
  writeFileSync(join(homes, "ann", "work", "letter.txt"), "dear");
  made("ben");
  const seen = ["ann/.ssh", "ann/work/letter.txt", "ann/work/qwenlab-notes", "ben"].map((path) => join(homes, path));
  expect(seenBelow(homes, mounts).sort()).toEqual(seen);
});

test("homes that are not there show nothing", () => {
  expect(seenBelow(join(homes, "none"), [])).toEqual([]);
});

test("mounts are read with the characters that they have", () => {
  const lines = [
    "22 1 0:5 / / ro,nosuid - tmpfs tmpfs rw",
    String.raw`23 22 254:0 /a /home/ann/my\040work ro - ext4 /dev/vda rw`,
    "",
  ];
  expect(mountPoints(lines.join("\n"))).toEqual(["/", "/home/ann/my work"]);
});
