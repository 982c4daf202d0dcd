// Makes a warm compiler in a folder, for later notebooks: compiler-process.ts starts this beside a notebook that had none.
import { makeSnapshot } from "./compiler-snapshot.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("node make-snapshot.js FOLDER");
await makeSnapshot(folder);
