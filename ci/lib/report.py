"""ci/report: what fuzzing found, as one HTML page and as data."""

import argparse
import collections
import csv
import html
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import browser
import campaign
import page
from common import BUILD, CLEAN, FINDING, ROOT, USAGE, build, check_writable, die, messages, only_parse, plural, rows_of, run
from common import say, tail, write_json, write_text
from engine import CORPUS, FUZZ, PRESET, binary, relative, targets
from findings import Store, of_decisions, sanitizer_environment, signature

HELP = """Writes what the campaigns and runs under build/fuzz have found as one HTML page that needs no network, and as JSON:
the findings, how coverage grew, where cauth and the TLS libraries disagree with the smallest message that shows it, what
the corpus holds, and the versions of everything."""

EPILOG = """exit status: 0 written and no finding in it, 1 written with findings, 2 usage, 3 could not run"""

SHOWN = 512  # bytes of an example


# --- what the tools say ---

ANSWER = re.compile(r"^(?P<file>\S.*): (?P<oracle>\w+): (?:agrees: .*|(?P<differs>differs as known|DIFFERS)|cannot be asked)$")


def parse_comparisons(text):
    """Yields the answers of cauth-diff that are not agreements: a record for what rows of the catalogue explain, and one for
    each signature of what they do not."""
    record = None
    for line in text.splitlines():
        head = ANSWER.match(line)
        if head:
            yield from split_by_reason(record)
            record = None
            if head["differs"]:
                record = {"file": head["file"], "oracle": head["oracle"], "ours": "", "theirs": "", "known": [], "unknown": []}
        elif record and line.startswith("    FINDING: "):
            record["unknown"].append(line[len("    FINDING: "):])
        elif record and line.startswith("    cauth: "):
            record["ours"] = line[len("    cauth: "):]
        elif record and line.startswith("    known: "):
            record["known"].append(line[len("    known: "):])
        elif record and line.startswith("    ") and not record["theirs"]:
            record["theirs"] = line.strip().partition(": ")[2]
            record["library"] = line.strip().partition(": ")[0]
    yield from split_by_reason(record)


def split_by_reason(record):
    if record and record["known"]:
        yield dict(record, finding=False, signature="")
    for name in record["unknown"] if record else []:
        yield dict(record, finding=True, signature=signature("cauth: finding: " + name), known=[])


def compare(folder, message, oracle=None):
    """All disagreements over the files of a folder, which all hold one message."""
    command = [binary("cauth-diff"), "--message", message] + (["--oracle", oracle] if oracle else []) + [folder]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=sanitizer_environment(), cwd=ROOT,
                          check=False)
    if done.returncode not in (0, 1):
        die("ci/report: %s: %s" % (" ".join(command), done.stderr.strip()[-300:]))
    if not re.search(r"^\d+ files?, ", done.stdout, re.M):  # its last line; a sanitizer ends with status 1, as findings do
        die("ci/report: %s: ended before it had read all: %s" % (" ".join(command), done.stderr.strip()[:300]))
    for record in parse_comparisons(done.stdout):
        yield dict(record, message=message)


def our_rule(ours):
    """The rule of a refusal and its offset, or none; the flags of an acceptance."""
    refused = re.match(r"refuses: (\S+) at byte (\d+), ", ours)
    if refused:
        return refused[1], int(refused[2]), set()
    flags = re.search(r"flags? (.*)$", ours)
    return None, None, set(flags[1].split(",")) if flags else set()


def their_answer(theirs):
    sent = re.search(r"-> (.*)$", theirs)
    return "refuses, " + sent[1] if sent else theirs.split(":")[0]


def matrix():
    """One row for each oracle, message, answer of ours, answer of theirs and reason: how often, and the smallest example."""
    cells = {}
    compared = rows_of("fuzz/oracles/oracles.def", "CAUTH_COMPARED") + rows_of("fuzz/oracles/oracles.def", "CAUTH_COMPARED_WHERE")
    for oracle, message, *_ in compared:
        for folder in (os.path.join(CORPUS, message), os.path.join(FUZZ, "corpus", "diff_%s_%s" % (oracle, message))):
            if not os.path.isdir(folder) or not os.listdir(folder):
                continue
            for record in compare(folder, message, oracle):
                rule, offset, flags = our_rule(record["ours"])
                # Inputs that both sides read otherwise for one reason carry any other flags besides.
                reason = record["signature"] if record["finding"] else " ".join(record["known"])
                key = (oracle, message, rule or "", their_answer(record["theirs"]), reason, record["finding"])
                size = os.path.getsize(os.path.join(ROOT, record["file"]))
                cell = cells.setdefault(key, {"count": 0, "size": None, "flags": flags})
                cell["count"] += 1
                cell["flags"] = cell["flags"] & flags
                if cell["size"] is None or size < cell["size"]:
                    cell.update(size=size, file=record["file"], offset=offset, ours=record["ours"],
                                theirs=record["theirs"], known=record["known"], signature=record["signature"])
    rows = [dict(zip(("oracle", "message", "rule", "answer", "reason", "finding"), key), **cell) for key, cell in cells.items()]
    for row in rows:
        row["flags"] = sorted(row["flags"])
        row["rule"] = row["rule"] or "accepts" + (", flags " + ", ".join(row["flags"]) if row["flags"] else "")
    return sorted(rows, key=lambda r: (r["oracle"], r["message"], r["rule"], r["answer"]))


def verdict(path, message):
    """cauth's own words about a file, and the offset."""
    replay = binary("cauth-replay")
    said = subprocess.run([replay, "--message", message, "--explain", path], capture_output=True, text=True,
                          errors="replace", env=sanitizer_environment(), check=False).stdout.strip()
    at = re.search(r" at byte (\d+):", said)
    return said.partition(": ")[2], int(at[1]) if at else None


def all_findings():
    store = Store(FUZZ, binary)
    seeds_of = targets()
    for row in store.rows.values():
        path = store.best(row)
        if row["target"] in seeds_of and os.path.isfile(path):
            shown = os.path.join(FUZZ, row["message"]) if row.get("message") else path
            judged = row.get("message") or not of_decisions(row["signature"])  # decisions are no message to judge
            said, offset = verdict(shown, seeds_of[row["target"]]) if judged else ("", None)
            log = path.replace("/crash-", "/log-").replace("/reduced-", "/log-")
            output = tail(log, 60) if os.path.isfile(log) else ""
            yield dict(row, path=path, shown=shown, command=store.command(row), message=seeds_of[row["target"]], said=said,
                       offset=offset, output=output)


def targets_that_ended(state):
    """Of the last campaign, without leaving an input."""
    for row in state.get("without_input", []):
        path = os.path.join(FUZZ, row["file"])
        yield dict(row, path=path, said="it ended without an input; this is its log", offset=None,
                   output=tail(path, 60) if os.path.isfile(path) else "")


def audit():
    """message -> origin -> number of seeds."""
    counts = {name: collections.Counter() for name in messages()}
    with open(os.path.join(CORPUS, "MANIFEST.tsv"), encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            counts[row["message"]][row["origin"]] += 1
    return counts


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    except OSError:
        return "not installed"
    return (done.stdout or done.stderr).strip().split("\n")[0] if done.returncode == 0 else "unknown"


def versions(cells):
    known = {"cauth": first_line("git", "describe", "--always", "--dirty"), "compiler": first_line("clang-19", "--version"),
             "system": first_line("sh", "-c", '. /etc/os-release && echo "$PRETTY_NAME"'), "machine": first_line("uname", "-srm")}
    library = subprocess.run([binary("cauth-diff"), os.path.join(CORPUS, "certreq_tls12", "div-empty-rdn")],
                             capture_output=True, text=True, env=sanitizer_environment(), cwd=ROOT, check=False).stdout
    for record in parse_comparisons(library):
        known[record["oracle"]] = record.get("library", "unknown")
    return known


# --- the page ---

esc = html.escape


def hexdump(path, offset):
    """Rows of 16 bytes; the offending one is marked."""
    with open(path, "rb") as f:
        content = f.read()
    start = 0 if offset is None or offset < SHOWN else (offset - SHOWN // 2) // 16 * 16
    lines = []
    for at in range(start, min(len(content), start + SHOWN), 16):
        cells = []
        for i, byte in enumerate(content[at:at + 16], at):
            cells.append(("<mark>%02x</mark>" if i == offset else "%02x") % byte)
        lines.append('<span class="at">%06x</span> %s' % (at, " ".join(cells)))
    if offset is not None and offset >= len(content):
        lines.append('<span class="at">%06x</span> <mark>the end</mark>' % len(content))
    if start + SHOWN < len(content):
        lines.append("… %d bytes in all" % len(content))
    return "<pre>%s</pre>" % "\n".join(lines) if lines else "<p>The empty input.</p>"


def linked(text):
    """Clauses of RFCs, with where to read them."""
    return re.sub(r"RFC (\d+) §([\w.]*\w)", r'<a href="https://www.rfc-editor.org/rfc/rfc\1#section-\2">RFC \1 §\2</a>', esc(text))


def command(*words):
    return "<pre class=command>%s</pre>" % esc(" ".join(words))


def target_that_compares(cell):
    return "diff_%s_%s" % (cell["oracle"], cell["message"])


def findings_part(rows, ended, cells):
    out = []
    for row in ended:
        out.append("<details open class=finding><summary><b>%s</b> %s</summary><p>%s: %s</p><pre>%s</pre></details>" % (
            *map(esc, (row["target"], row["signature"], row["said"], relative(row["path"]), row["output"])),))
    for row in rows:
        out.append("<details open class=finding><summary><b>%s</b> %s</summary>" % (esc(row["target"]), esc(row["signature"])))
        said = row["said"] or "cauth-replay fails on it as well"
        out.append("<p>%s; met %s%s.</p>" % (linked(said), plural(row["times"], "time"),
                                            "" if row["reduced"] else "; it could not be reduced"))
        out.append(command(*(relative(word) if os.path.isabs(word) else word for word in row["command"])))
        out.append(hexdump(row["shown"], row["offset"]))
        if row["output"]:
            out.append("<details><summary>what the target said</summary><pre>%s</pre></details>" % esc(row["output"]))
        out.append("</details>")
    for cell in (c for c in cells if c["finding"]):
        out.append("<details open class=finding><summary><b>%s</b> %s</summary>%s</details>" % (
            esc(target_that_compares(cell)), esc(cell["signature"]), example(cell)))
    return "".join(out) or "<p>None.</p>"


def example(cell):
    path = os.path.join(ROOT, cell["file"])
    known = "".join("<p>%s</p>" % linked(k) for k in cell["known"])
    return "<p>cauth %s<br>%s %s</p>%s%s%s" % (
        linked(cell["ours"]), esc(cell["oracle"]), esc(cell["theirs"]), known,
        command("build/libfuzzer/fuzz/cauth-diff", "--message", cell["message"], relative(path)), hexdump(path, cell["offset"]))


def targets_part(state):
    rows = []
    for name, t in sorted(state.get("targets", {}).items()):
        points = [[0] * 6, *t["history"]]
        rate = t["executions"] / max(t["seconds"], 0.001)
        rates = [(b[0], (b[4] - a[4]) / (b[5] - a[5])) for a, b in zip(points, points[1:]) if b[5] > a[5]]
        rows.append([esc(name), t["executions"], int(rate), t["edges"], t["features"], t["new"], t["turns"],
                     page.plot([(p[0], p[1]) for p in points], "edges of %s over time" % name),
                     page.plot(rates, "executions per second of %s" % name)])
    head = ["target", "executions", "execs/s", "edges", "features", "new inputs", "turns", "edges over time", "execs/s over time"]
    return page.table("targets", head, rows) if rows else "<p>No campaign has run: <code>ci/fuzz --minutes</code>.</p>"


def divergences_part(cells):
    rows = []
    for c in cells:
        why = "finding" if c["finding"] else (c["known"][0].split(",")[0] if c["known"] else "")
        rows.append([esc(c["oracle"]), esc(c["message"]), esc(c["rule"]), esc(c["answer"]), c["count"], esc(why),
                     "<details><summary>%s</summary>%s</details>" % (plural(c["size"], "byte"), example(c))])
    return page.table("divergences", ["oracle", "message", "cauth", "the library", "files", "explained as", "smallest"], rows)


def corpus_part(counts):
    origins = sorted({origin for counter in counts.values() for origin in counter})
    rows = [[esc(name), *(counter[o] for o in origins), sum(counter.values())] for name, counter in sorted(counts.items())]
    return page.table("corpus", ["message", *origins, "all"], rows)


def duration(seconds):
    if seconds < 60:
        return "%d s of fuzzing" % seconds
    return "%.1f hours of fuzzing" % (seconds / 3600) if seconds >= 3600 else plural(int(seconds / 60), "minute") + " of fuzzing"


# --- for other systems ---

def unexplained(cells, rows):
    """Divergences of the corpora that no row of the catalogue explains, as findings; those that fuzzing met are there."""
    known = {(row["target"], row["signature"]) for row in rows}
    found = {}
    for cell in (c for c in cells if c["finding"]):
        key = target_that_compares(cell), cell["signature"]
        if key not in known:
            found[key] = {"target": key[0], "signature": key[1], "said": "cauth " + cell["ours"], "times": cell["count"],
                          "offset": cell["offset"], "path": os.path.join(ROOT, cell["file"])}
    return list(found.values())


def for_xml(text):
    """Without the characters that XML has no way to hold."""
    return re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def write_junit(path, rows, names):
    suite = ElementTree.Element("testsuite", name="cauth fuzzing", tests=str(len(names)),
                                failures=str(len({r["target"] for r in rows})))
    for name in names:
        case = ElementTree.SubElement(suite, "testcase", classname="fuzz", name=name)
        for row in (r for r in rows if r["target"] == name):
            failure = ElementTree.SubElement(case, "failure", message=for_xml(row["signature"]))
            failure.text = for_xml("%s\n%s" % (relative(row["path"]), row["said"]))
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def write_sarif(path, rows):
    rules = sorted({row["signature"] for row in rows})
    write_json(path, {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "cauth", "rules": [{"id": r} for r in rules]}},
                  "results": [{"ruleId": row["signature"], "ruleIndex": rules.index(row["signature"]), "level": "error",
                               "message": {"text": "%s: %s" % (row["target"], row["signature"])},
                               "partialFingerprints": {"signature/v1": row["signature"]},
                               "locations": [{"physicalLocation": {"artifactLocation": {"uri": relative(row["path"])}}}]}
                              for row in rows]}]})


def looked_at(path):
    """What a browser finds wrong with the page, and what it clicked on."""
    faults, check = [], browser.check(path)
    while True:
        try:
            faults.append(next(check))
        except StopIteration as end:
            return faults, end.value


def main():
    parser = argparse.ArgumentParser(prog="ci/report", description=HELP, epilog=EPILOG, allow_abbrev=False)
    default = os.path.join(BUILD, "report", "report.html")
    parser.add_argument("--out", metavar="FILE", default=default, help="the page (default: build/report/report.html)")
    parser.add_argument("--json", metavar="FILE", help="the data of the page (default: beside it)")
    parser.add_argument("--sarif", metavar="FILE", help="the findings as SARIF 2.1.0, too")
    parser.add_argument("--junit", metavar="FILE", help="the targets as JUnit XML, too")
    parser.add_argument("--check", action="store_true", help="look at the page in headless Chromium, if that is installed: "
                        "no error, every table sorts, every example opens, nothing is wider than a phone")
    parser.add_argument("--screenshots", metavar="DIR", help="pictures of the page there, in both themes and two widths")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    args.json = args.json or os.path.splitext(args.out)[0] + ".json"
    if args.out == default:
        os.makedirs(os.path.dirname(default), exist_ok=True)
    for path in filter(None, (args.out, args.json, args.sarif, args.junit)):
        check_writable(path)
    if args.screenshots:
        try:
            os.makedirs(args.screenshots, exist_ok=True)
        except OSError as error:
            die("%s: cannot be made: %s" % (args.screenshots, error.strerror), USAGE)
    if only_parse():
        return CLEAN
    log = os.path.join(BUILD, "report.log")
    os.makedirs(BUILD, exist_ok=True)
    open(log, "wb").close()
    if not build(PRESET, log, ["cauth-replay", "cauth-diff"]):
        print(tail(log, 40), end="")
        die("ci/report: the build failed (all of it: %s)" % relative(log))

    say("ci/report: comparing the corpora with the TLS libraries")
    cells = matrix()
    rows = list(all_findings())
    state = campaign.last()
    ended = list(targets_that_ended(state))
    counts = audit()
    known = versions(cells)
    num = len(rows) + len(ended) + sum(c["finding"] for c in cells)
    summary = [(plural(num, "finding"), "bad" if num else "good"),
               (duration(sum(t["seconds"] for t in state.get("targets", {}).values())), ""),
               ("%.1f million executions" % (sum(t["executions"] for t in state.get("targets", {}).values()) / 1e6), ""),
               (plural(len(cells), "kind") + " of divergence", ""), ("%d seeds" % sum(sum(c.values()) for c in counts.values()), "")]
    text = page.whole("cauth: what fuzzing found", summary, [
        ("findings", "Findings", findings_part(rows, ended, cells)), ("targets", "Targets", targets_part(state)),
        ("divergences", "Divergences", divergences_part(cells)), ("corpus", "Corpus", corpus_part(counts)),
        ("versions", "Versions", page.table("versions", ["what", "version"], [[esc(k), esc(v)] for k, v in known.items()]))])
    write_text(args.out, text)
    told = rows + ended + unexplained(cells, rows)
    write_json(args.json, {"findings": [{k: r[k] for k in ("target", "signature", "times", "said", "offset")} |
                                        {"file": relative(r["path"])} for r in told],
                           "campaign": state, "divergences": cells, "corpus": counts, "versions": known})
    if args.junit:
        write_junit(args.junit, told, sorted(targets()))
    if args.sarif:
        write_sarif(args.sarif, told)
    if args.check or args.screenshots:
        if browser.find() is None:
            die("ci/report: no Chromium; install it with: sudo apt-get install -y --no-install-recommends chromium")
        if args.screenshots:
            for picture in browser.screenshots(args.out, args.screenshots):
                if not os.path.isfile(picture):
                    die("ci/report: Chromium has made no %s" % picture)
        faults, clicked = looked_at(args.out) if args.check else ([], {})
        for fault in faults:
            say("ci/report: " + fault)
        if faults:
            die("ci/report: the page is not as it should be")
        if args.check:
            say("ci/report: in Chromium: %(tables)d tables, %(sorted)d sortings, %(opened)d of %(details)d examples opened" % clicked)
    say("ci/report: %s, %d KB: %s" % (relative(args.out), os.path.getsize(args.out) // 1024 + 1, ", ".join(s for s, _ in summary)))
    return FINDING if num else CLEAN


if __name__ == "__main__":
    run("ci/report", main)
