// A front end in the small: what it says to the comms of a session, and what it hears.
import type { CommMessage, SessionEvent } from "../../../interpreter/index.ts";
import type { NotebookSession } from "./notebook-session.ts";

type CommEvent = Extract<SessionEvent, { type: "comm" }>;

export interface FrontEnd {
  /** Of the widgets' models so far, the ready-made controls' common style left out. */
  readonly opened: readonly CommMessage[];
  /** The id of the latest one. */
  readonly latest: string;
  heard(kind: CommMessage["kind"], commId?: string): CommEvent[];
  /** The data of all messages to a comm, the latest one unless told otherwise. */
  data(commId?: string): CommMessage["data"][];
  /** Resolves when such data have come for the latest one. */
  eventually(fits: (data: CommMessage["data"]) => boolean): Promise<unknown>;
  say(data: Readonly<Record<string, unknown>>, about?: Partial<CommMessage>): Promise<boolean>;
  /** As its widget's manager sends a change. */
  update(
    state: Readonly<Record<string, unknown>>,
    about?: Partial<CommMessage> & { paths?: unknown },
  ): Promise<boolean>;
}

export function frontEndOf({ events, session, eventually }: NotebookSession): FrontEnd {
  let count = 0;
  const heard: FrontEnd["heard"] = (kind, commId) =>
    events.filter(
      (event): event is CommEvent =>
        event.type === "comm" &&
        event.message.kind === kind &&
        (commId ?? event.message.commId) === event.message.commId,
    );
  const frontEnd: FrontEnd = {
    get opened() {
      return heard("open")
        .map(({ message }) => message)
        .filter(({ data }) => (data.state as { _model_name?: string })._model_name !== "DescriptionStyleModel");
    },
    get latest() {
      return frontEnd.opened.at(-1)?.commId ?? "none";
    },
    heard,
    data: (commId = frontEnd.latest) => heard("message", commId).map(({ message }) => message.data),
    eventually(fits) {
      const commId = frontEnd.latest;
      return eventually(
        (event) => event.type === "comm" && event.message.commId === commId && fits(event.message.data),
      );
    },
    say(data, about = {}) {
      const message = { kind: "message", commId: frontEnd.latest, data, metadata: {}, buffers: [], ...about } as const;
      return session.comm(message, `message ${++count}`);
    },
    update: (state, { paths = [], ...about } = {}) =>
      frontEnd.say({ method: "update", state, buffer_paths: paths }, about),
  };
  return frontEnd;
}
