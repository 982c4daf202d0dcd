// The adapter that everybody computes on, and the environment in which peers find it and no other.
import { join } from "node:path";
import { describeCpu, driverEnvironment, isCpu } from "../../dist/engine/index.js";
import { readSettings } from "../../dist/kernel/settings/settings.js";
import { listAdapters } from "../../dist/kernel/setup/vulkan-driver.js";

const { cacheDir } = readSettings({ cwd: process.cwd(), env: process.env });

/** Peers' packages and exports; the project does not depend on them. */
export const PEERS_FOLDER = join(cacheDir, "peers");

/** @param name as `qwenlab bench` says it: with dashes for all but letters and digits, or the driver's where it has none */
export async function findAdapter(name) {
  if (isCpu({ name })) return { ...describeCpu(), isCpu: true };
  const plain = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "");
  const isNamed = (adapter) => [adapter.name, adapter.driver].some((text) => plain(text) === plain(name));
  const adapters = await listAdapters(cacheDir);
  const adapter = adapters.find(isNamed);
  if (!adapter) throw new Error(`qwenlab computes on "${name}", not on ${adapters.map(({ name }) => name).join("; ")}`);
  return { ...adapter, isOnly: adapters.every(isNamed) };
}

/** onnxruntime takes the fastest adapter that it finds: a software one where its driver is all that it finds. */
export function peerEnvironment({ isCpu, isSoftware, isOnly }) {
  if (isCpu) return process.env;
  const driver = driverEnvironment(cacheDir);
  if (!isSoftware) return { ...process.env, ...driver };
  const { VK_ADD_DRIVER_FILES, ...libraries } = driver;
  if (!VK_ADD_DRIVER_FILES && !isOnly) throw new Error("set VK_DRIVER_FILES to the software driver's manifest alone");
  return {
    ...process.env,
    ...libraries,
    ...(VK_ADD_DRIVER_FILES && { VK_DRIVER_FILES: VK_ADD_DRIVER_FILES }),
    GGML_VK_VISIBLE_DEVICES: process.env.GGML_VK_VISIBLE_DEVICES ?? "0", // llama.cpp leaves CPUs out unless named
  };
}
