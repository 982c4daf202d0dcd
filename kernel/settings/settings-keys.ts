// The settings, what each may be, and what of it a notebook's folder may say.
import { z } from "zod";

export const KEYS = {
  model: z.string().min(1),
  baseUrl: z.url({ protocol: /^https?$/ }),
  apiKey: z.string().min(1),
  adapter: z.string().min(1),
  cacheDir: z.string().min(1),
  context: z.coerce.number().int().min(256).max(1_048_576),
  precision: z.enum(["fast", "exact"]),
  approve: z.enum(["ask", "auto", "always", "never"]),
  sandbox: z.enum(["on", "off"]),
  allowRemote: z.enum(["on", "off"]),
  compiler: z.enum(["own", "tslab"]),
  idleMinutes: z.coerce.number().min(0.1).max(10_080), // a week
};

export type Key = keyof typeof KEYS;
export type Values = { [K in Key]?: z.infer<(typeof KEYS)[K]> };

export const NAMES = Object.keys(KEYS) as Key[]; // as: the keys of a literal

/** What guards the user, strictest first. */
export const PROTECTIONS = {
  approve: ["never", "ask", "auto", "always"],
  sandbox: ["on", "off"],
  allowRemote: ["off", "on"],
} as const satisfies { readonly [K in Key]?: readonly Values[K][] };

export type Protection = keyof typeof PROTECTIONS;

export function isProtection(key: Key): key is Protection {
  return Object.hasOwn(PROTECTIONS, key);
}

const FOLDER_CONTEXT = 32_768; // tokens: what the models are trained for
const FOLDER_IDLE_MINUTES = 60;

interface FolderLimit {
  readonly allows: (value: unknown) => boolean;
  readonly reason: string;
  readonly hidden?: boolean; // the value is not shown: it may be long, or a key
}

/** A notebook's folder may come from anybody: what its file may not say, and why. */
export const FOLDER_LIMITS: { readonly [K in Key]?: FolderLimit } = {
  baseUrl: { allows: () => false, reason: "it says where your notebook is sent", hidden: true },
  apiKey: { allows: () => false, reason: "it goes to a server that the folder would choose", hidden: true },
  cacheDir: { allows: () => false, reason: "programs and models are taken from there", hidden: true },
  approve: {
    allows: (mode) => mode === "ask" || mode === "never",
    reason: "it would run code without asking you",
  },
  sandbox: { allows: (state) => state === "on", reason: "it would take a protection away" },
  allowRemote: { allows: (state) => state === "off", reason: "it would send your notebook away without asking you" },
  model: {
    allows: (name) => /^(?!.*\.gguf$)\w[\w.-]{0,99}$/i.test(String(name)),
    reason: "a folder may name a model of the catalogue; a file could be a model that writes what its author wants",
  },
  adapter: {
    allows: (name) => /^[\w .()/+-]{1,100}$/.test(String(name)),
    reason: "it is no part of an adapter's name",
  },
  context: {
    allows: (tokens) => Number(tokens) <= FOLDER_CONTEXT,
    reason: `above ${FOLDER_CONTEXT} tokens it takes memory from all your notebooks`,
  },
  idleMinutes: {
    allows: (minutes) => Number(minutes) <= FOLDER_IDLE_MINUTES,
    reason: `the model would stay in memory for more than ${FOLDER_IDLE_MINUTES} minutes`,
  },
};
