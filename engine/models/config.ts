/** The keys of config.json, read from GGUF metadata. Names as in transformers, camelCased. */
export interface ModelConfig {
  readonly modelType: "qwen2"; // general.architecture; grows with models/
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  readonly maxPositionEmbeddings: number; // tokens
  readonly tieWordEmbeddings: boolean;
}
