export { EngineError, type EngineErrorCode } from "./errors.ts";
export type {
  GeneratedToken,
  GenerateOptions,
  GenerateSummary,
  LanguageModel,
  LanguageModelInfo,
  LoadProgress,
  OpenLanguageModelOptions,
  PositionScore,
  Precision,
  SamplingOptions,
} from "./language-model.ts";
export type { ModelConfig } from "./models/config.ts";
export type { TokenDecoder, Tokenizer } from "./tokenizer/tokenizer.ts";
