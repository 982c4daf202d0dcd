// The front end's side of the debugger: debug_request on control, debug_event on iopub.
import type { DebugProtocol } from "@vscode/debugprotocol";
import { type KernelOptions, KernelProcess } from "./kernel-process.ts";

export interface DebugReply {
  readonly success: boolean;
  readonly message?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each command's body has its own form, which the tests are about
  readonly body: any;
  readonly request_seq: number;
  readonly command: string;
}

export class DebugClient implements AsyncDisposable {
  readonly kernel: KernelProcess;
  #seq = 1;
  #seen = 0; // events that were waited for

  private constructor(kernel: KernelProcess) {
    this.kernel = kernel;
  }

  static async start(options: KernelOptions = {}): Promise<DebugClient> {
    return new DebugClient(await KernelProcess.start(options));
  }

  /** As JupyterLab begins. */
  async attach(): Promise<void> {
    await this.body("initialize", { clientID: "test", linesStartAt1: true, columnsStartAt1: true });
    await this.body("attach", {});
  }

  async request(command: string, args: unknown = {}): Promise<DebugReply> {
    const content = { type: "request", seq: this.#seq++, command, arguments: args };
    return (await this.kernel.request("debug_request", content, { channel: "control" })) as unknown as DebugReply;
  }

  /** The body of a response that says success. */
  async body(command: string, args: unknown = {}): Promise<DebugReply["body"]> {
    const reply = await this.request(command, args);
    if (!reply.success) throw new Error(`${command}: ${reply.message}`);
    return reply.body;
  }

  /** Dumps a cell and gives it breakpoints. */
  async setBreakpoints(
    code: string,
    breakpoints: readonly DebugProtocol.SourceBreakpoint[],
  ): Promise<{ readonly path: string; readonly breakpoints: DebugProtocol.Breakpoint[] }> {
    const { sourcePath: path } = await this.body("dumpCell", { code });
    const set = await this.body("setBreakpoints", { source: { path }, breakpoints });
    await this.body("configurationDone");
    return { path, breakpoints: set.breakpoints };
  }

  events(event?: string): DebugProtocol.Event[] {
    const events = this.kernel.iopub
      .filter(({ header }) => header.msg_type === "debug_event")
      .map(({ content }) => content as unknown as DebugProtocol.Event);
    return event === undefined ? events : events.filter((one) => one.event === event);
  }

  /** The next stop, with its stack. */
  async stopped(): Promise<{
    readonly reason: string;
    readonly frames: DebugProtocol.StackFrame[];
    body: DebugReply["body"];
  }> {
    const seen = this.#seen;
    await this.kernel.until(() => this.events("stopped").length > seen);
    this.#seen = seen + 1;
    const { body } = this.events("stopped")[seen]!;
    const { stackFrames } = await this.body("stackTrace", { threadId: 1 });
    return { reason: body.reason, frames: stackFrames, body };
  }

  /** The variables of a frame's scope, by name. */
  async variables(frameId: number, scope: string): Promise<Record<string, DebugProtocol.Variable>> {
    const { scopes } = await this.body("scopes", { frameId });
    const found = scopes.find(({ name }: DebugProtocol.Scope) => name === scope);
    return this.expand(found);
  }

  async expand(
    { variablesReference }: { readonly variablesReference: number },
    page: object = {},
  ): Promise<Record<string, DebugProtocol.Variable>> {
    const { variables } = await this.body("variables", { variablesReference, ...page });
    return Object.fromEntries(variables.map((variable: DebugProtocol.Variable) => [variable.name, variable]));
  }

  async evaluate(expression: string, frameId?: number, context = "repl"): Promise<string> {
    return (await this.body("evaluate", { expression, context, ...(frameId !== undefined && { frameId }) })).result;
  }

  continue(): Promise<unknown> {
    return this.body("continue", { threadId: 1 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kernel[Symbol.asyncDispose]();
  }
}
