export { commHandlers } from "./comm-handlers.ts";
export { type Comms, createComms } from "./comms.ts";
