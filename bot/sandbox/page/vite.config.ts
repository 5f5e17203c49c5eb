import { appendFileSync, readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

// The workspace that `npm run dev` talks to; the built page is served by the workspace itself.
const WORKSPACE = process.env.SLIPWAY_WORKSPACE ?? "http://127.0.0.1:8700";

const BUILDER = "https://app.slack.com/block-kit-builder#";

/** Takes out the library's link to Slack's own builder, which is never shown: the page names no host. */
const withoutBuilder: Plugin = {
  name: "without-builder",
  transform(code, id) {
    if (!id.includes("/slack-blocks-to-jsx/dist/index.mjs")) return null;
    if (!code.includes(BUILDER)) this.error("the library's link has changed: look for other hosts in it");
    return { code: code.replace(BUILDER, "#"), map: null };
  },
};

const LICENCES = "assets/licences.md";

/** Adds the licences of what a package has bundled in it, which the bundler cannot see. */
const hiddenLicences: Plugin = {
  name: "hidden-licences",
  writeBundle({ dir }) {
    appendFileSync(`${dir}/${LICENCES}`, readFileSync(new URL("notices.md", import.meta.url)));
  },
};

export default defineConfig({
  plugins: [react(), withoutBuilder, hiddenLicences],
  server: { host: "127.0.0.1", proxy: { "/workspace": WORKSPACE } },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    license: { fileName: LICENCES },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300,
  },
});
