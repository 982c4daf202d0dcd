import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Device, openDevice } from "./device.ts";
import { profileStep } from "./generation/profile.ts";
import { createLinears, type LinearVariant, linearVariants } from "./kernels/linear.ts";
import type { Precision } from "./language-model.ts";

const KERNELS = new URL("kernels/", import.meta.url);

/** The products that are timed: as many columns and rows as a small model's widest layer has, in the commonest format. */
const TIMED = { type: "Q4_K", rows: 4864, columns: 1024 } as const;
const PROMPT_TOKENS = 64;

export interface TuneOptions {
  readonly adapter?: string; // as OpenLanguageModelOptions
  readonly precision?: Precision; // default: fast
  readonly folder: string; // where choices are kept
  readonly onProgress?: (done: number, total: number) => void; // variants
}

export interface TunedVariant {
  readonly variant: LinearVariant;
  readonly textMilliseconds: number; // a product for one token
  readonly promptMilliseconds: number; // for 64
}

export interface Tuning {
  readonly adapter: string;
  readonly precision: Precision;
  readonly variants: readonly TunedVariant[]; // the one that is used first
}

/**
 * Times the variants of the matrix products on an adapter, and keeps the choice for it, its driver and these shaders.
 *
 * @throws EngineError `no-adapter`; `bad-request` for an adapter without timestamp queries
 */
export async function tuneKernels({ folder, precision = "fast", onProgress, adapter }: TuneOptions): Promise<Tuning> {
  const device = await openDevice({ adapter });
  try {
    return await tune(device, precision, folder, onProgress);
  } finally {
    device.dispose();
  }
}

/**
 * The variant for an adapter: what was found fastest; where nothing was timed yet, it is, if the adapter is a GPU. On
 * software adapters `rows` was 5 times as fast as others wherever it was timed, and compiling them all would take seconds.
 *
 * @param folder where choices are kept; undefined: nothing is timed
 */
export async function chooseVariant(
  device: Device,
  precision: Precision,
  folder: string | undefined,
): Promise<LinearVariant> {
  const known = linearVariants(device);
  const [guess] = known;
  if (folder === undefined || known.length === 1) return guess!;
  const kept = await readTuning(await fileOf(device, precision, folder));
  if (kept && known.includes(kept)) return kept;
  if (device.info.isSoftware || !device.features.has("timestamp-query")) return guess!;
  return (await tune(device, precision, folder)).variants[0]!.variant;
}

async function tune(
  device: Device,
  precision: Precision,
  folder: string,
  onProgress: TuneOptions["onProgress"] = () => {},
): Promise<Tuning> {
  const known = linearVariants(device);
  const timed: TunedVariant[] = [];
  for (const variant of known) {
    onProgress(timed.length, known.length);
    timed.push(await time(device, precision, variant));
  }
  onProgress(known.length, known.length);
  const variants = timed.toSorted((a, b) => costOf(a) - costOf(b));
  const tuning = { adapter: device.info.name, precision, variants };
  await keepTuning(await fileOf(device, precision, folder), folder, tuning);
  return tuning;
}

/** A conversation makes about as many tokens of text as chunks of a prompt take the time of. */
function costOf({ textMilliseconds, promptMilliseconds }: TunedVariant): number {
  return textMilliseconds + promptMilliseconds / PROMPT_TOKENS;
}

async function time(device: Device, precision: Precision, variant: LinearVariant): Promise<TunedVariant> {
  const linears = createLinears(device, { precision, variant, maxTokens: PROMPT_TOKENS });
  const zeros = { name: "timed", ...TIMED, read: async (into: Uint8Array) => void into.fill(0) }; // as fast as others
  const weight = await linears.upload([zeros]);
  linears.finishUploads();
  const usage = GPUBufferUsage.STORAGE;
  const y = device.device.createBuffer({ label: "timed", size: PROMPT_TOKENS * TIMED.rows * 4, usage });
  try {
    const product = await linears.compile(weight, { x: linears.createActivations("timed", [weight]), y });
    const millisecondsOf = async (tokens: number) => (await profileStep(device, product(tokens))).milliseconds;
    const textMilliseconds = await millisecondsOf(1);
    return { variant, textMilliseconds, promptMilliseconds: await millisecondsOf(PROMPT_TOKENS) };
  } finally {
    y.destroy();
    weight.destroy();
    linears.dispose();
  }
}

/** Another driver, or another shader, is timed anew. */
async function fileOf({ info }: Device, precision: Precision, folder: string): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([info.name, info.driver, precision]));
  const shaders = (await readdir(KERNELS)).filter((name) => name.startsWith("linear-") && name.endsWith(".wgsl"));
  for (const name of shaders.sort()) hash.update(await readFile(new URL(name, KERNELS)));
  return join(folder, `${hash.digest("hex").slice(0, 40)}.json`);
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
