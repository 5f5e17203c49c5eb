import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The workspace that `npm run dev` talks to; the built page is served by the workspace itself.
const WORKSPACE = process.env.SLIPWAY_WORKSPACE ?? "http://127.0.0.1:8700";

export default defineConfig({
  plugins: [react()],
  server: { host: "127.0.0.1", proxy: { "/workspace": WORKSPACE } },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    license: { fileName: "assets/licences.md" },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
});
