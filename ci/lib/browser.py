"""Checks a page in a real browser: Chromium without a screen, and a page around it that clicks on everything."""

import html
import json
import os
import re
import shutil
import subprocess
import tempfile

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (390, 1280)  # a phone, a desk

# Runs in a page around the one under test, which is shown at a width of its own.
AROUND = """<!doctype html><meta charset=utf-8><iframe id=page width=%d height=844 srcdoc="%s"></iframe><pre id=result></pre>
<script>
const frame = document.getElementById("page"), result = { errors: [], tables: 0, sorted: 0, details: 0, opened: 0 };
frame.addEventListener("load", () => {
  const page = frame.contentDocument, fail = text => result.errors.push(text);
  frame.contentWindow.addEventListener("error", event => fail("script: " + event.message));
  for (const table of page.querySelectorAll("table.sorts")) {
    result.tables++;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      for (const wanted of ["ascending", "descending"]) {
        head.firstChild.click();
        if (head.getAttribute("aria-sort") !== wanted) fail(table.id + ": column " + column + " is not said to be " + wanted);
        const cells = [...table.tBodies[0].rows].map(row => row.cells[column]);
        const values = cells.map(c => c.dataset.number === undefined ? c.textContent : Number(c.dataset.number));
        for (let i = 1; i < values.length; i++) {
          const [a, b] = wanted === "ascending" ? [values[i - 1], values[i]] : [values[i], values[i - 1]];
          if (typeof a === "number" ? a > b : a.localeCompare(b) > 0) {
            fail(table.id + ": column " + column + " is not sorted"); break; }
        }
        result.sorted++;
      }
    });
  }
  for (const details of page.querySelectorAll("details")) {
    result.details++;
    if (details.open) details.querySelector("summary").click();
    const closed = details.getBoundingClientRect().height;
    details.querySelector("summary").click();
    if (details.open && details.getBoundingClientRect().height > closed) result.opened++;
    else fail("an example does not open");
  }
  for (const table of page.querySelectorAll("table"))
    if (frame.clientWidth < 600 && table.scrollWidth > table.parentElement.clientWidth)
      fail((table.id || "a table") + " is cut off at the width of a phone");
  const root = page.documentElement;
  if (root.scrollWidth > root.clientWidth) fail("wider than the window: " + root.scrollWidth + " in " + root.clientWidth);
  for (const link of page.querySelectorAll("nav a"))
    if (!page.querySelector(link.getAttribute("href"))) fail("a link leads nowhere: " + link.getAttribute("href"));
  for (const node of page.querySelectorAll("[src], link[href]")) fail("loads something: " + node.outerHTML);
  document.getElementById("result").textContent = JSON.stringify(result);
});
</script>"""


def find():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def run(browser, place, *args):
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               "--user-data-dir=" + os.path.join(place, "profile"), "--enable-logging=stderr", *args]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", "%s did not end within ten minutes" % browser)


def check(path):
    """Yields what is wrong with a page; at the end, what was clicked on."""
    browser = find()
    with open(path, encoding="utf-8") as f:
        content = f.read()
    done = {}
    with tempfile.TemporaryDirectory(prefix="cauth-browser-") as place:
        for width in WIDTHS:
            around = os.path.join(place, "around.html")
            with open(around, "w", encoding="utf-8") as f:
                f.write(AROUND % (width, html.escape(content, quote=True)))
            shown = run(browser, place, "--virtual-time-budget=20000", "--dump-dom", "file://" + around)
            found = re.search(r'<pre id="result">(.*?)</pre>', shown.stdout, re.S)
            if not found or not found[1]:
                yield "at %d pixels: the page did not load: %s" % (width, shown.stderr.strip()[-300:])
                continue
            result = json.loads(html.unescape(found[1]))
            yield from ("at %d pixels: %s" % (width, error) for error in result["errors"])
            yield from ("at %d pixels: console: %s" % (width, line.split("CONSOLE", 1)[1].strip())
                        for line in shown.stderr.splitlines() if "CONSOLE" in line)
            done = result
    return done


def screenshots(path, folder):
    """Pictures of the page, for people: both themes, both widths."""
    names = []
    with tempfile.TemporaryDirectory(prefix="cauth-browser-") as place:
        for width in WIDTHS:
            for theme, scheme in (("dark", 0), ("light", 1)):
                name = os.path.join(folder, "report-%s-%d.png" % (theme, width))
                run(find(), place, "--window-size=%d,1400" % width, "--hide-scrollbars", "--force-device-scale-factor=1",
                    "--blink-settings=preferredColorScheme=%d" % scheme, "--screenshot=" + name,
                    "file://" + os.path.abspath(path))
                names.append(name)
    return names
