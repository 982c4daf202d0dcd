export { runAgent } from "./agent/agent.ts";
export type { AgentEndReason, AgentEvent, AgentOptions } from "./agent/agent-events.ts";
export {
  APPROVAL_MODES,
  APPROVAL_QUESTION,
  type ApprovalDecision,
  type ApprovalMode,
  type Approve,
  createApprove,
} from "./agent/approval.ts";
export { type ChatOptions, chatSystemPrompt, runChat } from "./agent/chat.ts";
export { type Conversation, estimateTokens, newTurn, rewind, type Turn, textsOf } from "./agent/conversation.ts";
export type { Dialect } from "./agent/dialect.ts";
export { type ModelTraits, modelTraits } from "./agent/model-traits.ts";
export { type CallOutcome, runCall } from "./agent/run-call.ts";
export { boundedFetch } from "./bounded-fetch.ts";
export {
  type ChatEvent,
  type ChatMessage,
  type ChatModel,
  type ChatRequest,
  type ChatServer,
  type ChatUsage,
  createChatModel,
  loadClient,
  type PromptProgress,
  type ToolCall,
} from "./chat-model.ts";
export { type ColumnValues, columnValues } from "./context/column-values.ts";
export { describeNotebook, type NotebookCell, type NotebookState } from "./context/describe-notebook.ts";
export { joinKeys } from "./context/join-keys.ts";
export { type FolderChanges, KeptFiles } from "./context/kept-files.ts";
export { asksWhichTable, type Picked, pickTable } from "./context/pick-table.ts";
export { relevantTables } from "./context/relevant-tables.ts";
export { tablesInQuestion } from "./context/tables-in-question.ts";
export { toldTables } from "./context/told-tables.ts";
export { ChatModelError, InterpreterError, ToolCallError } from "./errors.ts";
export { isInFolder } from "./in-folder.ts";
export { installCommand } from "./install-command.ts";
export { hasMoreValues } from "./json-values.ts";
export { type Knowledge, openKnowledge, type Passage } from "./knowledge/knowledge.ts";
export { leadsGroup, signalGroup } from "./process-group.ts";
export {
  type Attempt,
  type ConfinedCells,
  type Confinement,
  createConfinedCells,
  missingForConfinement,
  openConfinement,
  type Room,
  type SelfTest,
  testConfinement,
  testThoroughly,
  testThroughSession,
} from "./sessions/confinement/index.ts";
export { diesWithParent, endMarked, marked, newMark, ownFolder } from "./sessions/own-processes.ts";
export { toPython, toTypeScript } from "./sessions/python/exchange.ts";
export type { JupyterKernel, KernelMessage } from "./sessions/python/jupyter-kernel.ts";
export {
  createPythonSession,
  type InstalledPython,
  type PythonAbout,
  type PythonSession,
} from "./sessions/python/python-session.ts";
export type {
  CellError,
  CellOutcome,
  CellTime,
  CommMessage,
  Completion,
  DebuggerOptions,
  Diagnostic,
  ExecuteOptions,
  FunctionSchema,
  MimeBundle,
  SessionDebugger,
  SessionEvent,
  SessionValue,
  SqlResult,
  TableInfo,
  TypeScriptSession,
  TypeScriptSessionOptions,
  UnmetCondition,
  Variable,
} from "./sessions/session.ts";
export { completeQuery } from "./sessions/sql/complete-query.ts";
export { childEnvironment } from "./sessions/typescript/child-environment.ts";
export { formsOfRows } from "./sessions/typescript/draw-table.ts";
export { PAGE_ROWS, SHOWN_ROWS } from "./sessions/typescript/table-data.ts";
export { startTypeScriptSession } from "./sessions/typescript/typescript-session.ts";
export type { ReadingOptions } from "./tables/table-reading.ts";
export { ENCODINGS, setTableSetting } from "./tables/table-settings.ts";
export { chartTool } from "./tools/chart.ts";
export { describeTable } from "./tools/describe-table.ts";
export { codeThatRan, type Fact, factsOf, rowsOf } from "./tools/facts.ts";
export { connectMcpServer, type McpConnection } from "./tools/mcp.ts";
export { type McpEntry, type McpServerConfig, readMcpServers } from "./tools/mcp-config.ts";
export { type FolderFile, filesOfEntry, findServerProgram } from "./tools/mcp-program.ts";
export { noteOf } from "./tools/mcp-variables.ts";
export { notebookFunction } from "./tools/notebook-function.ts";
export { readFileTool } from "./tools/read-file.ts";
export { runPython } from "./tools/run-python.ts";
export { runSql, runSqlTool, sqlCell } from "./tools/run-sql.ts";
export { runTypeScript } from "./tools/run-typescript.ts";
export { searchKnowledge } from "./tools/search-knowledge.ts";
export { statisticsTool } from "./tools/statistics.ts";
export { cellText, textTable } from "./tools/text-table.ts";
export {
  type CodePreview,
  defineTool,
  signature,
  type Tool,
  type ToolContext,
  type ToolOptions,
  type ToolResult,
} from "./tools/tool.ts";
export { webFetch, webFetchTool } from "./tools/web-fetch.ts";
export { readVisibleFile, visiblePath } from "./visible-file.ts";
