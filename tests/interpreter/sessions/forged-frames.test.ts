// What code in the session's room may write to its pipes: anything. The kernel goes on, the room ends and says why.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openConfinement, startTypeScriptSession, type TypeScriptSession } from "../../../interpreter/index.ts";
import type { Confinement } from "../../../interpreter/sessions/confinement/confinement.ts";
import { encodeFrame, readFrames } from "../../../interpreter/sessions/frames.ts";
import { toFromChild } from "../../../interpreter/sessions/typescript/from-child.ts";
import {
  SessionEndedError,
  type SessionProcess,
  startSessionProcess,
} from "../../../interpreter/sessions/typescript/session-process.ts";
import { randomNumbers } from "../../engine/kernels/linear-sources.ts";
import { isNightly } from "../../nightly.ts";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

const NODES_OWN = [
  { cmd: "NODE_HANDLE", type: "net.Socket", msg: {} },
  { cmd: "NODE_HANDLE_ACK" },
  { cmd: "NODE_CLUSTER", act: "newconn", key: "x" },
];

/** Runs in the place of the supervisor, or of the child, with all of their pipes. */
const HELPERS = `
const fs = require("node:fs");
const [SUPERVISION, FRAMES, REQUESTS] = [3, 4, 5];
function write(fd, bytes) {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
}
function frame(json, length = Buffer.byteLength(json)) {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(length);
  return Buffer.concat([header, Buffer.from(json)]);
}
const say = (message, fd = FRAMES) => write(fd, frame(JSON.stringify(message)));
const stay = () => setInterval(() => {}, 1000);
`;

let notebook: NotebookSession; // for its folder
beforeAll(async () => {
  notebook = await openNotebook();
});
afterAll(() => notebook[Symbol.asyncDispose]());

/** A room whose first process runs this instead of ours. @returns why it ended, and how its pending request did */
async function endOf(script: string, describedFrom = "'a.csv'") {
  let process: SessionProcess | undefined;
  let refused: unknown;
  const reason = await new Promise<string>((resolve) => {
    process = startSessionProcess({
      cwd: notebook.folder,
      confinement: roomOf(script),
      onEvent() {},
      describeFile: async () => ({
        tables: [{ name: "'a.csv'", kind: "file", columns: [], rowCount: undefined }],
        sources: [{ from: describedFrom }],
      }),
      onDebugOutput() {},
      onNativeOutput() {},
      onEnd: resolve,
    });
    process.request("variables", { names: [] }).catch((error: unknown) => {
      refused = error;
    });
  });
  await nextTurn();
  return { reason, refused };
}

function roomOf(script: string): Confinement {
  const nothing = async () => undefined;
  return {
    wrap({ program, env }) {
      const file = join(notebook.folder, "room.cjs"); // no argument: these have a largest length
      writeFileSync(file, `${HELPERS}${script}`);
      return { program, args: [file], env };
    },
    enter: () => ({
      ...{ bringIn: nothing, bringOut: nothing, exchangePath: nothing, close: nothing },
      ...{ pathOf: (name) => name, give: async (path) => path, take: nothing },
    }),
  };
}

describe("a room that writes", () => {
  const ENDS: readonly [string, string, RegExp][] = [
    ...NODES_OWN.flatMap((message): [string, string, RegExp][] => {
      const text = JSON.stringify(message);
      return [
        [`Node's own ${text} in a frame`, `say(${text}); stay()`, /to the kernel's pipe what is none of its messages/],
        [
          `Node's own ${text} as a line`,
          `write(FRAMES, Buffer.from(${JSON.stringify(`${text}\n`)})); stay()`,
          /says that it has \d+ bytes/,
        ],
        [
          `Node's own ${text} where the supervisor writes`,
          `write(SUPERVISION, Buffer.from(${JSON.stringify(`${text}\n`)})); stay()`,
          /its supervisor wrote .*says that it has \d+ bytes/,
        ],
      ];
    }),
    ["a length past all limits", "write(FRAMES, Buffer.alloc(4, 255)); stay()", /4294967295 bytes/],
    ["a length of nothing", "write(FRAMES, Buffer.alloc(4)); stay()", /JSON/],
    ["no JSON", "write(FRAMES, frame('{\"type\":')); stay()", /JSON/],
    ["null", "say(null); stay()", /no message/],
    [
      "a message of an unknown kind",
      "say({ type: 'set-next-input', text: '%approve always' }); stay()",
      /set-next-input/,
    ],
    ["the prototype's kind", "say({ type: '__proto__' }); stay()", /__proto__/],
    ["a field too many", "say({ type: 'clear-output', cellId: 'c', wait: true, more: 1 }); stay()", /"more"/],
    ["a number that is none", "say({ type: 'reply', id: -1, value: 1 }); stay()", /"reply".*\bid\b/],
    ["a number of 4 MB", "say({ type: 'file-request', id: 'x'.repeat(4e6), name: 'a.csv' }); stay()", /\bid\b/],
    ["a name of a megabyte", "say({ type: 'file-request', id: 1, name: 'x'.repeat(1e6) }); stay()", /\bname\b/],
    [
      "a name of a megabyte for a field",
      "say({ type: 'clear-output', cellId: 'c', wait: true, ['x'.repeat(1e6)]: 1 }); stay()",
      /"clear-output".{1,250}$/,
    ],
    [
      "more values than memory has room for",
      "write(FRAMES, frame('[' + '[],'.repeat(3e7) + '[]]')); stay()",
      /more than \d+ values/,
    ],
    [
      "another kind of end",
      "say({ type: 'exit', code: 'x', signal: null }, SUPERVISION); stay()",
      /its supervisor wrote/,
    ],
    ["that its supervisor could not go on", "say({ type: 'wrong', why: 'tired' }, SUPERVISION); stay()", /\(tired\)/],
    [
      "a few questions that are too large",
      "const request = 'x'.repeat(2 ** 26); for (let id = 0; id < 5; id++) say({ type: 'model-request', cellId: 'c', id, kind: 'chat', request, options: {} }); stay()",
      /more than 256 MB of questions/,
    ],
  ];

  const MANY: (typeof ENDS)[number] = [
    "questions without end",
    "for (let id = 0; ; id++) say({ type: 'model-request', cellId: 'c', id, kind: 'chat', request: '', options: {} })",
    /more than 256 MB of questions/,
  ]; // by day they are few and large

  test.each(isNightly ? [...ENDS, MANY] : ENDS)("%s ends, and says why", async (_, script, why) => {
    const { reason, refused } = await endOf(script);
    expect(reason).toMatch(why);
    expect(reason.length).toBeLessThan(600);
    expect(refused).toBeInstanceOf(SessionEndedError);
    expect((refused as Error).message).toBe(reason);
  });

  test("questions, and takes no answers, ends", async () => {
    const { reason } = await endOf(
      "for (let id = 0; id < 200; id++) say({ type: 'file-request', id, name: 'a.csv' }); stay()",
      "x".repeat(1e6),
    );
    expect(reason).toBe("it took none of the answers that it asked for");
  });

  test("a question whose answer is too large for a frame is told so, and the next one is answered", async () => {
    const { reason } = await endOf(
      `for (const id of [1, 2]) say({ type: "file-request", id, name: "a.csv" });
      const answers = new (require("node:net").Socket)({ fd: REQUESTS });
      let seen = "";
      answers.on("data", (chunk) => {
        seen += chunk;
        const [first, second] = [1, 2].map((id) => seen.includes('"type":"file-answer","id":' + id + ',"error":"257 MB are more'));
        if (first && second) say({ type: "wrong", why: "both are told" }, SUPERVISION);
      });`,
      "x".repeat(2 ** 28 - 50),
    );
    expect(reason).toContain("(both are told)");
  });

  const GOES_ON: Record<string, string> = {
    "half a frame": "write(FRAMES, frame('{}', 1000)); setTimeout(() => {}, 50)",
    "a length that it never fills": "write(FRAMES, frame('', 2 ** 28)); setTimeout(() => {}, 50)",
    "nothing and closes its pipes": "for (const fd of [3, 4, 5]) fs.closeSync(fd)",
    "into the pipe that it reads from": "for (const fd of [1, 2, 3, 4, 5]) fs.writeSync(5, 'x')",
    "answers to what was not asked": "for (let id = 10; id < 100_000; id++) say({ type: 'reply', id, value: 0 })",
    "nothing but stops reading": "for (let id = 0; id < 10; id++) say({ type: 'file-request', id, name: 'a.csv' })",
  };
  for (const [name, script] of Object.entries(GOES_ON)) {
    test(`${name} is a room like any other, until it ends`, async () => {
      const { reason, refused } = await endOf(script);
      expect(reason).toBe("the session's supervisor was killed");
      expect(refused).toBeInstanceOf(SessionEndedError);
    });
  }
});

describe("a confined room that answers a cell with", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const shown = (data: string) => `{"status":"ok","result":{"data":${data},"metadata":{}}}`;
  const ended = (outcome: string, unreached = "[]") => `{"outcome":${outcome},"unreached":${unreached}}`;
  const ANSWERS: Record<string, string> = {
    nothing: "null",
    "what is no end": "7",
    "an end without names": '{"outcome":{"status":"ok"}}',
    "names that are none": ended('{"status":"ok"}', nested(100_000)),
    "names that it did not declare": ended('{"status":"error"}', '["__proto__","constructor","x"]'),
    ...Object.fromEntries(Object.entries(outcomes()).map(([name, outcome]) => [name, ended(outcome)])),
  };

  function outcomes(): Record<string, string> {
    return {
      "no outcome": "null",
      "a number": "7",
      "no status": "{}",
      "a result that is none": '{"status":"ok","result":5}',
      "data that is none": shown("null"),
      "a text that is a list in a list, 100,000 deep": shown(`{"text/plain":${nested(100_000)}}`),
      "a table that is one": shown(`{"application/vnd.qwenlab.table+json":${nested(100_000)}}`),
      "a chart that is one": shown(`{"application/vnd.vegalite.v5+json":{"data":{"values":${nested(100_000)}}}}`),
      "a chart with such a mark": shown(`{"application/vnd.vegalite.v5+json":{"mark":${nested(100_000)}}}`),
      "a picture that is one": shown(`{"image/png":${nested(100_000)}}`),
      "an error that is one": `{"status":"error","error":${nested(100_000)}}`,
      "a traceback that is one": `{"status":"error","error":{"traceback":${nested(100_000)}}}`,
      "metadata that is one": `{"status":"ok","result":{"data":{"text/plain":"x"},"metadata":${nested(100_000)}}}`,
      "the prototype's names": shown('{"__proto__":{"text/html":"x"},"constructor":1,"toString":2}'),
    };
  }

  /** Answers each cell with what is in the file then; nobody waits for what it would print. */
  const FORGER = `
      for (const fd of [1, 2]) fs.closeSync(fd);
      const pipe = new (require("node:net").Socket)({ fd: REQUESTS });
      let seen = Buffer.alloc(0);
      pipe.on("data", (chunk) => {
        seen = Buffer.concat([seen, chunk]);
        const id = /"type":"request","id":(\\d+),"method":"execute"/.exec(seen)?.[1];
        if (id === undefined) return;
        seen = Buffer.alloc(0);
        write(FRAMES, frame('{"type":"reply","id":' + id + ',"value":' + fs.readFileSync("answer.json", "utf8") + '}'));
      });`;

  let session: TypeScriptSession;
  beforeAll(async () => {
    session = await startTypeScriptSession({ cwd: notebook.folder, confine: () => roomOf(FORGER), onEvent() {} });
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test.each(Object.keys(ANSWERS))("%s: the cell ends, and the notebook goes on", async (name) => {
    writeFileSync(join(notebook.folder, "answer.json"), ANSWERS[name]!);
    const outcome = await session.execute("1", { cellId: "c" });
    expect(JSON.stringify(outcome).length).toBeLessThan(100_000);
    expect(outcome.status).toMatch(/^(ok|error)$/);
  });
});

describe.each([
  ["unconfined", () => undefined],
  ["confined", () => openConfinement(notebook.folder)],
])("a cell, %s,", (_, confine) => {
  let session: TypeScriptSession;
  beforeAll(async () => {
    session = await startTypeScriptSession({ cwd: notebook.folder, confine, onEvent() {} });
  });
  afterAll(() => session[Symbol.asyncDispose]());
  const run = (code: string) => session.execute(code, { cellId: "c" });

  test.each([
    ["a length past all limits", 4, "\\xff\\xff\\xff\\xff", "none of its messages"],
    ["Node's own message to the kernel", 4, '{"cmd":"NODE_HANDLE","type":"net.Socket"}\\n', "none of its messages"],
    [
      "Node's own message to the supervisor",
      3,
      '{"cmd":"NODE_HANDLE","type":"net.Socket"}\\n',
      "supervisor could not go on",
    ],
  ])(
    "that writes %s loses its session with a word, and the next one has a new session",
    async (_name, fd, text, why) => {
      const outcome = await run(
        `import { writeSync } from "node:fs"; writeSync(${fd}, Buffer.from('${text}', 'latin1')); await new Promise(() => {})`,
      );
      expect(outcome).toMatchObject({ status: "error", error: { ename: "SessionEnded" } });
      expect(JSON.stringify(outcome)).toContain(why);
      expect(await run("1 + 1")).toMatchObject({ status: "ok", result: { data: { "text/plain": "2" } } });
    },
  );

  test("finds no channel of Node's", async () => {
    const outcome = await run("[typeof process.send, String(process.connected), process.env.NODE_CHANNEL_FD].join()");
    expect(outcome).toMatchObject({ result: { data: { "text/plain": "'undefined,undefined,'" } } });
  });
});

describe("the reader of frames", () => {
  function read(chunks: Iterable<Buffer>) {
    const messages: unknown[] = [];
    const wrong: string[] = [];
    const stream = new PassThrough();
    readFrames(stream, {
      onMessage: (message) => messages.push(message),
      onWrong: ({ message }) => wrong.push(message),
    });
    for (const chunk of chunks) stream.emit("data", chunk); // as it comes: no chunk is joined to the next
    return { messages, wrong };
  }

  function* pieces(bytes: Buffer, random: () => number, longest: number) {
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + Math.floor(random() * longest);
      yield bytes.subarray(at, end);
      at = end;
    }
  }

  const MESSAGES = [{ type: "reply", id: 1, value: "é\u0000\u2028" }, 1, "x".repeat(5_000), [], { a: null }];

  test.each([1, 2, 5, 70, 100_000])("gives every message, however it is cut (up to %d bytes)", (longest) => {
    const random = randomNumbers(longest);
    const bytes = Buffer.concat(Array.from({ length: 20 }, () => MESSAGES.map(encodeFrame)).flat());
    const { messages, wrong } = read(pieces(bytes, random, longest));
    expect(wrong).toEqual([]);
    expect(messages).toEqual(Array.from({ length: 20 }, () => MESSAGES).flat());
  });

  test("gives what came before a wrong frame, tells that once, and nothing after it", () => {
    const bytes = Buffer.concat([encodeFrame(1), Buffer.from([1, 0, 0, 0, 0x7b]), encodeFrame(2), encodeFrame(3)]);
    for (const longest of [1, 100]) {
      const { messages, wrong } = read(pieces(bytes, randomNumbers(longest), longest));
      expect(messages).toEqual([1]);
      expect(wrong).toHaveLength(1);
    }
  });

  test("survives 2,000 broken streams, and lets only messages through", () => {
    const random = randomNumbers(7);
    const whole = Buffer.concat(
      [
        { type: "stream", cellId: "c", name: "stdout", text: "x" },
        { type: "reply", id: 3, value: { status: "ok" } },
        { type: "display", cellId: "c", data: { "text/plain": "x" }, metadata: {}, displayId: "d", update: false },
      ].map(encodeFrame),
    );
    let broken = 0;
    for (let round = 0; round < 2_000; round++) {
      const bytes = Buffer.from(whole);
      for (let change = 0; change <= round % 4; change++) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      const { messages, wrong } = read(pieces(bytes, random, 64));
      broken += wrong.length;
      for (const message of messages) {
        try {
          const { type } = toFromChild(message);
          expect(["stream", "reply", "display"]).toContain(type);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          broken++;
        }
      }
    }
    expect(broken).toBeGreaterThan(1_000);
  });

  test("what the other side would not take is not sent", () => {
    expect(() => encodeFrame(new Array(2 ** 24 + 2).fill(0))).toThrow(/more than \d+ values/);
  });
});
