// The machine's own package archives, read from its own configuration: we name no host.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Entries of one format each, as they would stand in a file of `sources.list.d`. */
export interface AptSources {
  readonly deb822: string; // for a .sources file
  readonly oneLine: string; // for a .list file
}

/** The codename of this release ("bookworm", "noble"), from the text of /etc/os-release. */
export function releaseCodename(osRelease: string): string | undefined {
  return /^VERSION_CODENAME="?([\w-]+)"?$/m.exec(osRelease)?.[1];
}

/** The machine's configured sources; `folder` is /etc/apt but in tests. */
export function readAptSources(folder = "/etc/apt"): AptSources {
  const parts = join(folder, "sources.list.d");
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");
  const readAll = (extension: string) =>
    names.filter((name) => name.endsWith(extension)).map((name) => read(join(parts, name)));
  return {
    deb822: readAll(".sources").join("\n\n"),
    oneLine: [read(join(folder, "sources.list")), ...readAll(".list")].join("\n"),
  };
}

/**
 * Only the release's own archives (a third party's that is out of order must not stop us), with binary packages, and
 * beside the release itself its `codename-backports`.
 * @param release another one of the same archives, to be had instead
 */
export function withBackports({ deb822, oneLine }: AptSources, codename: string, release = codename): AptSources {
  const suitesOf = (suites: readonly string[]) =>
    ownSuites(suites, codename).map((suite) => release + suite.slice(codename.length));
  return {
    deb822: deb822
      .split(/\n[ \t]*\n/)
      .map((stanza) => rewriteStanza(stanza, suitesOf))
      .filter((stanza) => stanza !== undefined)
      .join("\n\n"),
    oneLine: oneLine
      .split("\n")
      .flatMap((line) => rewriteLine(line, suitesOf))
      .join("\n"),
  };
}

type Rewrite = (suites: readonly string[]) => readonly string[];

/** Suites of the release: "bookworm", "bookworm-updates", "bookworm-security"; not "stable", not "bookworm-pgdg". */
function ownSuites(suites: readonly string[], codename: string): string[] {
  const own = new RegExp(`^${codename}(-(updates|security|backports))?(/updates)?$`);
  const kept = suites.filter((suite) => own.test(suite));
  const hasBackports = kept.includes(`${codename}-backports`);
  return kept.includes(codename) && !hasBackports ? [...kept, `${codename}-backports`] : kept;
}

function rewriteStanza(stanza: string, suitesOf: Rewrite): string | undefined {
  const lines = stanza.split("\n").filter((line) => !line.startsWith("#") && line.trim() !== "");
  const field = (name: string) =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  if (!field("types")?.split(/\s+/).includes("deb") || field("enabled")?.toLowerCase() === "no") return undefined;
  const suites = suitesOf(field("suites")?.split(/\s+/) ?? []);
  if (suites.length === 0) return undefined;
  const rewritten = lines.map((line) => {
    if (/^types:/i.test(line)) return "Types: deb";
    if (/^suites:/i.test(line)) return `Suites: ${suites.join(" ")}`;
    return line;
  });
  return rewritten.join("\n");
}

function rewriteLine(line: string, suitesOf: Rewrite): string[] {
  const match = /^deb\s+((?:\[[^\]]*\]\s+)?\S+)\s+(\S+)\s+(\S.*)$/.exec(line.trim());
  if (!match) return [];
  const [, archive, suite, components] = match;
  return suitesOf([suite!]).map((own) => `deb ${archive} ${own} ${components}`);
}
