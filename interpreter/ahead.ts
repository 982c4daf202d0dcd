// Light, for what starts the processes of a notebook's cells before the rest of the interpreter is loaded: each takes half
// a second to get ready.
export { startCompilerAhead } from "./sessions/typescript/compiler-process.ts";
export { startSupervisorAhead } from "./sessions/typescript/supervisor-process.ts";
