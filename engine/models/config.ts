/** general.architecture of what runs: architectures.ts. */
export const MODEL_TYPES = ["qwen", "qwen2", "qwen2moe", "qwen3", "qwen3moe"] as const;

export type ModelType = (typeof MODEL_TYPES)[number];

/** The keys of config.json, read from GGUF metadata. Names as in transformers, camelCased. */
export interface ModelConfig {
  readonly modelType: ModelType;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number; // of `qwen`, twice the width of an MLP
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  readonly maxPositionEmbeddings: number; // tokens
  readonly tieWordEmbeddings: boolean;
  readonly experts?: ExpertsConfig; // of mixtures
  readonly longContext?: LongContextConfig; // of `qwen`
}

/** Likewise, of texts that are longer than `seqLength`. */
export interface LongContextConfig {
  readonly seqLength: number; // tokens that it was trained on
  readonly useDynamicNtk: boolean;
  readonly useLognAttn: boolean;
}

/** Likewise, of a mixture of experts. */
export interface ExpertsConfig {
  readonly numExperts: number;
  readonly numExpertsPerTok: number;
  readonly moeIntermediateSize: number;
  readonly sharedExpertIntermediateSize: number;
}
