// What a variable of an MCP entry does to programs that people know. The entry may come from anybody: nobody who reads
// "node server.mjs" expects that the code is in NODE_OPTIONS. What makes a program run other code is refused; settings
// and certificates may lie anywhere but in the notebook's folder, whose author could put programs into them. Such lists
// are never whole: so every other variable is shown, with a note where its name sounds like more than a value.
import { realpathSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { isInFolder } from "../in-folder.ts";

/** Names, compared without case, as Windows and npm do; with a star at their end beginnings of names. */
function names(text: string): RegExp {
  const patterns = text.trim().split(/\s+/);
  return new RegExp(`^(${patterns.map((name) => name.replace("*", ".*")).join("|")})$`, "i");
}

/** Of the families below, and no more than a value. */
const HARMLESS = names(`
  NODE_ENV NODE_NO_WARNINGS NODE_DISABLE_COLORS NODE_USE_ENV_PROXY PYTHONUNBUFFERED PYTHONIOENCODING PYTHONUTF8
  PYTHONDONTWRITEBYTECODE NPM_TOKEN JUPYTER_URL JUPYTER_TOKEN RUST_LOG RUST_BACKTRACE
`);

const PROXIES = names("HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY FTP_PROXY WS_PROXY WSS_PROXY DOCKER_HOST");

const CERTIFICATES = names(`
  SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS CURL_CA_BUNDLE REQUESTS_CA_BUNDLE AWS_CA_BUNDLE GIT_SSL_CAINFO PIP_CERT
  GRPC_DEFAULT_SSL_ROOTS_FILE_PATH HTTPLIB2_CA_CERTS
`);

/** Files in which a program, a driver or a helper may be named to be run. */
const SETTINGS = names(`
  KUBECONFIG AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE GOOGLE_APPLICATION_CREDENTIALS AZURE_CONFIG_DIR CLOUDSDK_CONFIG
  BOTO_CONFIG DOCKER_CONFIG JUPYTER_CONFIG_DIR JUPYTER_CONFIG_PATH JUPYTER_DATA_DIR JUPYTER_PATH IPYTHONDIR PGSERVICEFILE
  PGSYSCONFDIR PGPASSFILE PSQLRC MYSQL_HOME ODBCINI ODBCSYSINI ODBCINSTINI TNS_ADMIN KRB5_CONFIG GNUPGHOME NETRC
  CURL_HOME WGETRC SPARK_CONF_DIR HADOOP_CONF_DIR TF_CLI_CONFIG_FILE ANSIBLE_CONFIG
`);

/** By what reads them. */
const CODE = names(
  Object.values({
    loader: "LD_* DYLD_* GCONV_* GLIBC_* MALLOC_* LOCPATH NLSPATH ASAN_* LSAN_* MSAN_* TSAN_* UBSAN_*",
    system:
      "PATH PATHEXT HOME USERPROFILE APPDATA LOCALAPPDATA SYSTEMROOT WINDIR TMPDIR TEMP TMP XDG_* HOSTALIASES NIX_*",
    shells: "SHELL SHELLOPTS ENV IFS CDPATH PS4 PROMPT_COMMAND BASH* ZDOTDIR INPUTRC COMSPEC PSMODULEPATH POWERSHELL_*",
    editors:
      "EDITOR VISUAL PAGER MANPAGER MANOPT LESS LESSOPEN LESSCLOSE BROWSER VIM VIMINIT VIMRUNTIME MYVIMRC NVIM_*",
    terminals: "EXINIT EMACS* TERMINFO SUDO_ASKPASS SSH_ASKPASS* SSH_SK_* SSH_AUTH_SOCK",
    javascript: "NODE_* NPM_* YARN_* PNPM_* BUN_* DENO_* VOLTA_* NVM_* FNM_* ELECTRON_* TS_NODE_* TSX_*",
    python: "PYTHON* PIP_* PIPX_* UV_* CONDA_* PYENV_* PYSPARK_* VIRTUAL_ENV* JUPYTER_* IPYTHON*",
    java: "JAVA_* _JAVA_* JDK_* JVM_* CLASSPATH MAVEN_* GRADLE_* ANT_HOME ANT_OPTS ANT_ARGS SBT_* SCALA_* KOTLIN_* GROOVY_*",
    onJava: "LEIN_* CLJ_* CATALINA_* SPARK_* HADOOP_*",
    dotNet: "DOTNET_* CORECLR_* COR_* COMPLUS_* MONO_*",
    go: "GOFLAGS GOPATH GOROOT GOPROXY GOENV GOTOOLCHAIN GOBIN GOWORK GODEBUG GONOSUMDB GONOSUMCHECK GOINSECURE",
    scripts:
      "PERL* RUBY* RBENV_* GEM_* BUNDLE_* PHP* LUA* JULIA_* R_* TCL* GUILE_* AWKPATH AWKLIBPATH M4PATH ASDF_* MISE_*",
    languages:
      "ERL_* ELIXIR_* MIX_* HEX_HOME HEX_MIRROR OCAML* CAML* OPAM* GHC* CABAL_* STACK_ROOT DART_* PUB_* CARGO_* RUST*",
    compilers: "CC CXX CPP AS AR CFLAGS CXXFLAGS CPPFLAGS LDFLAGS CMAKE_* PKG_CONFIG* MAKEFLAGS SDKROOT DEVELOPER_DIR",
    tools:
      "GIT_* HG* SVN_SSH SVN_EDITOR CVS_RSH RSYNC_* TAR_OPTIONS GREP_OPTIONS OPENSSL_* SSLKEYLOGFILE TEXINPUTS TEXMF*",
    desktop: "QT_* QML* GTK_* GIO_* GI_TYPELIB_PATH GST_* GDK_* MAGICK_* GS_OPTIONS GS_LIB ALSA_* LIBGL_* LIBVA_*",
    gpu: "VK_DRIVER_FILES VK_ADD_* VK_ICD_* VK_LAYER_* VK_LOADER_* OCL_ICD_*",
    clouds: "DOCKER_* CLOUDSDK_* AZURE_EXTENSION_DIR GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES ANSIBLE_* TF_CLI_ARGS*",
    terraform: "TF_PLUGIN* TF_DATA_DIR",
  }).join(" "),
);

/** By the custom of names: `..._OPTIONS`, `..._PLUGIN_DIR`. */
const SOUNDS_LIKE_CODE = new RegExp(
  `(^|_)(${[
    "OPTIONS?|OPTS?|FLAGS|ARGS|PRELOAD|STARTUP|INIT|RC|CONFIG|PROFILE|HOME|ROOT|COMMAND|CMD|SHELL|SCRIPTS?|HOOKS?",
    "EXEC|EXECUTABLE|BIN|BINARY|INTERPRETER|COMPILER|LOADER|LOAD|LIB|LIBRARY|MODULES?|PLUGINS?|DRIVERS?|AGENT|WRAPPER|ASKPASS",
  ].join("|")})(_?(FILE|DIR|PATH|HOME))?$`,
  "i",
);
const SOUNDS_LIKE_NO_CHECK =
  /INSECURE|NO_?VERIFY|SKIP_?(TLS|SSL|CERT)|(SSL|TLS|CERTS?)_?VERIFY|VERIFY_?(SSL|TLS)|UNAUTHORIZED/i;

/** Why an entry may not set this variable, and the way out; undefined where it may. */
export function refusalOf(variable: string, value: string, folder: string): string | undefined {
  if (HARMLESS.test(variable) || PROXIES.test(variable)) return undefined;
  if (CERTIFICATES.test(variable) || SETTINGS.test(variable)) {
    if (value.split(delimiter).every((path) => isOutside(path, folder))) return undefined;
    return "may only name a file by its whole path outside of this folder, since it can change what runs and who is believed";
  }
  if (!CODE.test(variable)) return undefined;
  const remedy = "give the program's whole path and arguments instead, or set it in a script of your own";
  return `may not be set, since it changes what the program runs; ${remedy}`;
}

/** What a question has to say of this variable beside its value. */
export function noteOf(variable: string): string | undefined {
  if (HARMLESS.test(variable)) return undefined;
  if (PROXIES.test(variable) || /_PROXY$/i.test(variable)) return "where the program sends what is for others";
  if (CERTIFICATES.test(variable)) return "by which it knows whom to believe";
  if (SETTINGS.test(variable)) return "settings, which may name other programs to run";
  if (SOUNDS_LIKE_NO_CHECK.test(variable)) return "which may switch off the check of whom it talks to";
  return SOUNDS_LIKE_CODE.test(variable) ? "which may change what the program runs" : undefined;
}

/**
 * By its name and by where it leads. A share of another machine is not this user's, and /proc/self/cwd another folder to
 * each process.
 */
function isOutside(path: string, folder: string): boolean {
  if (!isAbsolute(path) || /^[\\/]{2}/.test(path)) return false;
  const places = [resolve(path), realPath(path)];
  return !places.some(
    (place) => isInFolder(place, folder) || isInFolder(place, realpathSync(folder)) || /^\/(proc|dev)\//.test(place),
  );
}

/** Also of what there is not yet: the folders above it may be links. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path));
  }
}
