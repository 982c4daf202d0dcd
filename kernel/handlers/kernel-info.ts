import { createRequire } from "node:module";
import type { KernelMessage } from "@jupyterlab/services";
import { PROTOCOL_VERSION } from "../protocol/messages.ts";

// `supported_features` is of protocol 5.5, and not yet in the types
type KernelInfo = KernelMessage.IInfoReply & { readonly supported_features: readonly string[] };

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info */
export async function kernelInfo(): Promise<KernelInfo> {
  const require = createRequire(import.meta.url);
  const { version } = require("qwenlab/package.json") as { version: string };
  const { version: typescriptVersion } = require("typescript/package.json") as { version: string };
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "qwenlab",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: typescriptVersion,
      mimetype: "text/typescript",
      file_extension: ".ts",
      codemirror_mode: "typescript", // JupyterLab looks it up by name; as { name: "javascript" } types would be errors
      pygments_lexer: "typescript",
      nbconvert_exporter: "script",
    },
    banner: `qwenlab ${version}: TypeScript ${typescriptVersion}, Node ${process.versions.node}. Start with %help`,
    help_links: [
      { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
      { text: "Node.js", url: "https://nodejs.org/api/" },
    ],
    supported_features: ["debugger"],
  };
}
