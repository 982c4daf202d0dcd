// A plan on a device: uploads its weights, makes its buffers, compiles each step, and records what a step of tokens dispatches.
import { type Activations, compileActivations, createActivations } from "../kernels/activations.ts";
import {
  type Attention,
  attentionVariant,
  createAttention,
  keyValueBytes,
  WHOLE_CONTEXT,
} from "../kernels/attention.ts";
import { compileColumns } from "../kernels/columns.ts";
import { compileElementwise } from "../kernels/elementwise.ts";
import { createExperts, type Experts, type ExpertsSizes } from "../kernels/experts.ts";
import { compileHeadNorm } from "../kernels/head-norm.ts";
import { BLOCK_TOKENS, createKeyValues, type KeyValues } from "../kernels/key-values.ts";
import { createLinears, type Linears } from "../kernels/linear.ts";
import { compileRmsNorm } from "../kernels/rms-norm.ts";
import { type HeadSizes, noRotations, ropeRotations } from "../kernels/rope.ts";
import { compileRotate } from "../kernels/rotate.ts";
import type { ModelConfig } from "../models/config.ts";
import { type Decoder, HEAD_ROWS } from "../models/decoder.ts";
import { createDeviceBuffers, type DeviceBuffers } from "../models/device-buffers.ts";
import type { Operation } from "../shader.ts";
import type { Target } from "../target.ts";
import type { ModelFile } from "../weights/model-file.ts";
import { keyValueBlocks } from "./key-value-blocks.ts";
import type { Plan } from "./plan.ts";
import type { BegunNorm, Edge, Step } from "./steps.ts";
import { uploadWeights, type Weights } from "./weights.ts";

export interface CompileOptions {
  readonly contextLength: number; // tokens
  readonly numTables: number; // block tables, one a sequence
  readonly onBytes: (bytes: number) => void; // of weights read
}

type ExpertsStep = Step & { readonly kernel: "experts" };

/** What all steps are compiled with. */
interface Parts {
  readonly device: GPUDevice;
  readonly linears: Linears;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly results: Results;
  readonly attention: (sizes: HeadSizes) => Attention;
  readonly experts: (step: ExpertsStep) => Experts;
  readonly keyValues: (sizes: HeadSizes) => { readonly keys: KeyValues; readonly values: KeyValues };
  readonly tokenIds: GPUBuffer; // u32 [maxTokens]
  readonly places: GPUBuffer; // u32 [maxTokens, 2]
  readonly blockTables: GPUBuffer; // u32 [numTables, ceil(contextLength / BLOCK_TOKENS)]
  readonly rotations: GPUBuffer; // f32 [contextLength, headDim / 2, 2]
  readonly noRotations: () => GPUBuffer; // likewise
}

/** Where the plan's results lie. */
interface Results {
  rows(edge: Edge): GPUBuffer;
  input(edge: Edge): Activations;
}

/** @throws EngineError as `uploadWeights` */
export async function compilePlan(
  plan: Plan,
  gguf: ModelFile,
  config: ModelConfig,
  target: Target,
  options: CompileOptions,
): Promise<Decoder> {
  const { device, maxTokens } = target;
  const { contextLength, numTables } = options;
  const linears = createLinears(target, target);
  const { vocabSize, hiddenSize, rmsNormEps: normEps } = config;
  const buffers = createDeviceBuffers(device);
  const weights = await uploadWeights(plan, gguf, linears, buffers, options.onBytes);
  const vectorBytes = buffers.byteLength(); // nothing else is there yet
  const blocks = keyValueBlocks(plan, contextLength);
  const kvBlocks = blocks.ofContext + blocks.ofPrefixes;
  const states = createStates(target, linears, kvBlocks);
  const tableLength = Math.ceil(contextLength / BLOCK_TOKENS);
  const rotationsOf = (label: string, rotations: Float32Array<ArrayBuffer>) => buffers.upload(label, rotations);
  let unturned: GPUBuffer | undefined;
  const parts: Parts = {
    ...{ device, linears, config, weights, ...states },
    results: createResults(plan, buffers, linears, maxTokens, normEps),
    tokenIds: buffers.create("token ids", maxTokens),
    places: buffers.create("places", maxTokens, 2),
    blockTables: buffers.create("block tables", numTables, tableLength),
    rotations: rotationsOf("rotations", ropeRotations(contextLength, config.headDim, config.ropeTheta)),
    noRotations: () => (unturned ??= rotationsOf("no rotations", noRotations(contextLength, config.headDim))),
  };
  const { results, tokenIds, places, blockTables } = parts;
  const hidden = results.rows(plan.hidden);

  const headRows = buffers.create("head rows", HEAD_ROWS, hiddenSize);
  const logits = buffers.create("logits", HEAD_ROWS, vocabSize);
  const f32 = { label: "normed", columns: hiddenSize, maxTokens: HEAD_ROWS, f32: true, int8: undefined };
  const normed = createActivations(device, f32);
  const finalNorm = weights.vector([plan.finalNorm]);
  const lmHead = weights.matrix([plan.lmHead]);
  const forHead = { columns: hiddenSize, types: [plan.lmHead.type], maxTokens: HEAD_ROWS };
  const headInput = linears.createActivations({ ...forHead, label: "head input", ...(plan.headInput && { normEps }) });
  /** The final norm of rows, as the step before it begins it, or whole. */
  const compileFinalNorm = (x: GPUBuffer) =>
    plan.headInput
      ? compileActivations(device, x, headInput, finalNorm)
      : compileRmsNorm(device, normEps, { x, weight: finalNorm, y: headInput });

  const [ofRows, ofOne, head, headOfOne, norm, ...steps] = await Promise.all([
    compileFinalNorm(headRows),
    plan.headInput ? [] : compileFinalNorm(hidden),
    linears.compile(lmHead, { x: headInput, y: logits }),
    linears.compile(lmHead, { x: plan.headInput ? results.input(plan.headInput) : headInput, y: logits, maxTokens: 1 }),
    compileRmsNorm(device, normEps, { x: headRows, weight: finalNorm, y: normed }),
    ...plan.steps.map((step) => compileStep(step, parts)),
  ]);

  const dispatches = (operations: readonly Operation[], numTokens: number, contextLength?: number) =>
    operations.flatMap((operation) => operation(numTokens, contextLength));
  const whole = [...steps, ofOne, headOfOne].flat();
  const next = { short: dispatches(whole, 1, WHOLE_CONTEXT), long: dispatches(whole, 1) };
  const owned = [normed, ...weights.matrices, ...states.owned];
  return {
    ...{ hidden, headRows, logits, contextLength, maxTokens },
    normed: normed.f32!.values,
    input: { tokenIds, places, blockTables, tableLength },
    keyValues: states.allKeyValues,
    kvBlocks,
    weightsBytes: [...weights.matrices].reduce((sum, { byteLength }) => sum + byteLength, vectorBytes),
    byteLength:
      buffers.byteLength() + linears.scratchBytes() + owned.reduce((sum, { byteLength }) => sum + byteLength, 0),
    forward: (numTokens, contextLength) => dispatches(steps, numTokens, contextLength),
    head: (numRows) => dispatches([ofRows, head], numRows),
    norm: (numRows) => dispatches([norm], numRows),
    stepDispatches: (step) => dispatches([steps[step]!], 1, WHOLE_CONTEXT),
    next: (contextLength) => (contextLength <= WHOLE_CONTEXT ? next.short : next.long),
    destroy() {
      buffers.destroy();
      for (const one of owned) one.destroy();
      linears.dispose();
    },
  };
}

function compileStep(step: Step, parts: Parts): Promise<Operation> {
  const { device, linears, weights, results, config, places, rotations } = parts;
  const { rows, input } = results;
  const { rmsNormEps } = config;
  const begun = ({ weight, y }: BegunNorm) => ({ weight: weights.vector([weight]), next: input(y) });
  switch (step.kernel) {
    case "embedding":
      return linears.compileEmbedding(weights.matrix([step.table]), {
        ...{ tokenIds: parts.tokenIds, hidden: rows(step.y) },
        norm: step.norm && begun(step.norm),
      });
    case "linear": {
      const bias = step.biases.length > 0 ? { bias: weights.vector(step.biases) } : {};
      return linears.compile(weights.matrix(step.weights), { x: input(step.x), y: rows(step.y), ...bias });
    }
    case "residual": {
      const { weight, next } = begun(step.norm);
      const buffers = { x: input(step.x), hidden: rows(step.hidden), normWeight: weight, next };
      return linears.compileResidual(weights.matrix([step.weight]), buffers);
    }
    case "gated":
      return linears.compileGated(weights.matrix([step.gate, step.up]), { x: input(step.x), y: input(step.y) });
    case "head norm": {
      const [q, k] = [weights.vector([step.q]), weights.vector([step.k])];
      return compileHeadNorm(device, step.sizes, rmsNormEps, { qkv: rows(step.qkv), q, k });
    }
    case "attention": {
      const { sizes, qkv, y, rotates } = step;
      const turned = rotates ? rotations : parts.noRotations();
      const { blockTables } = parts;
      const buffers = { places, blockTables, rotations: turned, qkv: rows(qkv), attended: input(y) };
      return parts.attention(sizes).compile({ ...buffers, ...parts.keyValues(sizes) });
    }
    case "rms norm":
      return perRow(
        step.y,
        compileRmsNorm(device, rmsNormEps, {
          x: rows(step.x),
          weight: weights.vector([step.weight]),
          y: input(step.y),
        }),
      );
    case "rope": {
      const { headDim, x, y } = step;
      const sizes = { numHeads: (y.rowsPerToken * y.columns) / headDim, headDim };
      return compileRotate(device, sizes, { places, rotations, x: rows(x), y: rows(y) });
    }
    case "columns": {
      const { x, y, first, count, yFirst } = step;
      const copied = {
        first,
        count,
        yFirst,
        xColumns: x.rowsPerToken * x.columns,
        yColumns: y.rowsPerToken * y.columns,
      };
      return compileColumns(device, copied, { x: rows(x), y: rows(y) });
    }
    case "experts": {
      const { x, scores, y } = step;
      const { gate, up, down } = step.weights;
      const layer = { gateUp: weights.matrix([gate, up]), down: weights.matrix([down]) };
      return parts.experts(step).compile({ ...layer, x: input(x), scores: rows(scores), y: input(y) });
    }
    case "elementwise": {
      const { a, b, y } = step;
      return compileElementwise(device, step.function, { a: rows(a), b: b && rows(b), y: input(y) });
    }
    case "activations":
      return compileActivations(device, rows(step.x), input(step.y));
  }
}

/** An operation over rows, of which a token has several. */
async function perRow({ rowsPerToken }: Edge, compiling: Promise<Operation>): Promise<Operation> {
  const operation = await compiling;
  return (numTokens) => operation(numTokens * rowsPerToken);
}

function createResults(
  plan: Plan,
  buffers: DeviceBuffers,
  linears: Linears,
  maxTokens: number,
  normEps: number,
): Results {
  const ofRows = new Map<Edge, GPUBuffer>();
  const inputs = new Map<Edge, Activations>();
  for (const buffer of plan.buffers) {
    const { label, kind, columns, rowsPerToken, isNormed, readBy, isReadAsRows } = buffer;
    if (kind === "rows") {
      ofRows.set(buffer, buffers.create(label, maxTokens * rowsPerToken, columns));
      continue;
    }
    const types = readBy.map(({ type }) => type);
    const stored = { label, columns, types, isReadAsRows, maxTokens: maxTokens * rowsPerToken };
    inputs.set(buffer, linears.createActivations({ ...stored, ...(isNormed && { normEps }) }));
  }
  return {
    rows: (edge) => ofRows.get(plan.bufferOf(edge)) ?? inputs.get(plan.bufferOf(edge))!.f32!.values,
    input: (edge) => inputs.get(plan.bufferOf(edge))!,
  };
}

/** Keys and values of each attention; and what attentions, and mixtures of experts, of one size share. */
function createStates({ device, kernels, maxTokens }: Target, linears: Linears, kvBlocks: number) {
  const allKeyValues: KeyValues[] = [];
  const shared: (Attention | Experts)[] = [];
  const attention = oncePer((sizes: HeadSizes) => {
    const created = createAttention(device, sizes, attentionVariant(device, kernels, sizes, kvBlocks));
    shared.push(created);
    return created;
  });
  const expertsOf = oncePer(({ downType, ...sizes }: ExpertsSizes & { readonly downType: string }) => {
    const created = createExperts(device, linears, sizes, [downType]);
    shared.push(created);
    return created;
  });
  return {
    attention,
    experts({ weights: { gate, down }, choice }: ExpertsStep) {
      const sizes = { numExperts: gate.experts, hiddenSize: gate.columns, width: gate.rows, maxTokens };
      return expertsOf({ ...sizes, ...choice, downType: down.type });
    },
    keyValues(sizes: HeadSizes) {
      const kind = attention(sizes).variant === "rows" ? "texture" : "buffer";
      const create = (label: string) => createKeyValues(device, kind, label, kvBlocks, keyValueBytes(sizes));
      const own = { keys: create("keys"), values: create("values") };
      allKeyValues.push(own.keys, own.values);
      return own;
    },
    allKeyValues,
    get owned() {
      return [...shared, ...allKeyValues];
    },
  };
}

/** The function, called once for all equal arguments. */
function oncePer<Key extends object, Result>(create: (key: Key) => Result): (key: Key) => Result {
  const created = new Map<string, Result>();
  return (key) => {
    const name = JSON.stringify(key);
    const result = created.get(name) ?? create(key);
    created.set(name, result);
    return result;
  };
}
