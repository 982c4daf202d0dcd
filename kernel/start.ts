// What Jupyter starts. The processes that compile and run cells take longest to get ready: they are started first, and the
// kernel's own modules are loaded meanwhile.
import { startCompilerAhead, startSupervisorAhead } from "../interpreter/ahead.ts";
import { withstand } from "./process.ts";

/** The kernel of one notebook. Ends the process when a front end asks for it, or when nobody is left to ask. */
export async function start(connectionFile: string): Promise<void> {
  withstand();
  startCompilerAhead(process.cwd());
  startSupervisorAhead(process.cwd());
  try {
    const { runKernel } = await import("./main.ts");
    await runKernel(connectionFile);
    process.exit(0);
  } catch (error) {
    console.error(`qwenlab kernel: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
