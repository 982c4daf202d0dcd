import { expect, test } from "vitest";
import { StopStrings } from "../../../engine/chat/stop-strings.ts";

test("text up to the stop string comes out, however it is cut", () => {
  for (const size of [1, 2, 3, 20]) {
    const stops = new StopStrings(["Observation:", "END"]);
    const answer = "an Observer: EN Observation: 1";
    let text = "";
    for (let i = 0; i < answer.length; i += size) text += stops.push(answer.slice(i, i + size));
    expect(text + stops.end()).toBe("an Observer: EN ");
    expect(stops.isStopped).toBe(true);
  }
});

test("what only began like a stop string comes out at the end", () => {
  const stops = new StopStrings(["END"]);
  expect(stops.push("the EN")).toBe("the ");
  expect(stops.end()).toBe("EN");
});
