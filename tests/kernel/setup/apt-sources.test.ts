import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readAptSources, releaseCodename, withBackports } from "../../../kernel/setup/apt-sources.ts";

test("a stanza of the release gains its backports, keeps its archive and its keyring", () => {
  const deb822 = [
    "Types: deb deb-src",
    "# a comment",
    "URIs: http://archive.example/debian",
    "Suites: bookworm bookworm-updates",
    "Components: main",
    "Signed-By: /usr/share/keyrings/archive.gpg",
  ].join("\n");
  expect(withBackports({ deb822, oneLine: "" }, "bookworm").deb822.split("\n")).toEqual([
    "Types: deb",
    "URIs: http://archive.example/debian",
    "Suites: bookworm bookworm-updates bookworm-backports",
    "Components: main",
    "Signed-By: /usr/share/keyrings/archive.gpg",
  ]);
});

test("an embedded key stays with its stanza", () => {
  const deb822 = [
    "Types: deb",
    "URIs: http://a.example",
    "Suites: noble",
    "Components: main",
    "Signed-By:",
    " -----BEGIN",
    " .",
    " -----END",
  ].join("\n");
  expect(withBackports({ deb822, oneLine: "" }, "noble").deb822).toContain("Signed-By:\n -----BEGIN\n .\n -----END");
});

test("security archives have no backports; third parties, disabled and source-only entries are left out", () => {
  const deb822 = [
    "Types: deb\nURIs: http://s.example/security\nSuites: bookworm-security\nComponents: main",
    "Types: deb\nURIs: http://third.example\nSuites: nodistro\nComponents: main",
    "Enabled: no\nTypes: deb\nURIs: http://off.example\nSuites: bookworm\nComponents: main",
    "Types: deb-src\nURIs: http://src.example\nSuites: bookworm\nComponents: main",
    "Types: deb\nURIs: http://pg.example\nSuites: bookworm-pgdg\nComponents: main",
  ].join("\n\n");
  const rewritten = withBackports({ deb822, oneLine: "" }, "bookworm").deb822;
  expect(rewritten).toBe("Types: deb\nURIs: http://s.example/security\nSuites: bookworm-security\nComponents: main");
});

test("lines of the old form become one line a suite", () => {
  const oneLine = [
    "# deb http://commented.example bookworm main",
    "deb [arch=amd64 signed-by=/k.gpg] http://archive.example/debian bookworm main contrib",
    "deb-src http://archive.example/debian bookworm main",
    "deb http://archive.example/debian-security bookworm-security main",
    "deb http://third.example/apt stable main",
  ].join("\n");
  expect(withBackports({ deb822: "", oneLine }, "bookworm").oneLine.split("\n")).toEqual([
    "deb [arch=amd64 signed-by=/k.gpg] http://archive.example/debian bookworm main contrib",
    "deb [arch=amd64 signed-by=/k.gpg] http://archive.example/debian bookworm-backports main contrib",
    "deb http://archive.example/debian-security bookworm-security main",
  ]);
});

test("another release of the same archives", () => {
  const oneLine =
    "deb http://archive.example/debian bookworm main\ndeb http://archive.example/debian-security bookworm-security main";
  expect(withBackports({ deb822: "", oneLine }, "bookworm", "trixie").oneLine.split("\n")).toEqual([
    "deb http://archive.example/debian trixie main",
    "deb http://archive.example/debian trixie-backports main",
    "deb http://archive.example/debian-security trixie-security main",
  ]);
});

test("sources come from sources.list and from both kinds of file beside it", () => {
  const folder = mkdtempSync(join(tmpdir(), "apt-"));
  mkdirSync(join(folder, "sources.list.d"));
  writeFileSync(join(folder, "sources.list"), "deb http://one.example bookworm main\n");
  writeFileSync(join(folder, "sources.list.d", "two.list"), "deb http://two.example bookworm main\n");
  writeFileSync(join(folder, "sources.list.d", "three.sources"), "Types: deb\nURIs: http://three.example\n");
  writeFileSync(join(folder, "sources.list.d", "four.list.disabled"), "deb http://four.example bookworm main\n");
  const { deb822, oneLine } = readAptSources(folder);
  expect(oneLine).toContain("one.example");
  expect(oneLine).toContain("two.example");
  expect(oneLine).not.toContain("four.example");
  expect(deb822).toContain("three.example");
  rmSync(folder, { recursive: true });
});

test("a machine without any source has none", () => {
  expect(readAptSources("/nonexistent")).toEqual({ deb822: "", oneLine: "" });
});

test.each([
  ['PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_CODENAME=bookworm\nID=debian\n', "bookworm"],
  ['NAME="Ubuntu"\nVERSION_CODENAME="noble"\n', "noble"],
  ["ID=alpine\n", undefined],
])("the codename in %j", (text, codename) => {
  expect(releaseCodename(text)).toBe(codename);
});
