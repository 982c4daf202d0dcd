import { expect, test } from "vitest";
import { failedRequest } from "../../../engine/weights/failed-request.ts";

/** As Node's fetch fails. */
const failure = (code: string, message: string, more = {}) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code, ...more }) });

test.each(["ENOTFOUND", "EAI_AGAIN"])("%s names the host, and asks about the network", (code) => {
  const error = failure(code, `getaddrinfo ${code} hub.example`, { hostname: "hub.example" });
  expect(failedRequest(error)).toBe(
    `no address is found for hub.example (${code}): is there a network, and does it let this host through?`,
  );
});

test("whatever else is told stays, also where the message is empty, as when each address of a host refused", () => {
  expect(failedRequest(failure("ECONNREFUSED", ""))).toBe("it cannot be reached (ECONNREFUSED)");
  expect(failedRequest(failure("CERT_HAS_EXPIRED", "certificate has expired"))).toBe("certificate has expired");
  expect(failedRequest(new Error("answers HTTP 500"))).toBe("answers HTTP 500");
  expect(failedRequest("what is no error")).toBe("what is no error");
});
