// Another Node than the one that runs the tests, for what a newer V8 does otherwise. npm has its programs as packages.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../kernel/setup/run-program.ts";

const VERSION = "24.21.0";
const NAME = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** Fetches it (120 MB) into the cache if it is not there. @returns the program's path */
export async function ensureNode24(cacheDir: string): Promise<string> {
  const folder = join(cacheDir, `node-${VERSION}`);
  const program = join(folder, "node_modules", NAME, "bin", "node");
  if (existsSync(program)) return program;
  mkdirSync(cacheDir, { recursive: true });
  const scratch = mkdtempSync(join(cacheDir, "node-24-"));
  try {
    writeFileSync(join(scratch, "package.json"), "{}");
    const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${NAME}@${VERSION}`];
    const { exitCode, stdout, stderr } = await runProgram("npm", install, { cwd: scratch });
    if (exitCode !== 0) throw new Error(`npm ${install.join(" ")} failed:\n${stdout}${stderr}`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(scratch, folder);
    return program;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
