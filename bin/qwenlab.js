#!/usr/bin/env node
// Plain JavaScript that any Node can parse: it only checks Node's version and finds the compiled program.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`qwenlab needs Node 20.19 or newer (22 or 24 are best); this is ${process.version}`);
  process.exit(1);
}

const [command, ...rest] = process.argv.slice(2);
const program = new URL(
  command === "kernel" ? "../dist/kernel/start.js" : "../dist/kernel/cli/main.js",
  import.meta.url,
);
if (!existsSync(program)) {
  console.error(`qwenlab is not built: run \`npm install\` in ${fileURLToPath(new URL("..", import.meta.url))}`);
  process.exit(1);
}

if (command === "kernel") {
  // What Jupyter starts: straight to the kernel, so that it is ready at once.
  if (rest.length !== 1 || rest[0].startsWith("-")) {
    console.error("usage: qwenlab kernel CONNECTION_FILE (Jupyter does this)");
    process.exit(2);
  }
  const { start } = await import(program.href);
  await start(rest[0]);
} else {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2));
}
