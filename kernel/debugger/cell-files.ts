// The files that cells are dumped to: debuggers know code by its file, front ends by the hash of its text.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { ownFolder } from "../../interpreter/cells.ts";
import { murmur2 } from "./murmur2.ts";

const SEED = 0xc70f6907;

export interface CellFiles {
  /** For debugInfo: how a front end gets from a text to its path. */
  readonly naming: {
    readonly hashMethod: "Murmur2";
    readonly hashSeed: number;
    readonly tmpFilePrefix: string;
    readonly tmpFileSuffix: string;
  };
  pathOf(source: string): string;
  /** @returns the path that it has written to */
  dump(source: string): string;
}

export function createCellFiles(): CellFiles {
  const folder = join(ownFolder(), "cells");
  const naming = { hashMethod: "Murmur2", hashSeed: SEED, tmpFilePrefix: folder + sep, tmpFileSuffix: ".ts" } as const;
  const pathOf = (source: string) => `${naming.tmpFilePrefix}${murmur2(source, SEED)}${naming.tmpFileSuffix}`;
  return {
    ...{ naming, pathOf },
    dump(source) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(pathOf(source), source);
      return pathOf(source);
    },
  };
}
