// Lighthouse over a list of pages, in one browser: `node scan.js CHROMIUM CATEGORIES URL…`, categories with
// commas between. One line of JSON for each page: its scores, and the audits that cost something.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromium, categories, ...pages] = process.argv.slice(2);
const browser = await launch({
  chromePath: chromium,
  chromeFlags: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

function costly(report) {
  const found = [];
  for (const category of Object.values(report.categories)) {
    for (const { id, weight } of category.auditRefs) {
      const audit = report.audits[id];
      if (weight > 0 && audit.score !== null && audit.score < 1) {
        const where = (audit.details?.items ?? []).map((item) => item.node?.snippet ?? item.url ?? "");
        found.push(`${id}: ${audit.title} ${where.slice(0, 3).join(" ")}`);
      }
    }
  }
  return found;
}

try {
  for (const page of pages) {
    const { lhr } = await lighthouse(page, {
      port: browser.port,
      onlyCategories: categories.split(","),
      throttlingMethod: "provided",
      // Our pages are whole when they have loaded: nothing is to be waited for, and no picture is wanted.
      disableFullPageScreenshot: true,
      pauseAfterFcpMs: 0,
      pauseAfterLoadMs: 0,
      networkQuietThresholdMs: 0,
      cpuQuietThresholdMs: 0,
      logLevel: "silent",
    });
    const scores = Object.fromEntries(
      Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round(100 * score)]),
    );
    const error = lhr.runtimeError ? lhr.runtimeError.message : "";
    console.log(JSON.stringify({ page, scores, costly: costly(lhr), error }));
  }
} finally {
  browser.kill();
}
