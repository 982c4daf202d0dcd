export type { ChatEvent, ChatMessage, ChatModel, ChatRequest, ChatUsage, ToolCall } from "./chat-model.ts";
export { ChatModelError, InterpreterError, ToolCallError } from "./errors.ts";
export type {
  CellError,
  CellOutcome,
  Completion,
  Diagnostic,
  MimeBundle,
  SessionEvent,
  SqlResult,
  TableInfo,
  TypeScriptSession,
  TypeScriptSessionOptions,
  Variable,
} from "./sessions/session.ts";
export { startTypeScriptSession } from "./sessions/typescript/typescript-session.ts";
