export { type AgentEndReason, type AgentEvent, type AgentOptions, runAgent } from "./agent/agent.ts";
export {
  APPROVAL_MODES,
  APPROVAL_QUESTION,
  type ApprovalDecision,
  type ApprovalMode,
  type Approve,
  createApprove,
} from "./agent/approval.ts";
export { type ChatOptions, chatSystemPrompt, runChat } from "./agent/chat.ts";
export { chooseDialect } from "./agent/choose-dialect.ts";
export { type Conversation, estimateTokens, newTurn, rewind, type Turn } from "./agent/conversation.ts";
export type { Dialect } from "./agent/dialect.ts";
export {
  type ChatEvent,
  type ChatMessage,
  type ChatModel,
  type ChatRequest,
  type ChatServer,
  type ChatUsage,
  createChatModel,
  type PromptProgress,
  type ToolCall,
} from "./chat-model.ts";
export { type ColumnValues, columnValues } from "./context/column-values.ts";
export { describeNotebook, type NotebookCell, type NotebookState } from "./context/describe-notebook.ts";
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
export { htmlTable } from "./sessions/typescript/html-table.ts";
export { startTypeScriptSession } from "./sessions/typescript/typescript-session.ts";
export { describeTable } from "./tools/describe-table.ts";
export { runSql, sqlCell } from "./tools/run-sql.ts";
export { runTypeScript } from "./tools/run-typescript.ts";
export { cellText, textTable } from "./tools/text-table.ts";
export {
  type CodePreview,
  defineTool,
  type Tool,
  type ToolContext,
  type ToolOptions,
  type ToolResult,
} from "./tools/tool.ts";
