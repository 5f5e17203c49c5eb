// Serves Slack's Web API as `emulate` knows it, until its standard input ends.
// Arguments: the module, a port, the address by which it is reached, and what is in its workspace.
import { pathToFileURL } from "node:url";

const [module, port, baseUrl, workspace] = process.argv.slice(2);
const { createEmulator } = await import(pathToFileURL(module).href);
await createEmulator({
  service: "slack",
  port: Number(port),
  baseUrl,
  seed: { slack: JSON.parse(workspace) },
});
console.log("ready");
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
