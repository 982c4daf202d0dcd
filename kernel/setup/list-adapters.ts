// Run as a process of its own: the driver's environment must stand when a process starts, and a driver that crashes
// must not take us with it. Prints AdapterInfo[] as JSON.
import { describeAdapters } from "../../engine/client.ts";

process.stdout.write(JSON.stringify(await describeAdapters()));
