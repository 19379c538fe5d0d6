"""A page that stands alone: style, tables that sort, small plots. No network, light and dark, readable on a phone."""

import html

STYLE = """
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --faint: #59636e; --line: #d1d9e0; --tint: #f3f5f8;
        --mark: #ffd33d; --marked: #1b1f24; --link: #0a58ca; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) {
  :root { --back: #15191f; --text: #e3e8ee; --faint: #9aa5b1; --line: #3a434d; --tint: #1e242b;
          --mark: #d29922; --marked: #15191f; --link: #6cb0ff; --good: #4ac26b; --bad: #ff7b72; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; background: var(--back); color: var(--text);
       font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0.3rem 0 } h2 { font-size: 1.15rem; margin: 2rem 0 0.6rem }
a { color: var(--link) } nav a { margin-right: 1rem; white-space: nowrap }
ul.summary { display: flex; flex-wrap: wrap; gap: 0.5rem; list-style: none; padding: 0 }
ul.summary li { border: 1px solid var(--line); border-radius: 0.4rem; padding: 0.2rem 0.7rem; background: var(--tint) }
.good { color: var(--good); font-weight: 600 } .bad { color: var(--bad); font-weight: 600 }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 0.4rem }
table { border-collapse: collapse; width: 100%; overflow-wrap: normal }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line) }
tr:last-child td { border-bottom: 0 } th { background: var(--tint); white-space: nowrap }
th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; cursor: pointer }
th[aria-sort=ascending] button::after { content: " \\25B2" } th[aria-sort=descending] button::after { content: " \\25BC" }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
pre { overflow-x: auto; margin: 0.5rem 0; padding: 0.6rem; background: var(--tint); border-radius: 0.4rem;
      font: 13px/1.45 ui-monospace, monospace; overflow-wrap: normal }
.at { color: var(--faint) } mark { background: var(--mark); color: var(--marked); border-radius: 2px; padding: 0 1px }
summary { cursor: pointer } .finding { border-left: 4px solid var(--bad); padding-left: 0.8rem; margin-bottom: 1rem }
svg { width: 12rem; height: 2.9rem; display: block } svg polyline { fill: none; stroke: var(--link); stroke-width: 1.5 }
svg text { fill: var(--faint); font-size: 9px }
@media (max-width: 40rem) { /* a phone: a row is a list of its cells, each with the head of its column before it */
  table, thead, tbody, tr { display: block } table { overflow-wrap: anywhere }
  thead tr { display: flex; flex-wrap: wrap; background: var(--tint) } th { border: 0 }
  tbody tr { border-bottom: 1px solid var(--line); padding: 0.4rem 0 } tbody tr:last-child { border: 0 }
  td, td.number { display: grid; grid-template-columns: 7rem minmax(0, 1fr); border: 0; padding: 0.1rem 0.6rem; text-align: left }
  td::before { content: attr(data-head); color: var(--faint) } }
"""

# A click on a head sorts by that column, a second one the other way round; numbers as numbers.
SCRIPT = """
for (const table of document.querySelectorAll("table.sorts")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((head, column) => head.firstChild.addEventListener("click", () => {
    const down = head.ariaSort === "ascending";
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.ariaSort = down ? "descending" : "ascending";
    const key = row => { const cell = row.cells[column];
      return "number" in cell.dataset ? +cell.dataset.number : cell.textContent; };
    const order = (a, b) => typeof a === "number" ? a - b : a.localeCompare(b);
    const rows = [...body.rows].sort((a, b) => order(key(a), key(b)));
    body.append(...(down ? rows.reverse() : rows));
  }));
}
"""


def table(name, head, rows):
    """Cells are numbers, or HTML."""
    numeric = [bool(rows) and isinstance(rows[0][i], int) for i in range(len(head))]
    out = ['<div class=wide><table class=sorts id="table-%s"><thead><tr>' % name]
    out += ["<th%s><button type=button>%s</button></th>" % (" class=number" if n else "", html.escape(h))
            for h, n in zip(head, numeric)]
    out.append("</tr></thead><tbody>")
    for row in rows:
        out.append("<tr>")
        for column, cell in zip(head, row):
            column = html.escape(column)
            if isinstance(cell, int):
                out.append('<td class=number data-head="%s" data-number="%d">%s</td>' % (
                    column, cell, format(cell, ",").replace(",", "\u202f")))
            else:
                out.append('<td data-head="%s">%s</td>' % (column, cell))
        out.append("</tr>")
    out.append("</tbody></table></div>")
    return "".join(out)


def plot(points, title):
    """A small line; from zero, with its last value."""
    if not points:
        return ""
    if len(points) == 1:
        points = [(0, points[0][1]), *points]
    first, last = points[0][0], points[-1][0]
    top = max(y for _, y in points) or 1
    width, height = 190.0, 30.0
    line = " ".join("%.1f,%.1f" % (width * (x - first) / max(last - first, 1), 34 - height * y / top) for x, y in points)
    return ('<svg viewBox="0 0 192 46" role=img><title>%s: up to %d in %d s</title><polyline points="%s"/>'
            "<text x=0 y=42>%d s</text><text x=190 y=42 text-anchor=end>%d s, %d</text></svg>") % (
                html.escape(title), top, last, line, first, last, points[-1][1])


def whole(title, summary, parts):
    items = "".join('<li class="%s">%s</li>' % (kind, html.escape(text)) for text, kind in summary)
    links = "".join('<a href="#%s">%s</a>' % (name, html.escape(head)) for name, head, _ in parts)
    body = "".join('<section id="%s"><h2>%s</h2>%s</section>' % (name, html.escape(head), content) for name, head, content in parts)
    return ('<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content="width=device-width, '
            'initial-scale=1"><title>%s</title><style>%s</style></head><body><h1>%s</h1><ul class=summary>%s</ul><nav>%s</nav>%s'
            "<script>%s</script></body></html>\n") % (html.escape(title), STYLE, html.escape(title), items, links, body, SCRIPT)
