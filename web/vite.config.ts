// How the pages are built. Two builds: the chat (job-chat.js must be one file without imports, so that any site can
// embed it with one script tag) and the console. Phone numbers and the offices' time zone come from the country pack, never from code.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { parse } from "yaml";

const country = process.env.JOBSEEKER_COUNTRY ?? "tw";
const directoryFile = resolve(__dirname, `../packs/${country}/directory.yml`);
const entries = parse(readFileSync(directoryFile, "utf8")).entries as Record<string, { phone?: string }>;
const officePhone = entries.employment_centre?.phone;
if (!officePhone) throw new Error(`${directoryFile}: employment_centre has no phone, and the chat must say whom to call`);
const officesFile = resolve(__dirname, `../packs/${country}/policy/offices.yml`);
const officeZone = (parse(readFileSync(officesFile, "utf8")) as { zone?: string }).zone;
if (!officeZone) throw new Error(`${officesFile}: zone is missing, and the console shows the offices' times`);
const phones = [...new Set(Object.values(entries).flatMap((entry) => (entry.phone ? [String(entry.phone)] : [])))];

const officeInHtml: Plugin = {
  name: "office-phone-in-html",
  transformIndexHtml: (html) => html.replaceAll("%OFFICE_PHONE%", officePhone),
};

export default defineConfig(({ mode }) => {
  const input: Record<string, string> =
    mode === "console"
      ? { console: resolve(__dirname, "console.html") }
      : { index: resolve(__dirname, "index.html"), "job-chat": resolve(__dirname, "src/job-chat.ts") };
  return {
    base: "./",
    define: { __OFFICE_PHONE__: JSON.stringify(officePhone), __PHONES__: JSON.stringify(phones), __OFFICE_ZONE__: JSON.stringify(officeZone) },
    plugins: [officeInHtml],
    build: {
      target: ["es2020", "safari14"],
      emptyOutDir: mode !== "console",
      modulePreload: false,
      copyPublicDir: mode !== "console",
      rollupOptions: {
        input,
        output: {
          entryFileNames: (chunk) => (chunk.name === "job-chat" ? "job-chat.js" : "assets/[name]-[hash].js"),
          chunkFileNames: "assets/[name]-[hash].js",
          assetFileNames: "assets/[name]-[hash][extname]",
        },
      },
    },
    server: { port: 18310, proxy: { "/api": "http://127.0.0.1:18311", "/console/api": "http://127.0.0.1:18311" } },
    test: { include: ["test/**/*.test.ts"], environment: "node" },
  };
});
