import { createRequire } from "node:module";

export const VERSION: string = createRequire(import.meta.url)("qwenlab/package.json").version;
