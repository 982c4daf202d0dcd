import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConnectionFileError, readConnectionFile } from "../../../kernel/protocol/connection-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connection-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const PORTS = { shell_port: 5001, control_port: 5002, stdin_port: 5003, iopub_port: 5004, hb_port: 5005 };
const SIGNED = { key: "k", signature_scheme: "hmac-sha256" };
const TCP = { transport: "tcp", ip: "127.0.0.1", ...PORTS, ...SIGNED };
const ipc = () => ({ transport: "ipc", ip: join(folder, "kernel"), ...PORTS, ...SIGNED });

const curve = (key: unknown) => ({ curve_publickey: key, curve_secretkey: key });

function read(content: unknown) {
  const path = join(folder, "connection.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return readConnectionFile(path);
}

test.each(["127.0.0.1", "::1", "[::1]", "localhost", "*", "node-7.example"])("the address %s is taken", (ip) => {
  expect(read({ ...TCP, ip })).toEqual({
    key: "k",
    addresses: {
      shell: `tcp://${ip}:5001`,
      control: `tcp://${ip}:5002`,
      stdin: `tcp://${ip}:5003`,
      iopub: `tcp://${ip}:5004`,
      heartbeat: `tcp://${ip}:5005`,
    },
  });
});

test("keys of CurveZMQ are taken as they are", () => {
  const keys = {
    publicKey: "^<UIfWN[:RowTlBfu#V9>j6UeEc(<hF{o[<>(WUz",
    secretKey: "8!>v&0MFiQ1ymv(m)4Sl{5T#d(V>^d8.Lsnr0X1:",
  };
  expect(read({ ...TCP, curve_publickey: keys.publicKey, curve_secretkey: keys.secretKey }).curve).toEqual(keys);
  expect(read(TCP).curve).toBeUndefined();
});

test.each([
  ["no JSON", "{", "not JSON"],
  ["nothing", "", "not JSON"],
  ["a list", [TCP], "not a JSON object"],
  ["brackets without end", "[".repeat(60_000), "not JSON"],
  ["10 MB", " ".repeat(10_000_000), "too large"],
  ["another transport", { ...TCP, transport: "inproc" }, 'transport is "inproc"'],
  ["no address", { ...TCP, ip: undefined }, "ip is missing"],
  ["a port that is a text", { ...TCP, hb_port: "5005" }, 'hb_port is "5005"'],
  ["a port of 0", { ...TCP, shell_port: 0 }, "shell_port is 0"],
  ["a port past the last", { ...TCP, shell_port: 65_536 }, "shell_port is 65536"],
  ["one port for two sockets", { ...TCP, control_port: 5001 }, "control_port is another socket's"],
  ["a key that is a number", { ...TCP, key: 5 }, "key is not a text"],
  ["another signature", { ...TCP, signature_scheme: "hmac-md5" }, "hmac-md5"],
  ["no signature scheme", { ...TCP, signature_scheme: undefined }, "signature_scheme is missing"],
  ["an empty key on a port that every user reaches", { ...TCP, key: "" }, "every user of this machine could run code"],
  ["no key on such a port", { ...TCP, key: undefined, signature_scheme: undefined }, "every user of this machine"],
  ["two addresses in one", { ...TCP, ip: "127.0.0.1:1;10.0.0.1" }, "no address"],
  ["an address with a line break", { ...TCP, ip: "127.0.0.1\n\u001b[2J" }, "no address"],
  ["a public key alone", { ...TCP, curve_publickey: "k".repeat(40) }, "curve_secretkey is no key"],
  ["a secret key alone", { ...TCP, curve_secretkey: "k".repeat(40) }, "curve_publickey is no key"],
  ["a key of another length", { ...TCP, ...curve("k".repeat(41)) }, "curve_publickey is no key"],
  ["a key in other letters", { ...TCP, ...curve(`${"k".repeat(39)}"`) }, "curve_publickey is no key"],
  ["an empty key of CurveZMQ", { ...TCP, ...curve("") }, "curve_publickey is no key"],
  ["a key of CurveZMQ that is null", { ...TCP, ...curve(null) }, "curve_publickey is no key"],
  ["a name without a file", { ...TCP, transport: "ipc", ip: "@abstract" }, "names no file"],
  ["a name that ends in the middle", { ...TCP, transport: "ipc", ip: "/tmp/a\u0000b" }, "names no file"],
  ["a name too long for a socket", { ...TCP, transport: "ipc", ip: `/tmp/${"x".repeat(120)}` }, "longer than"],
])("%s is refused, with the file and the reason", (_, content, reason) => {
  const attempt = () => read(content);
  expect(attempt).toThrow(ConnectionFileError);
  expect(attempt).toThrow(reason);
  expect(attempt).toThrow(join(folder, "connection.json"));
});

describe("what is no file", () => {
  test.each([
    ["a pipe", (path: string) => execFileSync("mkfifo", [path])],
    ["a device that never ends", (path: string) => symlinkSync("/dev/zero", path)],
    ["a folder", (path: string) => mkdirSync(path)],
  ])("%s is refused at once", (name, make) => {
    const path = join(folder, name);
    make(path);
    expect(() => readConnectionFile(path)).toThrow("it is not a file");
  });
});

test("a file that has a socket's name stays: ZeroMQ would remove it", () => {
  const precious = join(folder, "kernel-5003");
  writeFileSync(precious, "precious");
  expect(() => read(ipc())).toThrow(`${precious} is there already`);
  expect(readFileSync(precious, "utf8")).toBe("precious");
  rmSync(precious);
  expect(read(ipc()).addresses.stdin).toBe(`ipc://${precious}`);
});
