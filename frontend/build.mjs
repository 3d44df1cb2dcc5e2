// Bundles the pages' styles and scripts into src/lienthong/web/static/dist, with hashed names, a manifest that the
// template tag `asset` reads, and compressed copies that the server gives out as they are.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = import.meta.dirname;
const out = join(here, "../src/lienthong/web/static/dist");
const modules = join(here, "node_modules");
const TEXT = new Set([".css", ".js", ".mjs", ".svg"]);

// Dark tokens are written once, for people who chose dark; those whose device chooses get the same ones.
const themes = {
  name: "themes",
  setup(bundle) {
    bundle.onLoad({ filter: /tokens-dark\.css$/ }, ({ path }) => {
      const chosen = readFileSync(path, "utf8");
      const automatic = chosen.replaceAll('[data-theme="dark"]', '[data-theme="auto"]');
      return { contents: `${chosen}\n@media screen and (prefers-color-scheme: dark) {\n${automatic}\n}`, loader: "css" };
    });
  },
};

function sprite() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const symbols = [...new Set(names)].sort().map((name) => {
    const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

function hashed(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const extension = extname(name);
  const given = `${basename(name, extension)}-${hash}${extension}`;
  writeFileSync(join(out, given), bytes);
  return given;
}

function compress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && TEXT.has(extname(entry.name))) {
      const bytes = readFileSync(path);
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    }
  }
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: ["css/app.css", "src/app.js", "src/charts.js", "src/viewer.js"],
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["chrome100", "firefox100", "safari15.4"],
  outdir: out,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff": "file", ".woff2": "file" },
  plugins: [themes],
  metafile: true,
  legalComments: "eof",
  logLevel: "warning",
});

const manifest = {};
for (const [path, made] of Object.entries(result.metafile.outputs)) {
  if (made.entryPoint) manifest[basename(made.entryPoint)] = basename(path);
}
manifest["icons.svg"] = hashed("icons.svg", sprite());
for (const mark of readdirSync(join(here, "images"))) {
  manifest[mark] = hashed(mark, readFileSync(join(here, "images", mark)));
}
manifest["pdf.worker.mjs"] = hashed("pdf.worker.mjs", readFileSync(join(modules, "pdfjs-dist/build/pdf.worker.min.mjs")));
for (const folder of ["cmaps", "standard_fonts", "wasm", "iccs"]) {
  cpSync(join(modules, "pdfjs-dist", folder), join(out, "pdf", folder), { recursive: true });
}
compress(out);
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 1));
