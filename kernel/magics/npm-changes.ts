// What npm changed in a folder, as its package.json and its packages say.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const FILES = ["package.json", "package-lock.json"] as const;
const KINDS = ["dependencies", "devDependencies", "optionalDependencies"] as const;
const VERSIONS = z.record(z.string(), z.string()).catch({});
const PACKAGE = z.object({
  version: z.string().optional().catch(undefined),
  ...{ dependencies: VERSIONS, devDependencies: VERSIONS, optionalDependencies: VERSIONS },
});

export interface FolderPackages {
  readonly files: ReadonlyMap<string, string>; // package.json and the lock file, as they are
  readonly wanted: ReadonlyMap<string, string>; // package -> the range that package.json says
  readonly installed: ReadonlyMap<string, string>; // of these: package -> version
}

export interface PackageChanges {
  readonly files: readonly { readonly name: string; readonly isNew: boolean }[];
  readonly packages: readonly string[]; // a line each
  readonly replaced: readonly string[]; // packages that were there in another version, or are gone
}

export function packagesOf(folder: string): FolderPackages {
  const texts = FILES.flatMap((name): [string, string][] => {
    const text = read(join(folder, name));
    return text === undefined ? [] : [[name, text]];
  });
  const own = readPackage(folder);
  const wanted = new Map(KINDS.flatMap((kind) => Object.entries(own?.[kind] ?? {})));
  const installed = [...wanted.keys()].flatMap((name): [string, string][] => {
    const version = readPackage(join(folder, "node_modules", name))?.version;
    return version === undefined ? [] : [[name, version]];
  });
  return { files: new Map(texts), wanted, installed: new Map(installed) };
}

export function packageChanges(before: FolderPackages, after: FolderPackages): PackageChanges {
  const files = [...after.files]
    .filter(([name, text]) => before.files.get(name) !== text)
    .map(([name]) => ({ name, isNew: !before.files.has(name) }));
  const added = [...after.wanted].filter(([name, range]) => before.wanted.get(name) !== range);
  const removed = [...before.wanted.keys()].filter((name) => !after.wanted.has(name));
  const replaced = [...before.installed].filter(([name, version]) => after.installed.get(name) !== version);
  return {
    files,
    packages: [
      ...added.map(([name, range]) => `${before.wanted.has(name) ? "" : "+ "}${name} ${range}`),
      ...removed.map((name) => `- ${name}`),
    ],
    replaced: replaced.map(([name]) => name),
  };
}

function readPackage(folder: string): z.output<typeof PACKAGE> | undefined {
  try {
    return PACKAGE.parse(JSON.parse(read(join(folder, "package.json")) ?? ""));
  } catch {
    return undefined; // there is none, or npm says what is wrong with it
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
