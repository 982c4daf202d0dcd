import { readSettings, type Settings } from "../settings/settings.ts";

/** The settings for a command; what is wrong with the folder's file is said on standard error. */
export function commandSettings(folder = process.cwd()): Settings {
  const tell = (note: string) => void process.stderr.write(`qwenlab: ${note}\n`);
  return readSettings({ cwd: folder, env: process.env, tell });
}
