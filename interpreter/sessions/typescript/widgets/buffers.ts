// Binary parts of a widget's state travel beside it: taken out here, each with the path to its place.
// https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md

type Path = readonly (string | number)[];

export interface SplitState {
  readonly state: Record<string, unknown>; // JSON
  readonly buffer_paths: Path[];
  readonly buffers: Uint8Array[];
}

const MAX_DEPTH = 100;

/** A copy as JSON carries it, and the binary parts. @throws TypeError that names what has no form there */
export function splitBuffers(state: Readonly<Record<string, unknown>>): SplitState {
  const buffer_paths: Path[] = [];
  const buffers: Uint8Array[] = [];

  function copy(value: unknown, path: Path): unknown {
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (path.length > MAX_DEPTH) throw unfit(path, "is nested too deep, or holds itself");
    const bytes = bytesOf(value);
    if (bytes !== undefined) {
      buffers.push(bytes);
      buffer_paths.push(path);
      return undefined;
    }
    if (Array.isArray(value)) return value.map((item, i) => copy(item, [...path, i]) ?? null);
    if (isPlain(value)) return members(value, path);
    throw unfit(path, `is ${nameOf(value)}`);
  }

  function members(value: Readonly<Record<string, unknown>>, path: Path): Record<string, unknown> {
    const own = Object.entries(value).filter(([, member]) => member !== undefined);
    const copied = own.map(([name, member]) => [name, copy(member, [...path, name])] as const);
    return Object.fromEntries(copied.filter(([, member]) => member !== undefined));
  }

  return { state: members(state, []), buffer_paths, buffers };
}

/** Puts binary parts back, in place. @throws TypeError for a path that leads nowhere */
export function putBuffers(
  state: Readonly<Record<string, unknown>>,
  paths: unknown,
  buffers: readonly Uint8Array[],
): void {
  const list: readonly unknown[] = Array.isArray(paths) ? paths : [];
  for (const [i, buffer] of buffers.entries()) {
    const path = list[i];
    if (!Array.isArray(path) || path.length === 0) throw new TypeError("a binary part has no place");
    let place: unknown = state;
    for (const step of path.slice(0, -1)) place = memberOf(place, step);
    const last: unknown = path.at(-1);
    if (typeof place !== "object" || place === null || !isStep(last)) throw new TypeError("a binary part has no place");
    Object.defineProperty(place, last, { value: buffer, writable: true, enumerable: true, configurable: true });
  }
}

/** The bytes of what is binary. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value);
  return undefined;
}

function memberOf(place: unknown, step: unknown): unknown {
  const isThere = typeof place === "object" && place !== null && isStep(step) && Object.hasOwn(place, step);
  return isThere ? (place as Record<string | number, unknown>)[step] : undefined; // as: it is there
}

function isStep(step: unknown): step is string | number {
  return typeof step === "string" || typeof step === "number";
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null; // also of another realm
}

function unfit(path: Path, what: string): TypeError {
  return new TypeError(
    `state.${path.join(".")} ${what}, which a widget's state cannot carry; ` +
      "it takes texts, finite numbers, true and false, null, lists, plain objects, and bytes",
  );
}

function nameOf(value: unknown): string {
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "class instance"}`;
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}
