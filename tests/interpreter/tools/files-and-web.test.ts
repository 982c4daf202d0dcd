import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import http, { createServer, type RequestListener, type Server } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  KeptFiles,
  openKnowledge,
  readFileTool,
  type ToolContext,
  webFetch,
  webFetchTool,
} from "../../../interpreter/index.ts";
import { readAgentFile, writeAgentFile } from "../../../kernel/model/agent-file.ts";
import { fakeSession } from "../fake-session.ts";

const context: ToolContext = {
  session: fakeSession(),
  cellId: "c",
  signal: undefined,
  display() {},
  onSessionEvent: () => () => {},
};

describe("read_file", () => {
  let folder: string;
  let outside: string;
  beforeAll(() => {
    outside = realpathSync(mkdtempSync(join(tmpdir(), "outside-")));
    folder = join(outside, "notebook");
    mkdirSync(join(folder, "sub"), { recursive: true });
    writeFileSync(join(outside, "secret.txt"), "secret");
    writeFileSync(join(folder, "notes.md"), Array.from({ length: 200 }, (_, i) => `line ${i + 1}`).join("\n"));
    writeFileSync(join(folder, ".env"), "KEY=1");
    writeFileSync(join(folder, "binary"), Buffer.from([1, 0, 2]));
    writeFileSync(join(folder, "large.txt"), "x".repeat(3 * 2 ** 20));
    symlinkSync(join(outside, "secret.txt"), join(folder, "link.txt"));
    mkdirSync(join(folder, "sub", ".git"));
    writeFileSync(join(folder, "sub", ".git", "config"), "url = https://token@example.org");
    symlinkSync(join(folder, ".env"), join(folder, "sub", "shown.txt"));
    execFileSync("mkfifo", [join(folder, "sub", "pipe")]);
  });
  afterAll(() => rmSync(outside, { recursive: true, force: true }));
  const read = async (path: string, line?: number) =>
    (await readFileTool(folder).call(JSON.stringify({ path, line }), context)).content;

  test("reads lines, and says how many there are", async () => {
    expect(await read("notes.md")).toMatch(/^line 1\nline 2[\s\S]*\(lines 1 to 80 of 200\)$/);
    expect(await read("notes.md", 199)).toBe("line 199\nline 200");
  });

  test("lists a folder, without what is hidden", async () => {
    expect(await read(".")).toBe("binary\nlarge.txt\nlink.txt\nnotes.md\nsub/");
  });

  test.each([
    ["../secret.txt", /outside the notebook's folder/],
    ["/etc/passwd", /outside the notebook's folder/],
    ["link.txt", /outside the notebook's folder/],
    [".env", /hidden/],
    ["binary", /not a text file/],
    ["large.txt", /bytes/],
    ["none.txt", /there is no file none.txt/],
    ["sub/.git/config", /hidden/],
    ["sub/shown.txt", /hidden/],
    ["sub/pipe", /not a plain file/],
    ["/dev/zero", /outside the notebook's folder/],
    ["a\0b", /there is no file/],
  ])("refuses %s", async (path, reason) => {
    await expect(read(path)).rejects.toThrow(reason);
  });

  test.each([
    ["../secret.txt", /outside/],
    ["link.txt", /outside/],
    [".env", /hidden/],
    ["sub/shown.txt", /hidden/],
    ["sub/pipe", /not a plain file/],
  ])("nor does an agent's file bring %s to the model as knowledge, or lie there", (path, reason) => {
    expect(() => openKnowledge(folder, [path])).toThrow(reason);
    expect(() => readAgentFile(folder, path)).toThrow(reason);
  });

  test("an agent's file is not written through a link", () => {
    const agent = { name: "n", description: "", instructions: "i", knowledge: [], starters: [], model: {} };
    mkdirSync(join(outside, "elsewhere"));
    symlinkSync(join(outside, "elsewhere"), join(folder, "agents"));
    expect(() => writeAgentFile(folder, "agents/n.json", agent)).toThrow(/outside/);
    rmSync(join(folder, "agents"));
    mkdirSync(join(folder, "agents"));
    symlinkSync(join(outside, "elsewhere", "n.json"), join(folder, "agents", "n.json"));
    expect(() => writeAgentFile(folder, "agents/n.json", agent)).toThrow(/it is a link/);
    expect(existsSync(join(outside, "elsewhere", "n.json"))).toBe(false);
  });
});

describe("files that were kept", () => {
  let outside: string;
  let folder: string;
  beforeEach(() => {
    outside = realpathSync(mkdtempSync(join(tmpdir(), "outside-")));
    folder = join(outside, "notebook");
    mkdirSync(join(folder, "data"), { recursive: true });
    writeFileSync(join(folder, "data", "a.txt"), "as it was");
    writeFileSync(join(outside, "a.txt"), "the user's");
    return () => rmSync(outside, { recursive: true, force: true });
  });

  test.each([
    ["the file became a link", "data/a.txt", "a.txt"],
    ["its folder became a link", "data", "."],
  ])("are put back in the folder, where %s that leads out", (_what, replaced, target) => {
    const kept = new KeptFiles(folder);
    rmSync(join(folder, replaced), { recursive: true });
    symlinkSync(join(outside, target), join(folder, replaced));
    kept.restore();
    kept.dispose();
    expect(readFileSync(join(folder, "data", "a.txt"), "utf8")).toBe("as it was");
    expect(readFileSync(join(outside, "a.txt"), "utf8")).toBe("the user's");
  });
});

describe("web_fetch", () => {
  test.each([
    "http://127.0.0.1:8888/api",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/",
    "http://0x7f.1/",
  ])("refuses %s", async (url) => {
    await expect(webFetch.call(JSON.stringify({ url }), context)).rejects.toThrow(/not the web/);
  });

  test.each(["file:///etc/passwd", "ftp://example.org", "not a url"])("takes no %s", async (url) => {
    await expect(webFetch.call(JSON.stringify({ url }), context)).rejects.toThrow("url");
  });

  test("acts: each call is asked about", () => expect(webFetch.effect).toBe("acts"));

  const preview = (url: string) => webFetch.preview(JSON.stringify({ url })).code;

  test.each([
    "https://good.example@evil.example/",
    "https://good.example:443@evil.example/",
    "https://good.example%2f@evil.example/",
    "https://:secret@evil.example/",
  ])("takes no name before the host, which would be read as the host: %s", async (url) => {
    await expect(webFetch.check(JSON.stringify({ url }), context)).rejects.toThrow(
      /a name before the host is not sent/,
    );
  });

  test("is asked about with the host that is connected to", async () => {
    expect(preview("https://ex\u0430mple.org/")).toBe("https://xn--exmple-4nf.org/");
    expect(preview("https://evil.example\\.good.example/")).toBe("https://evil.example/.good.example/");
    expect(preview("HTTPS://EVIL\u3002example\t/a b")).toBe("https://evil.example/a%20b");
    await webFetch.check('{"url":"https://good.example/@a?b@c"}', context);
  });

  describe("of a server", () => {
    let server: Server;
    let origin: string;
    let answer: RequestListener;
    const fetchHere = webFetchTool(() => false); // else nothing on this machine is fetched
    const fetched = async (path: string) =>
      (await fetchHere.call(JSON.stringify({ url: `${origin}${path}` }), context)).content;
    const html = (text: string) =>
      (answer = (_, response) => response.setHeader("content-type", "text/html").end(text));
    beforeAll(async () => {
      server = createServer((request, response) => answer(request, response));
      await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => server.close());

    test("is read without markup, scripts and comments", async () => {
      html("<h1>A &amp;lt; B</h1><script>x<p></script><p>one<!-- <p>no --><br>two&nbsp;<b>three</b><svg>no</svg>");
      expect(await fetched("/")).toBe("A &lt; B\none\ntwo three");
    });

    test("a page made to be slow costs no more than its length", async () => {
      for (const part of ["<script", "<!--", "<", "\u00a0", "&"]) {
        html(`<p>begin</p>${part.repeat(900_000 / part.length)}`);
        expect(await fetched("/")).toMatch(/^begin/);
      }
    });

    test("follows a redirect on the same host, none to another: the user was asked about this one", async () => {
      answer = ({ url }, response) => {
        if (url === "/end") response.setHeader("content-type", "text/plain").end("arrived");
        else response.writeHead(302, { location: url === "/here" ? "/end" : url!.slice(1) }).end();
      };
      expect(await fetched("/here")).toBe("arrived");
      for (const elsewhere of [origin.replace("127.0.0.1", "localhost"), "http://127.0.0.1:9/", "file:///etc/passwd"]) {
        await expect(fetched(`/${elsewhere}`)).rejects.toThrow(/leads to .*fetch that address itself/);
      }
    });

    test("no redirect leaves https, or comes to another port of it", async () => {
      // TLS plays no part in it: https is spoken as http here, and to this server, whatever port is asked for.
      const { port } = new URL(origin);
      const plain = (url: URL, options: object, done: (response: http.IncomingMessage) => void) =>
        http.request({ ...options, host: url.hostname, port, path: url.pathname }, done);
      using _ = vi.spyOn(https, "request").mockImplementation(plain as typeof https.request); // as: of this call's form
      const host = "127.0.0.1";
      const fetchedFrom = async (from: string, to: string) => {
        answer = ({ url }, response) => {
          if (url === "/end") response.setHeader("content-type", "text/plain").end("arrived");
          else response.writeHead(302, { location: to }).end();
        };
        return (await fetchHere.call(JSON.stringify({ url: from }), context)).content;
      };
      expect(await fetchedFrom(`https://${host}/`, "/end")).toBe("arrived");
      expect(await fetchedFrom(`${origin}/`, `https://${host}/end`)).toBe("arrived");
      for (const [from, to] of [
        [`https://${host}:${port}/`, `http://${host}:${port}/end`],
        [`https://${host}/`, `${origin}/end`],
        [`https://${host}/`, `https://${host}:${port}/end`],
        [`${origin}/`, `https://${host}:${port}/end`],
      ] as const) {
        await expect(fetchedFrom(from, to)).rejects.toThrow(/leads to .*fetch that address itself/);
      }
    });

    test("a page without end is cut", async () => {
      answer = (_, response) => {
        response.setHeader("content-type", "text/plain");
        const write = () => {
          while (!response.destroyed && response.write("x".repeat(65_536)));
          if (!response.destroyed) response.once("drain", write);
        };
        write();
      };
      expect((await fetched("/")).length).toBeLessThan(5_000);
    });
  });
});
