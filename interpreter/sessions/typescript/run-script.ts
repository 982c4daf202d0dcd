// Makes the function that compiled code is. What V8 alone finds wrong with the code, as a regular expression that the
// running Node does not know, is told at its place in what was written.
import vm from "node:vm";
import { debuggable } from "./debugger/debugged.ts";
import type { ModuleFunction } from "./module-scope.ts";
import { tellSyntaxError } from "./stack-trace.ts";

/** @param fileName by which stack-trace.ts remembers the script */
export function moduleFunction(code: string, fileName: string): ModuleFunction {
  try {
    return vm.runInThisContext(debuggable(code), { filename: fileName }) as ModuleFunction; // as: see compiler/module-body.ts
  } catch (error) {
    if (error instanceof SyntaxError) tellSyntaxError(error, fileName);
    throw error;
  }
}
