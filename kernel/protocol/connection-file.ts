import { lstatSync, readFileSync, statSync } from "node:fs";

const MAX_FILE_BYTES = 65_536; // a connection file is a few hundred bytes
const MAX_SOCKET_PATH_BYTES = process.platform === "linux" ? 107 : 103; // the system's own limit
const HOST = /^(\*|[\w.-]{1,255}|\[?[\da-f:.]{2,45}(%\w+)?\]?)$/i; // ZeroMQ reads more into its addresses
const CURVE_KEY = /^[\w.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/; // 32 bytes in Z85
const PORTS = ["shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"] as const;

/** As ZeroMQ writes them: "tcp://127.0.0.1:5555", "ipc:///tmp/kernel-1". */
export interface SocketAddresses {
  readonly shell: string;
  readonly control: string;
  readonly stdin: string;
  readonly iopub: string;
  readonly heartbeat: string;
}

/** Of CurveZMQ: who does not know the public one gets no connection; that, too, stands in the connection file only. */
export interface CurveKeys {
  readonly publicKey: string;
  readonly secretKey: string;
}

export interface Connection {
  readonly addresses: SocketAddresses;
  readonly key: string; // of the messages' signatures; empty: unsigned, for sockets that are files
  readonly curve: CurveKeys | undefined; // where Jupyter has the sockets encrypted
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
  const fail: Fail = (problem) => {
    throw new ConnectionFileError(`the connection file ${path} cannot be used: ${problem}`);
  };
  const file = readJson(path, fail);
  const { transport, ip, key, signature_scheme: scheme } = file;
  if (transport !== "tcp" && transport !== "ipc") fail(`transport is ${show(transport)}, not "tcp" or "ipc"`);
  if (typeof ip !== "string" || ip === "") fail(`ip is ${show(ip)}`);
  if (key !== undefined && typeof key !== "string") fail("key is not a text");
  if (!key && transport === "tcp") fail("without a key, every user of this machine could run code here");
  if (key && scheme !== "hmac-sha256") fail(`signature_scheme is ${show(scheme)}, not "hmac-sha256"`);
  const curve = curveKeys(file, fail);
  const ports = PORTS.map((name) => {
    const port = file[name];
    if (!Number.isInteger(port) || (port as number) < 1 || (port as number) > 65_535) fail(`${name} is ${show(port)}`);
    return port as number;
  });
  const twice = PORTS.find((_, i) => ports.indexOf(ports[i]!) < i);
  if (twice !== undefined) fail(`${twice} is another socket's, too`);
  const addressOf = transport === "tcp" ? tcpAddress : ipcAddress;
  const [shell, control, stdin, iopub, heartbeat] = ports.map((port) => addressOf(ip as string, port, fail)) as [
    string,
    string,
    string,
    string,
    string, // as: one for each of PORTS
  ];
  return { addresses: { shell, control, stdin, iopub, heartbeat }, key: (key as string | undefined) ?? "", curve };
}

type Fail = (problem: string) => never;

function curveKeys(file: Record<string, unknown>, fail: Fail): CurveKeys | undefined {
  const { curve_publickey: publicKey, curve_secretkey: secretKey } = file;
  if (publicKey === undefined && secretKey === undefined) return undefined;
  const isKey = (key: unknown): key is string => typeof key === "string" && CURVE_KEY.test(key);
  if (!isKey(publicKey)) return fail("curve_publickey is no key of CurveZMQ");
  if (!isKey(secretKey)) return fail("curve_secretkey is no key of CurveZMQ");
  return { publicKey, secretKey };
}

function tcpAddress(ip: string, port: number, fail: Fail): string {
  return HOST.test(ip) ? `tcp://${ip}:${port}` : fail(`ip is ${show(ip)}, which is no address`);
}

/** A socket that is a file: ZeroMQ would remove whatever has its name, and "@" names are open to every user. */
function ipcAddress(ip: string, port: number, fail: Fail): string {
  const path = `${ip}-${port}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name that would end in the middle
  if (/^@|[\u0000-\u001f]/.test(path)) fail(`ip is ${show(ip)}, which names no file`);
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    fail(`${show(path)} is longer than the ${MAX_SOCKET_PATH_BYTES} bytes that a socket's name may have`);
  }
  const present = lstatSync(path, { throwIfNoEntry: false });
  if (present && !present.isSocket()) fail(`${path} is there already, and is no socket`);
  return `ipc://${path}`;
}

function readJson(path: string, fail: Fail): Record<string, unknown> {
  try {
    const info = statSync(path);
    if (!info.isFile()) fail("it is not a file"); // a pipe or a device may never end
    if (info.size > MAX_FILE_BYTES) fail("it is too large to be one");
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
