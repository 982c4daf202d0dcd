export { type ChatModel, openChatModel } from "./chat/chat-model.ts";
export type { ChatRequest } from "./chat/request.ts";
export {
  type AdapterInfo,
  COMING_MODELS,
  type ConnectEngineOptions,
  CPU,
  checkTrusted,
  connectEngine,
  describeAdapters,
  describeCpu,
  driverEnvironment,
  type EngineAddress,
  EngineError,
  type EngineErrorCode,
  findModel,
  type InstalledModel,
  isCpu,
  type LoraSpec,
  listModels,
  MODELS,
  modelFile,
  type PullOptions,
  type PullProgress,
  parseHubName,
  pullModel,
  REPOSITORY_MODELS,
  removeModel,
  webGpuProblem,
} from "./client.ts";
export type {
  GeneratedToken,
  GenerateOptions,
  GenerateSummary,
  KernelTime,
  LanguageModel,
  LanguageModelInfo,
  LoadProgress,
  OpenLanguageModelOptions,
  PositionScore,
  Precision,
  PromptProgress,
  SamplingOptions,
  StepProfile,
  TokenConstraint,
} from "./language-model.ts";
export { type MemoryPlan, type MemoryPlanOptions, planMemory } from "./memory-plan.ts";
export type { ModelConfig } from "./models/config.ts";
export { openLanguageModel } from "./open.ts";
export { type Server, type ServerOptions, startServer } from "./server/server.ts";
export { reportSteps, type StepReport } from "./step-report.ts";
export { openTokenizer, openTokenizerFile } from "./tokenizer/open-tokenizer.ts";
export type { TokenDecoder, Tokenizer } from "./tokenizer/tokenizer.ts";
export { type TunedVariant, type TuneOptions, type Tuning, tuneKernels } from "./tuner.ts";
export { openGguf } from "./weights/gguf.ts";
export type { TensorInfo } from "./weights/gguf-header.ts";
export { modelConfig } from "./weights/model-config.ts";
export { type ModelFile, openModelFile } from "./weights/model-file.ts";
