import { kernelspecFolder, uninstallKernelspec } from "../kernelspec.ts";
import type { Command } from "./command.ts";
import { byVariable, readPlace } from "./install.ts";

export const uninstall: Command = {
  name: "uninstall",
  summary: "remove the kernel from Jupyter",
  usage: `usage: qwenlab uninstall [--user | --sys-prefix | --prefix DIR]

Removes what \`qwenlab install\` with the same option wrote. What \`qwenlab lab\` fetched stays: \`qwenlab models remove\`
deletes a model, and without the cache folder (QWENLAB_CACHE_DIR, ~/.cache/qwenlab) nothing is left.`,

  async run(argv) {
    const place = readPlace(argv);
    const removed = await uninstallKernelspec(place);
    process.stdout.write(
      removed
        ? `removed ${removed}${byVariable(place)}\n`
        : `nothing to remove: there is no ${kernelspecFolder(place)}${byVariable(place)}\n`,
    );
    return 0;
  },
};
