// The kernel's side of the session's comms: which are open, so that they are closed when their process is gone.
import type { CommMessage, SessionEvent } from "../session.ts";
import { SessionEndedError, type SessionProcess } from "./session-process.ts";

const MAX_OPEN = 20_000; // a child that opens them without end is not followed

type CommEvent = Extract<SessionEvent, { type: "comm" }>;

export interface SessionComms {
  /** What the child says. */
  event(event: CommEvent): void;
  /** @returns whether anybody in the process listens; no process: nobody */
  deliver(message: CommMessage, id: string, process: SessionProcess | undefined): Promise<boolean>;
  /** The process is gone, and with it the session's side of all of them. */
  closeAll(): void;
  /** @returns fires when what a front end's message began has ended; undefined where nothing runs */
  interrupt(): AbortSignal | undefined;
}

export function createSessionComms(onEvent: (event: SessionEvent) => void): SessionComms {
  const open = new Map<string, string>(); // the cell of each, by its id
  let delivering = 0;
  let ended = new AbortController();

  return {
    event(event) {
      const { kind, commId } = event.message;
      if (kind === "open" && open.size < MAX_OPEN) open.set(commId, event.cellId);
      if (open.has(commId)) onEvent(event);
      if (kind === "close") open.delete(commId);
    },
    async deliver(message, id, process) {
      const { kind, commId } = message;
      if (process === undefined || (kind === "open" ? open.has(commId) : !open.has(commId))) return false;
      if (kind === "open") open.set(commId, "");
      if (kind === "close") open.delete(commId);
      delivering++;
      try {
        const isTaken = (await process.request("comm", { message, id })) === true;
        if (!isTaken) open.delete(commId);
        return isTaken;
      } catch (error) {
        if (error instanceof SessionEndedError) return false; // as closeAll() told
        const text = `What a widget sent was dropped: ${(error as Error).message}\n`;
        onEvent({ type: "stream", cellId: open.get(commId) ?? "", name: "stderr", text });
        return true;
      } finally {
        if (--delivering === 0) {
          ended.abort();
          ended = new AbortController();
        }
      }
    },
    closeAll() {
      for (const [commId, cellId] of open) {
        const message = { kind: "close", commId, data: {}, metadata: {}, buffers: [] } as const;
        onEvent({ type: "comm", cellId, message });
      }
      open.clear();
    },
    interrupt: () => (delivering === 0 ? undefined : ended.signal),
  };
}
