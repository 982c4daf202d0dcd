/** A message of a kernel's iopub channel. */
export interface KernelMessage {
  readonly type: string; // "stream", "display_data", ...
  readonly content: Readonly<Record<string, unknown>>;
}

/** A running Jupyter kernel, as a session needs it. How it is reached is the kernel folder's business. */
export interface JupyterKernel extends AsyncDisposable {
  /** Runs code; `onMessage` gets what it publishes. @returns the content of execute_reply. @throws when the kernel ends */
  execute(
    code: string,
    options: {
      readonly onMessage: (message: KernelMessage) => void;
      readonly onInput?: (prompt: string, password: boolean) => Promise<string | undefined>;
      readonly silent?: boolean;
    },
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Any other request on the shell channel; the reply's content. */
  request(type: string, content: object): Promise<Readonly<Record<string, unknown>>>;
  interrupt(): void;
  kill(): void;
  /** Rejects when the process ends, with the reason. */
  readonly ended: Promise<never>;
}
