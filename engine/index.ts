export { type ChatModel, openChatModel } from "./chat/chat-model.ts";
export type { ChatRequest } from "./chat/request.ts";
export { describeCpu, isCpu } from "./cpu/target.ts";
export { type AdapterInfo, describeAdapters, driverEnvironment, webGpuProblem } from "./device.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
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
export { CPU } from "./open-target.ts";
export { type ConnectEngineOptions, connectEngine, type EngineAddress } from "./server/connect-engine.ts";
export { type Server, type ServerOptions, startServer } from "./server/server.ts";
export { reportSteps, type StepReport } from "./step-report.ts";
export { openTokenizer, openTokenizerFile } from "./tokenizer/open-tokenizer.ts";
export type { TokenDecoder, Tokenizer } from "./tokenizer/tokenizer.ts";
export { checkTrusted } from "./trusted-folder.ts";
export { type TunedVariant, type TuneOptions, type Tuning, tuneKernels } from "./tuner.ts";
export { COMING_MODELS, findModel, MODELS, REPOSITORY_MODELS } from "./weights/catalogue.ts";
export { type PullOptions, type PullProgress, pullModel } from "./weights/download.ts";
export { openGguf } from "./weights/gguf.ts";
export type { TensorInfo } from "./weights/gguf-header.ts";
export { parseHubName } from "./weights/hub.ts";
export { type InstalledModel, listModels, modelFile, removeModel } from "./weights/installed-models.ts";
export type { LoraSpec } from "./weights/lora-file.ts";
export { modelConfig } from "./weights/model-config.ts";
export { type ModelFile, openModelFile } from "./weights/model-file.ts";
