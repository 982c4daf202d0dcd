import { uninstallKernelspec } from "../kernelspec.ts";
import type { Command } from "./command.ts";
import { byVariable, readPlace } from "./install.ts";

export const uninstall: Command = {
  name: "uninstall",
  summary: "remove the kernel from Jupyter",
  usage: `usage: qwenlab uninstall [--user | --sys-prefix | --prefix DIR]

Removes what \`qwenlab install\` with the same option wrote. Models and the cache folder stay; \`qwenlab models remove\`
deletes those.`,

  async run(argv) {
    const place = readPlace(argv);
    const removed = await uninstallKernelspec(place);
    process.stdout.write(
      removed
        ? `removed ${removed}${byVariable(place)}\n`
        : `the kernel was not registered there${byVariable(place)}\n`,
    );
    return 0;
  },
};
