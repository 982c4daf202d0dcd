import vm from "node:vm";
import { isDebugged } from "./debugger/debugged.ts";

const context = vm.createContext(Object.create(null) as { look?: () => void });
const script = new vm.Script("look()");

/**
 * Looks at a value of the user's, whose getters, proxies and iterators are anybody's code: they may never end. Under a
 * debugger they may take as long as the user stands in them.
 * @throws Error what they throw, or that they took longer
 */
export function withinTime<T>(milliseconds: number, look: () => T): T {
  if (isDebugged()) return look();
  let result: { readonly value: T } | undefined;
  context.look = () => {
    result = { value: look() };
  };
  try {
    script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    const isLate = (error as NodeJS.ErrnoException | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"; // as: anything
    throw isLate ? new Error(`it took longer than ${milliseconds / 1000} s`) : error;
  }
  if (result === undefined) throw new Error("it could not be looked at");
  return result.value;
}
