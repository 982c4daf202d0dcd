import { resolve } from "node:path";
import { activePrefix, installKernelspec, type KernelspecPlace } from "../kernelspec.ts";
import { type Command, readArguments, UsageError } from "./command.ts";

const PLACES = { user: { type: "boolean" }, "sys-prefix": { type: "boolean" }, prefix: { type: "string" } } as const;

export const install: Command = {
  name: "install",
  summary: "register the kernel with Jupyter",
  usage: `usage: qwenlab install [--user | --sys-prefix | --prefix DIR]

Writes the kernelspec that makes "Qwen (TypeScript)" appear in Jupyter. Needs no Python.

  --user         for the user, in every Jupyter (default)
  --sys-prefix   in the Python environment that was activated last ($VIRTUAL_ENV or $CONDA_PREFIX)
  --prefix DIR   in DIR/share/jupyter/kernels`,

  async run(argv) {
    const place = readPlace(argv);
    const path = await installKernelspec(place);
    process.stdout.write(`Qwen (TypeScript) is registered in ${path}${byVariable(place)}\n`);
    return 0;
  },
};

export type NamedPlace = KernelspecPlace & { readonly variable?: string }; // which named the prefix

/** For the end of a line that names the place. */
export function byVariable({ variable }: NamedPlace): string {
  return variable === undefined ? "" : `, the environment that ${variable} names`;
}

/** @throws UsageError */
export function readPlace(argv: readonly string[]): NamedPlace {
  const { values } = readArguments(argv, PLACES);
  if (Object.keys(values).length > 1) throw new UsageError("--user, --sys-prefix and --prefix exclude each other");
  if (values.prefix !== undefined) return { prefix: resolve(values.prefix) };
  return values["sys-prefix"] ? activePrefix() : { user: true };
}
