// A plan on a device: uploads its weights, makes its buffers, compiles each step, and records what a step of tokens dispatches.
import { MAX_OUTPUTS } from "../generation/runner.ts";
import type { Plan } from "../graph/plan.ts";
import { stateSizes } from "../graph/state-sizes.ts";
import type { BegunNorm, Edge, Step } from "../graph/steps.ts";
import { type Activations, compileActivations, createActivations } from "../kernels/activations.ts";
import { WHOLE_CONTEXT } from "../kernels/attention.ts";
import { compileColumns } from "../kernels/columns.ts";
import { compileConv } from "../kernels/conv.ts";
import { compileDeltaRule } from "../kernels/delta-rule.ts";
import { compileElementwise } from "../kernels/elementwise.ts";
import { compileHeadNorm } from "../kernels/head-norm.ts";
import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import { createLinears, type Linears } from "../kernels/linear.ts";
import { PLACE_WORDS } from "../kernels/place.ts";
import { compileRmsNorm } from "../kernels/rms-norm.ts";
import { noRotations } from "../kernels/rope.ts";
import { compileRotate } from "../kernels/rotate.ts";
import type { ModelConfig } from "../models/config.ts";
import type { Operation } from "../shader.ts";
import type { LoadOptions } from "../target.ts";
import type { Lora } from "../weights/lora-file.ts";
import type { ModelFile } from "../weights/model-file.ts";
import type { Decoder } from "./decoder.ts";
import { createDeviceBuffers, type DeviceBuffers } from "./device-buffers.ts";
import { compileLoras } from "./loras.ts";
import { createStates, type ExpertsStep, type States } from "./states.ts";
import type { GpuTarget } from "./target.ts";
import { uploadWeights, type Weights } from "./weights.ts";

export type CompileOptions = Omit<LoadOptions, "allowed">;

/** What all steps are compiled with. */
interface Parts {
  readonly device: GPUDevice;
  readonly linears: Linears;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly results: Results;
  readonly states: States;
  readonly tokenIds: GPUBuffer; // u32 [maxTokens]
  readonly places: GPUBuffer; // [maxTokens]
  readonly blockTables: GPUBuffer; // u32 [numTables, ceil(contextLength / BLOCK_TOKENS)]
  readonly rotations: GPUBuffer; // f32 [maxTokens, headDim / 2, 2]
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
  target: GpuTarget,
  options: CompileOptions,
): Promise<Decoder> {
  const { device, maxTokens } = target;
  const { contextLength, numTables, loras = [], onBytes = () => {} } = options;
  const linears = createLinears(target, target);
  const { vocabSize, hiddenSize, rmsNormEps: normEps } = config;
  const buffers = createDeviceBuffers(device);
  const weights = await uploadWeights(plan, gguf, linears, buffers, onBytes);
  const vectorBytes = buffers.byteLength(); // nothing else is there yet
  const { blocks, recurrent } = stateSizes(plan, contextLength, Float32Array.BYTES_PER_ELEMENT);
  const kvBlocks = blocks.ofContext + blocks.ofPrefixes;
  const counts = { kvBlocks, numSequences: numTables, numSnapshots: recurrent.snapshots };
  const states = createStates(target, linears, counts);
  const tableLength = Math.ceil(contextLength / BLOCK_TOKENS);
  let unturned: GPUBuffer | undefined;
  const parts: Parts = {
    ...{ device, linears, config, weights, states },
    results: createResults(plan, buffers, linears, { maxTokens, normEps, adapted: adaptedMatrices(loras) }),
    tokenIds: buffers.create("token ids", maxTokens),
    places: buffers.create("places", maxTokens, PLACE_WORDS),
    blockTables: buffers.create("block tables", numTables, tableLength),
    rotations: buffers.create("rotations", maxTokens, config.headDim),
    noRotations: () => (unturned ??= buffers.upload("no rotations", noRotations(maxTokens, config.headDim))),
  };
  const { results, tokenIds, places, blockTables, rotations } = parts;
  const hidden = results.rows(plan.hidden);

  const headRows = buffers.create("head rows", MAX_OUTPUTS, hiddenSize);
  const logits = buffers.create("logits", MAX_OUTPUTS, vocabSize);
  const f32 = { label: "normed", columns: hiddenSize, maxTokens: MAX_OUTPUTS, f32: true, int8: undefined };
  const normed = createActivations(device, f32);
  const finalNorm = weights.vector([plan.finalNorm]);
  const lmHead = weights.matrix([plan.lmHead]);
  const forHead = { columns: hiddenSize, types: [plan.lmHead.type], maxTokens: MAX_OUTPUTS };
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

  const withLoras =
    loras.length > 0 ? await compileLoras(plan, steps, loras, { ...parts, ...results, buffers, maxTokens }) : undefined;
  const stepsFor = (names: readonly string[] = []) => (names.length > 0 ? withLoras!(names) : steps);

  const dispatches = (operations: readonly Operation[], numTokens: number, contextLength?: number) =>
    operations.flatMap((operation) => operation(numTokens, contextLength));
  const nextOf = (names?: readonly string[]) => {
    const whole = [...stepsFor(names), ofOne, headOfOne].flat();
    return { short: dispatches(whole, 1, WHOLE_CONTEXT), long: dispatches(whole, 1) };
  };
  const next = new Map([["", nextOf()]]); // by adapters
  const nextFor = (names: readonly string[] = []) => {
    const key = names.join("\n");
    const known = next.get(key) ?? nextOf(names);
    next.set(key, known);
    return known;
  };
  const owned = [normed, ...weights.matrices];
  return {
    ...{ hidden, headRows, logits, contextLength, maxTokens },
    normed: normed.f32!.values,
    input: { tokenIds, places, blockTables, tableLength, rotations },
    keyValues: states.allKeyValues,
    kvBlocks,
    recurrent: states.allRecurrent,
    weightsBytes: [...weights.matrices].reduce((sum, { byteLength }) => sum + byteLength, vectorBytes),
    byteLength:
      buffers.byteLength() +
      linears.scratchBytes() +
      states.byteLength() +
      owned.reduce((sum, { byteLength }) => sum + byteLength, 0),
    forward: (numTokens, contextLength, names) => dispatches(stepsFor(names), numTokens, contextLength),
    head: (numRows) => dispatches([ofRows, head], numRows),
    norm: (numRows) => dispatches([norm], numRows),
    stepDispatches: (step) => dispatches([steps[step]!], 1, WHOLE_CONTEXT),
    next: (contextLength, names) => nextFor(names)[contextLength <= WHOLE_CONTEXT ? "short" : "long"],
    destroy() {
      buffers.destroy();
      for (const one of owned) one.destroy();
      states.destroy();
      linears.dispose();
    },
  };
}

function compileStep(step: Step, parts: Parts): Promise<Operation> {
  const { device, linears, weights, results, states, config, places, rotations } = parts;
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
      return states.attention(sizes).compile({ ...buffers, ...states.keyValues(sizes) });
    }
    case "conv": {
      const buffers = { x: rows(step.x), weight: weights.vector([step.weight]), y: rows(step.y) };
      return compileConv(device, step.weight, { places, state: states.recurrent(step), ...buffers });
    }
    case "delta rule": {
      const buffers = { qkv: rows(step.qkv), gates: rows(step.gates), y: rows(step.y) };
      const kept = { weights: weights.vector(step.weights), state: states.recurrent(step) };
      return compileDeltaRule(device, step.sizes, { places, ...buffers, ...kept });
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
      return compileRotate(device, sizes, { rotations, x: rows(x), y: rows(y) });
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
    case "experts":
      return states.experts(step).compile({ ...expertsLayer(step, parts), y: input(step.y) });
    case "experts residual": {
      const { weight: normWeight, next: y } = begun(step.norm);
      const { beside, besideScore } = step;
      const shared = { beside: beside && rows(beside), besideScore: besideScore && rows(besideScore) };
      const residual = { hidden: rows(step.hidden), ...shared, normWeight };
      return states.experts(step).compile({ ...expertsLayer(step, parts), y, residual });
    }
    case "elementwise": {
      const { a, b, y } = step;
      return compileElementwise(device, step.function, { a: rows(a), b: b && rows(b), y: input(y) });
    }
    case "activations":
      return compileActivations(device, rows(step.x), input(step.y));
  }
}

function expertsLayer({ x, scores, weights: { gate, up, down } }: ExpertsStep, { weights, results }: Parts) {
  const matrices = { gateUp: weights.matrix([gate, up]), down: weights.matrix([down]) };
  return { ...matrices, x: results.input(x), scores: results.rows(scores) };
}

/** An operation over rows, of which a token has several. */
async function perRow({ rowsPerToken }: Edge, compiling: Promise<Operation>): Promise<Operation> {
  const operation = await compiling;
  return (numTokens) => operation(numTokens * rowsPerToken);
}

function adaptedMatrices(loras: readonly Lora[]): ReadonlySet<string> {
  return new Set(loras.flatMap(({ matrices }) => [...matrices.keys()]));
}

interface ResultsOptions {
  readonly maxTokens: number;
  readonly normEps: number;
  readonly adapted: ReadonlySet<string>; // matrices, by name
}

function createResults(
  plan: Plan,
  buffers: DeviceBuffers,
  linears: Linears,
  { maxTokens, normEps, adapted }: ResultsOptions,
): Results {
  const ofRows = new Map<Edge, GPUBuffer>();
  const inputs = new Map<Edge, Activations>();
  for (const buffer of plan.buffers) {
    const { label, kind, columns, rowsPerToken, isNormed, readBy, isReadAsRows } = buffer;
    if (kind === "rows") {
      ofRows.set(buffer, buffers.create(label, maxTokens * rowsPerToken, columns));
      continue;
    }
    const isAdapted = readBy.some(({ name }) => adapted.has(name)); // adapters' products read f32
    const types = [...readBy.map(({ type }) => type), ...(isAdapted ? ["F32"] : [])];
    const stored = { label, columns, types, isReadAsRows, maxTokens: maxTokens * rowsPerToken };
    inputs.set(buffer, linears.createActivations({ ...stored, ...(isNormed && { normEps }) }));
  }
  return {
    rows: (edge) => ofRows.get(plan.bufferOf(edge)) ?? inputs.get(plan.bufferOf(edge))!.f32!.values,
    input: (edge) => inputs.get(plan.bufferOf(edge))!,
  };
}
