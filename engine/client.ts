// The engine as its clients see it: the machine's models and adapters, and the process that runs a model. The code that runs one
// stands behind index.ts and is not loaded, so that who asks a question waits for none of it.
export { CPU, describeCpu, isCpu } from "./cpu/describe.ts";
export { type AdapterInfo, describeAdapters, driverEnvironment, webGpuProblem } from "./device.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
export { type ConnectEngineOptions, connectEngine, type EngineAddress, startEngine } from "./server/connect-engine.ts";
export { checkTrusted } from "./trusted-folder.ts";
export { COMING_MODELS, findModel, MODELS, REPOSITORY_MODELS } from "./weights/catalogue.ts";
export { type PullOptions, type PullProgress, pullModel } from "./weights/download.ts";
export { parseHubName } from "./weights/hub.ts";
export { type InstalledModel, listModels, modelFile, removeModel } from "./weights/installed-models.ts";
export type { LoraSpec } from "./weights/lora-file.ts";
