// Variables by which a program runs other code than its own, or takes its settings from elsewhere. A folder's file may not
// set them: nobody who reads "node server.mjs" expects that the code is in NODE_OPTIONS.

const words = (text: string) => text.trim().split(/\s+/);

/** Beginnings of names: loaders, runtimes, shells, package managers, build tools. */
const FAMILIES = words(`
  LD_ DYLD_ GCONV_ GLIBC_ MALLOC_ NODE_ NPM_ YARN_ PNPM_ BUN_ DENO_ ELECTRON_ PYTHON PIP_ PIPX_ UV_ CONDA_ VIRTUAL_ENV
  PERL RUBY GEM_ BUNDLE_ PHP LUA_ JULIA_ R_ JAVA_ _JAVA_ JDK_ CLASSPATH MAVEN_ GRADLE_ DOTNET_ CORECLR_ COR_ COMPLUS_
  CARGO_ RUST GIT_ SSH_ DOCKER_ BASH ZDOTDIR XDG_ OPENSSL_
`);

const SINGLE = words(`
  PATH PATHEXT HOME USERPROFILE APPDATA LOCALAPPDATA COMSPEC SYSTEMROOT WINDIR TMPDIR TEMP TMP
  ENV SHELL IFS CDPATH PS4 PROMPT_COMMAND SHELLOPTS EDITOR VISUAL PAGER MANPAGER LESSOPEN LESSCLOSE BROWSER SUDO_ASKPASS
  GOFLAGS GOPATH GOROOT GOPROXY GOENV GOTOOLCHAIN GOBIN GOWORK GODEBUG GONOSUMDB GONOSUMCHECK GOINSECURE
  MAKEFLAGS SSLKEYLOGFILE HOSTALIASES TERMINFO
`);

/** Of those families, and of no harm. */
const HARMLESS = words(`
  NODE_ENV NODE_NO_WARNINGS NODE_DISABLE_COLORS PYTHONUNBUFFERED PYTHONIOENCODING PYTHONUTF8 NPM_TOKEN
`);

/** Compared without case, as Windows and npm do. */
export function changesProgram(variable: string): boolean {
  const name = variable.toUpperCase();
  if (HARMLESS.includes(name)) return false;
  return SINGLE.includes(name) || FAMILIES.some((family) => name.startsWith(family));
}
