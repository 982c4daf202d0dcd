// What the first generation does with texts that are longer than those it was trained on: https://huggingface.co/Qwen/Qwen-7B,
// modeling_qwen.py (get_ntk_alpha, logn_tensor). Others are used as they were trained.
import type { ModelConfig } from "./config.ts";

/**
 * RoPE's base for a text: dynamic NTK makes it larger with the text's length, in steps. It stays what it was when the text was
 * read, since keys that are cached were turned by it.
 * @param length tokens, of the prompt
 */
export function ropeThetaFor({ ropeTheta, headDim, longContext }: ModelConfig, length: number): number {
  if (!longContext?.useDynamicNtk) return ropeTheta;
  const alpha = Math.max(2 ** Math.ceil(Math.log2(length / longContext.seqLength) + 1) - 1, 1);
  return ropeTheta * alpha ** (headDim / (headDim - 2));
}

/** What a token's scores in attention are multiplied by: more keys would make its weights flatter. @param slot tokens before it */
export function scoreScaleAt({ longContext }: ModelConfig, slot: number): number {
  if (!longContext?.useLognAttn || slot < longContext.seqLength) return 1;
  return Math.log(slot + 1) / Math.log(longContext.seqLength);
}
