// Knows how the files of tibandu/web/assets become the bundles in tibandu/web/static/dist.
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = path.join(root, "tibandu/web/assets");
const target = path.join(root, "tibandu/web/static/dist");
// charts.js is a bundle of its own: only pages that draw a chart load it.
const entries = ["app.css", "app.js", "charts.js"].map((name) => path.join(source, name));

for (const entry of entries) {
  await stat(entry).catch(() => {
    console.error(`build-assets: ${path.relative(root, entry)} is missing.`);
    process.exit(1);
  });
}
await rm(target, { recursive: true, force: true });
await build({
  entryPoints: entries,
  outdir: target,
  bundle: true,
  minify: true,
  format: "iife",
  // Domestic browsers on office machines lag years behind.
  target: "chrome100",
  charset: "utf8",
  legalComments: "linked",
  loader: { ".svg": "dataurl", ".woff2": "file", ".png": "file" },
  assetNames: "[name]",
  logLevel: "warning",
});
for (const name of (await readdir(target)).sort()) {
  const { size } = await stat(path.join(target, name));
  console.log(`dist/${name} ${Math.ceil(size / 1024)} kB`);
}
