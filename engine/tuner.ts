import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Device, openDevice } from "./device.ts";
import { EngineError } from "./errors.ts";
import { profileStep } from "./gpu/profile.ts";
import { compileActivations } from "./kernels/activations.ts";
import { createLinears, type LinearVariant, linearVariants } from "./kernels/linear.ts";
import type { Precision } from "./language-model.ts";
import { encodePass } from "./shader.ts";
import { shaderHash } from "./shader-hash.ts";
import { BLOCK_FORMATS } from "./weights/block-formats.ts";

/** The products that are timed: as many columns as a small model's layers have, in the commonest format. */
const TIMED = { type: "Q4_K", columns: 1024 } as const;
/** As many rows as such a layer has; on GPUs 45 MB of weights, more than most have of cache: a layer's are never there. */
const TIMED_ROWS = { software: 4864, gpu: 16 * 4864 };
const SCALE = 0x2c00; // f16 1/16
const PROMPT_TOKENS = 64;

/** Needs nothing that an adapter might lack: the others have to come to the same numbers. */
const PLAINEST: LinearVariant = "columns";
const MOST_DIFFERENCE = 1e-8; // normalized mean square; sums in another order differ by less

export interface TuneOptions {
  readonly adapter?: string; // as OpenLanguageModelOptions
  readonly precision?: Precision; // default: fast
  readonly folder: string; // where choices are kept
  readonly rows?: number | undefined; // of the weight that is timed; default: as many as times on this adapter need
  readonly onProgress?: (done: number, total: number) => void; // variants
}

export interface TunedVariant {
  readonly variant: LinearVariant;
  readonly textMilliseconds: number; // a product for one token
  readonly promptMilliseconds: number; // for 64
}

/** A variant that the adapter says it can run, and does not. */
export interface RefusedVariant {
  readonly variant: LinearVariant;
  readonly reason: string;
}

export interface Tuning {
  readonly adapter: string;
  readonly precision: Precision;
  readonly variants: readonly TunedVariant[]; // the one that is used first
  readonly refused: readonly RefusedVariant[];
}

/**
 * Times the variants of the matrix products on an adapter, and keeps the choice for it, its driver and these shaders. A variant
 * that does not compile there, or gives other numbers than the plainest one, is never chosen.
 *
 * @throws EngineError `no-adapter`; `bad-request` for an adapter without timestamp queries
 */
export async function tuneKernels({ adapter, precision = "fast", ...options }: TuneOptions): Promise<Tuning> {
  const device = await openDevice({ adapter });
  try {
    return await tune(device, precision, options);
  } finally {
    device.dispose();
  }
}

/**
 * The variant for an adapter: what was found fastest; where nothing was timed yet, it is, if the adapter is a GPU. On
 * software adapters `rows` was 5 times as fast as others wherever it was timed, and compiling them all would take seconds.
 *
 * @param folder where choices are kept; undefined: nothing is timed
 * @param rows as in TuneOptions
 */
export async function chooseVariant(
  device: Device,
  precision: Precision,
  folder: string | undefined,
  rows?: number,
): Promise<LinearVariant> {
  const known = linearVariants(device);
  const [guess] = known;
  if (folder === undefined || known.length === 1) return guess!;
  const kept = await readTuning(await fileOf(device, precision, folder));
  if (kept && known.includes(kept)) return kept;
  if (device.kernels === "software" || !device.features.has("timestamp-query")) return guess!;
  return (await tune(device, precision, { folder, rows })).variants[0]!.variant;
}

async function tune(
  device: Device,
  precision: Precision,
  {
    folder,
    rows = TIMED_ROWS[device.kernels],
    onProgress = () => {},
  }: Pick<TuneOptions, "folder" | "rows" | "onProgress">,
): Promise<Tuning> {
  const known = linearVariants(device);
  const measured: Measured[] = [];
  const refused: RefusedVariant[] = [];
  for (const variant of known) {
    onProgress(measured.length + refused.length, known.length);
    try {
      measured.push(await measure(device, precision, variant, rows));
    } catch (error) {
      if (error instanceof EngineError || variant === PLAINEST) throw error;
      refused.push({ variant, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  onProgress(known.length, known.length);
  const { products: expected } = measured.find(({ variant }) => variant === PLAINEST)!; // else it has thrown
  const timed: TunedVariant[] = [];
  for (const { products, ...times } of measured) {
    const difference = differenceOf(products, expected);
    if (difference <= MOST_DIFFERENCE) timed.push(times);
    else refused.push({ variant: times.variant, reason: `its products differ from others' by ${difference}` });
  }
  const variants = timed.toSorted((a, b) => costOf(a) - costOf(b));
  const tuning = { adapter: device.info.name, precision, variants, refused };
  await keepTuning(await fileOf(device, precision, folder), folder, tuning);
  return tuning;
}

/** A conversation makes about as many tokens of text as chunks of a prompt take the time of. */
function costOf({ textMilliseconds, promptMilliseconds }: TunedVariant): number {
  return textMilliseconds + promptMilliseconds / PROMPT_TOKENS;
}

interface Measured extends TunedVariant {
  readonly products: Float32Array; // [1 + PROMPT_TOKENS, rows]: of one token, then of a prompt
}

async function measure(device: Device, precision: Precision, variant: LinearVariant, rows: number): Promise<Measured> {
  device.device.pushErrorScope("validation"); // else one variant's would be taken for the device's end
  let error: GPUError | null = null;
  let measured: Measured;
  try {
    measured = await measureProducts(device, precision, variant, rows);
  } finally {
    error = await device.device.popErrorScope();
  }
  if (error !== null) throw new Error(error.message);
  return measured;
}

async function measureProducts(
  device: Device,
  precision: Precision,
  variant: LinearVariant,
  rows: number,
): Promise<Measured> {
  const { columns } = TIMED;
  const linears = createLinears(device, { precision, variant });
  const weight = await linears.upload([{ name: "timed", ...TIMED, rows, read: fillBlocks }]);
  linears.finishUploads();
  const x = Float32Array.from({ length: PROMPT_TOKENS * columns }, (_, i) => ((i * 37) % 255) / 127 - 1);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const input = device.device.createBuffer({ label: "timed input", size: x.byteLength, usage });
  const y = device.device.createBuffer({ label: "timed", size: PROMPT_TOKENS * rows * 4, usage });
  try {
    device.device.queue.writeBuffer(input, 0, x);
    const activations = linears.createActivations({ ...weight, label: "timed", maxTokens: PROMPT_TOKENS });
    const prepare = await compileActivations(device.device, input, activations);
    const encoder = device.device.createCommandEncoder();
    encodePass(encoder, [prepare(PROMPT_TOKENS)].flat()); // the first of them is the one token, too
    device.device.queue.submit([encoder.finish()]);
    const product = await linears.compile(weight, { x: activations, y });
    const products = new Float32Array((1 + PROMPT_TOKENS) * rows);
    const millisecondsOf = async (tokens: number, from: number) => {
      const { milliseconds } = await profileStep(device, product(tokens));
      products.set(await readF32(device, y, tokens * rows), from);
      return milliseconds;
    };
    const textMilliseconds = await millisecondsOf(1, 0);
    return { variant, textMilliseconds, promptMilliseconds: await millisecondsOf(PROMPT_TOKENS, rows), products };
  } finally {
    input.destroy();
    y.destroy();
    weight.destroy();
    linears.dispose();
  }
}

/** Blocks of Q4_K, two f16 scales first, whose quants, six-bit scales and minima are all sorts of numbers. */
async function fillBlocks(into: Uint8Array, byteOffset: number): Promise<void> {
  for (let i = 0; i < into.length; i++) into[i] = ((byteOffset + i) * 167) >> 3;
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  for (let at = 0; at < into.length; at += BLOCK_FORMATS[TIMED.type].blockBytes) {
    view.setUint16(at, SCALE, true);
    view.setUint16(at + 2, SCALE, true);
  }
}

async function readF32({ device, settle }: Device, buffer: GPUBuffer, length: number): Promise<Float32Array> {
  const size = length * Float32Array.BYTES_PER_ELEMENT;
  const readable = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, readable, 0, size);
  device.queue.submit([encoder.finish()]);
  await settle(readable.mapAsync(GPUMapMode.READ));
  const values = new Float32Array(readable.getMappedRange().slice(0));
  readable.destroy();
  return values;
}

/** Normalized mean square; NaN where there are NaNs. */
function differenceOf(values: Float32Array, expected: Float32Array): number {
  let squares = 0;
  let differences = 0;
  for (const [i, value] of expected.entries()) {
    squares += value * value;
    differences += (values[i]! - value) ** 2;
  }
  return differences / squares;
}

/** Another driver, or another shader, is timed anew. */
async function fileOf({ info }: Device, precision: Precision, folder: string): Promise<string> {
  const identity = [info.name, info.driver, precision, await shaderHash("linear-")];
  const hash = createHash("sha256").update(JSON.stringify(identity)).digest("hex");
  return join(folder, `${hash.slice(0, 40)}.json`);
}

/** Undefined: there is none that can be read. */
async function readTuning(file: string): Promise<LinearVariant | undefined> {
  try {
    const { variants } = JSON.parse(await readFile(file, "utf8")) as Partial<Tuning>;
    return variants?.[0]?.variant;
  } catch {
    return undefined;
  }
}

/** What cannot be kept is timed again at the next start. */
async function keepTuning(file: string, folder: string, tuning: Tuning): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, `${JSON.stringify(tuning, undefined, 2)}\n`);
  } catch {
    // a full disk, or a folder that is not ours
  }
}
