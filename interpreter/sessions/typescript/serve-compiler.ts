// What a compiler's process does: it answers compiler-process.ts, one request after another.
import {
  type Compiler,
  type CompilerReply,
  type CompilerRequest,
  type CompilerStart,
  STARTED,
} from "./compiler-messages.ts";

const IDLE_MS = 100; // nobody who runs cells one after another waits so long

/** @param create called with the first message */
export function serveCompiler(create: (start: CompilerStart) => Compiler | Promise<Compiler>): void {
  let reading: NodeJS.Timeout | undefined;
  process.once("message", (start: CompilerStart) => {
    process.send?.(STARTED);
    const compiler = warmCompiler(start);
    process.on("message", async (request: CompilerRequest) => {
      clearTimeout(reading);
      const ready = await compiler;
      process.send?.(answer(ready, request));
      readWhenIdle(ready);
    });
  });
  process.once("disconnect", () => process.exit()); // the kernel is gone

  async function warmCompiler(start: CompilerStart): Promise<Compiler> {
    const compiler = await create(start);
    compiler.warmUp();
    readWhenIdle(compiler);
    return compiler;
  }

  /** In small steps: a request waits for the one that has begun. */
  function readWhenIdle(compiler: Compiler, after = IDLE_MS): void {
    clearTimeout(reading);
    reading = setTimeout(() => {
      if (compiler.readAhead?.()) readWhenIdle(compiler, 1);
    }, after);
  }
}

function answer(compiler: Compiler, { id, method, args }: CompilerRequest): CompilerReply {
  try {
    const call = compiler[method] as (...args: readonly unknown[]) => unknown;
    return { id, value: call(...args), remember: compiler.takeRemembered() };
  } catch (error) {
    if (error instanceof RangeError) return { id, error: "the code is nested too deeply for it" }; // its stack is full
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
