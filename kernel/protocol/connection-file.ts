import { readFileSync, statSync } from "node:fs";

const MAX_FILE_BYTES = 65_536; // a connection file is a few hundred bytes
const PORTS = ["shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"] as const;

/** As ZeroMQ writes them: "tcp://127.0.0.1:5555", "ipc:///tmp/kernel-1". */
export interface SocketAddresses {
  readonly shell: string;
  readonly control: string;
  readonly stdin: string;
  readonly iopub: string;
  readonly heartbeat: string;
}

export interface Connection {
  readonly addresses: SocketAddresses;
  readonly key: string; // of the messages' signatures; empty: unsigned
}

/** The connection file is not one: the message names the file and what is wrong. */
export class ConnectionFileError extends Error {
  override readonly name = "ConnectionFileError";
}

/**
 * https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files
 * @throws ConnectionFileError
 */
export function readConnectionFile(path: string): Connection {
  const fail = (problem: string): never => {
    throw new ConnectionFileError(`the connection file ${path} cannot be used: ${problem}`);
  };
  const file = readJson(path, fail);
  const { transport, ip, key, signature_scheme: scheme } = file;
  if (transport !== "tcp" && transport !== "ipc") fail(`transport is ${show(transport)}, not "tcp" or "ipc"`);
  if (typeof ip !== "string" || ip === "") fail(`ip is ${show(ip)}`);
  if (key !== undefined && typeof key !== "string") fail("key is not a text");
  if (key && scheme !== "hmac-sha256") fail(`signature_scheme is ${show(scheme)}, not "hmac-sha256"`);
  const [shell, control, stdin, iopub, heartbeat] = PORTS.map((name) => {
    const port = file[name];
    if (!Number.isInteger(port) || (port as number) < 1 || (port as number) > 65_535) fail(`${name} is ${show(port)}`);
    return `${transport}://${ip}${transport === "tcp" ? ":" : "-"}${port}`;
  }) as [string, string, string, string, string]; // as: one for each of PORTS
  return { addresses: { shell, control, stdin, iopub, heartbeat }, key: (key as string | undefined) ?? "" };
}

function readJson(path: string, fail: (problem: string) => never): Record<string, unknown> {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) fail("it is too large to be one");
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    if (error instanceof ConnectionFileError) throw error;
    return fail(error instanceof SyntaxError ? "it is not JSON" : (error as Error).message);
  }
  return fail("it is not a JSON object");
}

function show(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 80);
}
