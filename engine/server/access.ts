import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { HttpError } from "./http.ts";

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/i;
const EVERY_ADDRESS = new Set(["0.0.0.0", "::"]);
const PREFLIGHT_SECONDS = "600";

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

export interface AccessOptions {
  readonly host: string; // that the server listens on
  readonly token: string | undefined;
  readonly origins: readonly string[]; // of web pages that may ask; "*": all
  readonly hosts: readonly string[]; // further names of this machine
}

/**
 * Who may ask. A web page that the user visits must not: neither by its own address (`Origin`), nor by a name of its own
 * that it has led to this machine (`Host`). @throws HttpError 403
 */
export function checkHead({ headers }: IncomingMessage, options: AccessOptions): void {
  const { host = "", origin } = headers;
  if (!isOwnName(nameOf(host), options)) {
    const remedy = "if it is a name of this machine: qwenlab serve --allow-host NAME";
    throw new HttpError(403, "forbidden-host", `${JSON.stringify(host)} is no host of this server; ${remedy}`);
  }
  if (origin !== undefined && !isListed(origin, options)) {
    const remedy = "if it may: qwenlab serve --cors ORIGIN";
    throw new HttpError(403, "forbidden-origin", `pages of ${origin} may not ask this server; ${remedy}`);
  }
}

/** Lets the pages of a listed origin read what is answered. Answers their question whether they may ask. */
export function answerOrigin(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("vary", "origin");
  if (request.method !== "OPTIONS") return false;
  response.writeHead(204, {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "authorization, content-type",
    "access-control-max-age": PREFLIGHT_SECONDS,
  });
  response.end();
  return true;
}

/** In constant time: how long a refusal takes tells nothing about the token. */
export function hasToken({ headers }: IncomingMessage, { token }: AccessOptions): boolean {
  if (token === undefined) return true;
  const [scheme = "", credentials = ""] = (headers.authorization ?? "").split(/ +(.*)/s);
  if (scheme.toLowerCase() !== "bearer") return false; // RFC 9110: in any case
  const given = Buffer.from(credentials);
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** An address cannot be led elsewhere as a name can, so that every one of ours will do where we listen on all. */
function isOwnName(name: string, { host, hosts }: AccessOptions): boolean {
  if (isLoopback(name) || [host, ...hosts].some((own) => own.toLowerCase() === name)) return true;
  return EVERY_ADDRESS.has(host) && (isIP(name) > 0 || name === hostname().toLowerCase());
}

/** Without port and brackets. */
function nameOf(host: string): string {
  const [, address, name] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host) ?? [];
  return (address ?? name ?? "").toLowerCase();
}

function isListed(origin: string, { origins }: AccessOptions): boolean {
  return origins.includes("*") || origins.includes(origin);
}
