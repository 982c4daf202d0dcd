import { UserError } from "../cells/cell.ts";
import { nearest } from "../nearest.ts";
import type { Magic } from "./magic.ts";

/**
 * @param written as in a cell: "%%chat"; without a sign either kind
 * @throws UserError that names the nearest magic
 */
export function findMagic(written: string, magics: readonly Magic[]): Magic {
  const found = magics.find((magic) => signed(magic) === written || magic.name === written);
  if (found) return found;
  const name = written.replace(/^%+/, "");
  const otherKind = magics.find((magic) => magic.name === name);
  const suggestion = otherKind ? signed(otherKind) : nearest(written, magics.map(signed));
  throw new UserError(`there is no magic ${written}; did you mean ${suggestion}? %help lists all`);
}

/** As it is written in a cell: "%%chat", "%model". */
export function signed({ kind, name }: Pick<Magic, "kind" | "name">): string {
  return `${kind === "cell" ? "%%" : "%"}${name}`;
}
