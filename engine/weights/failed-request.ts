// Why a request to a hub failed, in words. fetch says "fetch failed" and keeps the reason in its cause.
const NO_ADDRESS = ["ENOTFOUND", "EAI_AGAIN"]; // of Node's system errors: nobody knows the host, or nobody answers who would
const NO_WAY = ["ENETUNREACH", "EHOSTUNREACH", "ECONNREFUSED", "ETIMEDOUT"];

export function failedRequest(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const { code, hostname } = cause as NodeJS.ErrnoException & { readonly hostname?: string };
  const reason = cause.message || code || error.message;
  if (code !== undefined && NO_ADDRESS.includes(code)) {
    return `no address is found for ${hostname ?? "the host"} (${code}): is there a network, and does it let this host through?`;
  }
  if (code !== undefined && NO_WAY.includes(code)) return `it cannot be reached (${reason})`;
  return reason;
}
