// The variables that an MCP entry of a folder may set, by what an attacker's folder and a user's own entry would set.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noteOf, refusalOf } from "../../../interpreter/tools/mcp-variables.ts";

let root: string;
let folder: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "mcp-variables-")));
  folder = join(root, "notebooks");
  mkdirSync(folder);
  writeFileSync(join(folder, "evil.yaml"), "");
  mkdirSync(join(root, "own"));
  writeFileSync(join(root, "own", "kube.yaml"), "");
  symlinkSync(folder, join(root, "own", "link"));
  symlinkSync(root, join(root, "link-to-root"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("refused, wherever it leads", () => {
  test.each(
    `NODE_OPTIONS node_options NODE_PATH NODE_TLS_REJECT_UNAUTHORIZED LD_PRELOAD LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES PATH
    Path HOME BASH_ENV ENV ZDOTDIR PYTHONPATH PYTHONSTARTUP PERL5OPT RUBYOPT JAVA_TOOL_OPTIONS _JAVA_OPTIONS CLASSPATH
    TS_NODE_PROJECT TS_NODE_COMPILER PSModulePath ERL_AFLAGS ERL_LIBS JUPYTER_PREFER_ENV_PATH IPYTHON_X GIT_SSH_COMMAND
    GIT_EXTERNAL_DIFF GIT_SSL_NO_VERIFY GIT_CONFIG_COUNT npm_config_registry NPM_CONFIG_NODE_OPTIONS UV_INDEX_URL
    PIP_INDEX_URL GOFLAGS CARGO_HOME RUSTC_WRAPPER CC TAR_OPTIONS LESSOPEN EDITOR BROWSER SSH_ASKPASS OPENSSL_CONF
    SSLKEYLOGFILE QT_PLUGIN_PATH GTK_MODULES VK_ICD_FILENAMES MAGICK_CONFIGURE_PATH DOCKER_CLI_PLUGIN_EXTRA_DIRS
    GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES ANSIBLE_LIBRARY TF_CLI_ARGS DOTNET_STARTUP_HOOKS COR_PROFILER
    ELECTRON_RUN_AS_NODE`.split(/\s+/),
  )("%s", (variable) => {
    for (const value of ["x", join(root, "own", "kube.yaml"), ""]) {
      expect(refusalOf(variable, value, folder)).toMatch(/may not be set.*; give .* or set it in a script/);
    }
  });
});

describe("settings and certificates are never the folder's", () => {
  const VARIABLES =
    "KUBECONFIG AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE JUPYTER_CONFIG_DIR jupyter_path IPYTHONDIR ODBCSYSINI SSL_CERT_FILE NODE_EXTRA_CA_CERTS CURL_CA_BUNDLE".split(
      " ",
    );
  const THE_FOLDERS: Record<string, () => string> = {
    "a relative path": () => "evil.yaml",
    "a relative path up": () => "../notebooks/evil.yaml",
    "the home folder as shells write it": () => "~/.kube/config",
    "a whole path": () => join(folder, "evil.yaml"),
    "the folder itself": () => folder,
    "a path through elsewhere": () => join(root, "own", "..", "notebooks", "evil.yaml"),
    "a link from elsewhere": () => join(root, "own", "link", "evil.yaml"),
    "a link on the way": () => join(root, "link-to-root", "notebooks", "evil.yaml"),
    "what is not there yet, behind a link": () => join(root, "own", "link", "later", "evil.yaml"),
    "the second of two": () => `${join(root, "own", "kube.yaml")}:${join(folder, "evil.yaml")}`,
    "the server's own folder, by /proc": () => "/proc/self/cwd/evil.yaml",
    "a descriptor": () => "/dev/fd/0",
    "another machine's share": () => "//evil.example/share/kube.yaml",
    nothing: () => "",
  };
  test.each(Object.keys(THE_FOLDERS))("by %s", (way) => {
    for (const variable of VARIABLES) {
      expect(refusalOf(variable, THE_FOLDERS[way]!(), folder)).toContain("whole path outside of this folder");
    }
  });

  test("and may be the user's own", () => {
    for (const variable of VARIABLES) {
      expect(refusalOf(variable, join(root, "own", "kube.yaml"), folder)).toBeUndefined();
      expect(refusalOf(variable, join(root, "own", "not-there.yaml"), folder)).toBeUndefined();
      expect(noteOf(variable)).toMatch(/^(settings, which may name other programs|by which it knows whom to believe)/);
    }
  });
});

describe("allowed", () => {
  test.each(
    `GITHUB_PERSONAL_ACCESS_TOKEN BRAVE_API_KEY SLACK_BOT_TOKEN POSTGRES_CONNECTION_STRING DATABASE_URL PGHOST PGPASSWORD
    MEMORY_FILE_PATH ALLOWED_DIRECTORIES JUPYTER_URL JUPYTER_TOKEN AWS_REGION AWS_ACCESS_KEY_ID OPENAI_BASE_URL LOG_LEVEL
    DEBUG PORT NODE_ENV PYTHONUNBUFFERED RUST_LOG CUDA_VISIBLE_DEVICES VK_API_KEY VIMEO_TOKEN SSH_HOST LANG TZ X`.split(
      /\s+/,
    ),
  )("%s, as it is", (variable) => {
    expect(refusalOf(variable, "x", folder)).toBeUndefined();
    expect(noteOf(variable)).toBeUndefined();
  });

  test.each([
    ["HTTPS_PROXY", "where the program sends what is for others"],
    ["no_proxy", "where the program sends what is for others"],
    ["GLOBAL_AGENT_HTTP_PROXY", "where the program sends what is for others"],
    ["DOCKER_HOST", "where the program sends what is for others"],
    ["AWS_PROFILE", "which may change what the program runs"],
    ["PUPPETEER_LAUNCH_OPTIONS", "which may change what the program runs"],
    ["PUPPETEER_EXECUTABLE_PATH", "which may change what the program runs"],
    ["SOMEBODYS_RUNTIME_PRELOAD", "which may change what the program runs"],
    ["SOMEBODYS_PLUGIN_DIR", "which may change what the program runs"],
    ["MY_SERVER_CONFIG", "which may change what the program runs"],
    ["JIRA_SSL_VERIFY", "which may switch off the check of whom it talks to"],
    ["ALLOW_INSECURE_TLS", "which may switch off the check of whom it talks to"],
  ])("%s, with a note: %s", (variable, note) => {
    expect(refusalOf(variable, "x", folder)).toBeUndefined();
    expect(noteOf(variable)).toBe(note);
  });
});
