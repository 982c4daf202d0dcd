// The program of a compiler's process, where there is no snapshot of one that is warm; and of tslab's.
import { serveCompiler } from "./serve-compiler.ts";

serveCompiler(async ({ cwd, name, remembered }) => {
  if (name === "tslab") return (await import("./tslab/compiler.ts")).createCompiler(cwd);
  return (await import("./compiler/compiler.ts")).createCompiler(cwd, remembered);
});
