// The door to what runs cells, without what talks to a model: a kernel whose cells are code loads half as many modules.
export { ownFolder } from "./sessions/own-processes.ts";
export { completeQuery } from "./sessions/sql/complete-query.ts";
export { startTypeScriptSession } from "./sessions/typescript/typescript-session.ts";
