// Fills app/static/vendor, which is not committed: the parts of the design system that our pages
// use, with our own theme, and the font. The style sheet gets a compressed copy beside it.
//
// Run by `make`, after `npm ci`.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const VENDOR = join(HERE, "..", "app", "static", "vendor");
const CONFIG = "designsystemet.config.json";
const TOKENS = join(VENDOR, "tokens");
const PACKAGES = join(HERE, "node_modules");
const DIGDIR = join(PACKAGES, "@digdir");
// In the order of the design system's own index.css. A test finds a class that is missing here.
const COMPONENTS = [
  "label", "validation-message", "button", "input", "field", "fieldset", "alert", "popover",
  "skip-link", "details", "card", "dialog", "dropdown", "tag", "chip", "error-summary", "table",
  "breadcrumbs",
];

function designsystemet(...words) {
  const command = join(DIGDIR, "designsystemet", "dist", "bin", "designsystemet.js");
  execFileSync(process.execPath, [command, ...words, "--config", CONFIG], {
    cwd: HERE,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function theme() {
  designsystemet("tokens", "create");
  designsystemet("tokens", "build", "--tokens", TOKENS, "--out-dir", join(TOKENS, "built"));
  return readFileSync(join(TOKENS, "built", "samvev.css"), "utf8");
}

function part(name, layer) {
  const path = join(DIGDIR, "designsystemet-css", "dist", "src", `${name}.css`);
  return `@layer ${layer}{${readFileSync(path, "utf8")}}`;
}

function components() {
  const parts = COMPONENTS.map((name) => part(name, "ds.components"));
  return ["@layer ds.theme, ds.base, ds.components;", part("base", "ds.base"), ...parts].join("\n");
}

function write(name, text) {
  writeFileSync(join(VENDOR, name), text);
  const packed = gzipSync(text, { level: constants.Z_BEST_COMPRESSION });
  writeFileSync(join(VENDOR, `${name}.gz`), packed);
}

rmSync(VENDOR, { recursive: true, force: true });
mkdirSync(VENDOR, { recursive: true });
// One file in place of two: the order of its cascade layers is the order of the parts.
write("designsystemet.css", `${components()}\n${theme().replace(/^@charset[^;]*;/, "")}`);
rmSync(TOKENS, { recursive: true, force: true });
for (const part of ["latin", "latin-ext"]) {
  const name = `inter-${part}-wght-normal.woff2`;
  copyFileSync(join(PACKAGES, "@fontsource-variable/inter/files", name), join(VENDOR, name));
}
