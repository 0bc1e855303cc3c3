// Bundles the front end into static/dist; run by `manage.py build_assets`, from the root of the project.
import { build } from "esbuild";

await build({
  entryPoints: ["static/js/app.js", "static/js/charts.js", "static/js/grid.js", "static/js/handing.js", "static/js/queue.js", "static/css/app.css"], // only app.js is on every page
  outdir: "static/dist",
  outbase: "static",
  entryNames: "[name]",
  assetNames: "[name]",
  loader: { ".svg": "file", ".png": "file" },
  bundle: true,
  minify: true,
  legalComments: "linked",
  target: "chrome90",
  format: "iife",
  logLevel: "warning",
});
