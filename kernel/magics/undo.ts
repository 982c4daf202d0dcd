import { UserError } from "../cells/cell.ts";
import { cleanText } from "../display/clean-text.ts";
import type { Undo } from "../model/undo.ts";
import type { Magic } from "./magic.ts";

export function undoMagic(undo: Undo): Magic {
  return {
    name: "undo",
    kind: "line",
    usage: "%undo",
    help: "Puts back the files that the last %%agent changed or deleted.",
    async run(_input, output) {
      const changes = undo.restore();
      if (!changes) throw new UserError("there is nothing to undo: no %%agent has run code since the last %undo");
      const back = [...changes.changed, ...changes.deleted];
      const say = (stream: "stdout" | "stderr", text: string) => output.stream(stream, cleanText(text)); // files' names
      say("stdout", back.length > 0 ? `Put back: ${back.join(", ")}.\n` : "No file had been changed or deleted.\n");
      if (changes.created.length > 0) say("stdout", `New files stay: ${changes.created.join(", ")}.\n`);
      if (changes.lost.length > 0) say("stderr", `Too large to have been kept: ${changes.lost.join(", ")}.\n`);
    },
  };
}
