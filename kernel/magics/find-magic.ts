import { UserError } from "../cells/cell.ts";
import { didYouMean } from "../nearest.ts";
import type { Magic } from "./magic.ts";

/**
 * @param written as in a cell: "%%chat"; without a sign either kind
 * @throws UserError that names the magic that may be meant
 */
export function findMagic(written: string, magics: readonly Magic[]): Magic {
  const found = magics.find((magic) => signed(magic) === written || magic.name === written);
  if (found) return found;
  const name = written.replace(/^%+/, "");
  const otherKind = magics.find((magic) => magic.name === name);
  const wayOut = otherKind ? `did you mean ${signed(otherKind)}? ` : didYouMean(written, magics.map(signed));
  throw new UserError(`there is no magic ${written}; ${wayOut}%help lists all`);
}

/** As it is written in a cell: "%%chat", "%model". */
export function signed({ kind, name }: Pick<Magic, "kind" | "name">): string {
  return `${kind === "cell" ? "%%" : "%"}${name}`;
}
