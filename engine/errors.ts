/** What kind of thing went wrong; stable, so that callers and the HTTP server can tell errors apart. */
export type EngineErrorCode =
  | "bad-model-file" // the message names file, field and what is wrong with it
  | "unsupported-model" // well formed, but an architecture or a tensor type that we do not run
  | "model-not-found"
  | "out-of-memory" // the message says how many bytes are needed and how many there are
  | "no-adapter"
  | "device-lost"
  | "context-exceeded"
  | "bad-request" // the caller's arguments
  | "download-failed"
  | "engine-unavailable" // the engine process could not be started or reached
  | "aborted";

/** Every error that the engine throws on purpose. `message` says what happened, with which value, and what to do. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  readonly param: string | undefined; // the field of a request that is wrong

  constructor(code: EngineErrorCode, message: string, { param, ...options }: EngineErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.param = param;
  }
}

interface EngineErrorOptions extends ErrorOptions {
  readonly param?: string;
}

/** What a kernel cannot take of a model, with the file that it is in: kernels know tensors only. */
export function withFile(path: string, error: unknown): unknown {
  const isOfModel = error instanceof EngineError && error.code === "unsupported-model";
  if (!isOfModel || error.message.startsWith(path)) return error;
  return new EngineError(error.code, `${path}: ${error.message}`, { cause: error });
}

/** A `bad-request` that names the field. */
export function badField(param: string, problem: string, options?: ErrorOptions): EngineError {
  return new EngineError("bad-request", `${param}: ${problem}`, { ...options, param });
}

/** The same with the field that the caller has it in, where what threw it does not know the request. */
export function inField(error: unknown, param: string): unknown {
  const isOfRequest = error instanceof EngineError && ["bad-request", "context-exceeded"].includes(error.code);
  if (!isOfRequest || error.param !== undefined) return error;
  return new EngineError(error.code, error.message, { cause: error, param });
}

export function contextExceeded(tokens: number, contextLength: number, problem: string): EngineError {
  const message = `${tokens} tokens ${problem} in a context of ${contextLength}; shorten the prompt or open the model with a longer context.`;
  return new EngineError("context-exceeded", message);
}
