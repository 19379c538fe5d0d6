"""ci/coverage: what tests and corpus cover of the parsers."""

import argparse
import collections
import csv
import functools
import glob
import json
import os
import re
import shutil
import subprocess

from common import BUILD, CLEAN, FINDING, ROOT, USAGE, build, check_writable, cores, die, only_parse, plural
from common import run, run_logged, say, table, tail, write_json

HELP = """Builds with clang 19's source coverage, runs the tests, judges the corpus, and says of every file of the parsers
which lines and which branches they reach: tests alone, corpus alone, both together. A branch is one outcome of one
condition. The gate: the tests alone reach every line and every branch of every file. What no input can reach is listed, with
its reason, in ci/coverage-exclusions.tsv: at most 5 % of the lines of a file; an entry that is reached after all, or is not
there, fails."""

EPILOG = """exit status: 0 the gate holds, 1 it does not (or a test failed), 2 usage, 3 could not run, 130 stopped with Ctrl-C"""

PRESET = "coverage"
REPORT = os.path.join(BUILD, "coverage-report")
EXCLUSIONS = "ci/coverage-exclusions.tsv"
SOURCES = ("parsers/src", "parsers/include")
UNREACHABLE_ALLOWED = 5.0  # of the lines of a file: those that a row names, or a condition on them
WHAT = {"line": "line never run", "true": "never true", "false": "never false"}

Exclusion = collections.namedtuple("Exclusion", "file function what code why number")


class File:
    """One source file as one profile covers it; what is inlined or compiled several times counts once."""

    def __init__(self):
        self.lines = {}     # number -> times run
        self.branches = {}  # (line, column, last line, last column) -> [times true, times false]

    def missed(self):
        """{(what, line, columns)} that nothing reached."""
        found = {("line", number, None) for number, count in self.lines.items() if count == 0}
        for place, counts in self.branches.items():
            found |= {(what, place[0], place) for what, count in zip(("true", "false"), counts) if count == 0}
        return found


def programs():
    """The programs of the build that run parsers: the tests, and the replay driver."""
    found = [os.path.join(BUILD, PRESET, "fuzz", "cauth-replay")]
    for path in sorted(glob.glob(os.path.join(BUILD, PRESET, "tests", "test_*"))):
        if os.path.isfile(path) and os.access(path, os.X_OK):
            found.append(path)
    return found


def llvm_cov(verb, profile, *options):
    first, *others = programs()
    args = ["llvm-cov-19", verb, first]
    for program in others:
        args += ["-object", program]
    args += ["-instr-profile", profile, *options]
    args += ["-sources", *(os.path.join(ROOT, s) for s in SOURCES)]
    done = subprocess.run(args, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        die("ci/coverage: llvm-cov %s failed: %s" % (verb, done.stderr.strip()))
    return done.stdout


def read_profile(profile):
    """path below the root -> File, and path -> {(first line, last line, function)}."""
    files = collections.defaultdict(File)
    for line in llvm_cov("export", profile, "-format=lcov").splitlines():
        if line.startswith("SF:"):
            lines = files[os.path.relpath(line[3:], ROOT)].lines
        elif line.startswith("DA:"):
            number, count = line[3:].split(",")[:2]
            lines[int(number)] = max(lines.get(int(number), 0), int(count))
    data = json.loads(llvm_cov("export", profile))["data"][0]
    for entry in data["files"]:
        branches = files[os.path.relpath(entry["filename"], ROOT)].branches
        for branch in entry["branches"] + [b for e in entry["expansions"] for b in e["branches"]]:
            counts = branches.setdefault(tuple(branch[:4]), [0, 0])
            counts[0] += branch[4]
            counts[1] += branch[5]
    functions = collections.defaultdict(set)
    for function in data["functions"]:
        first, _, last = function["regions"][0][:3]
        functions[os.path.relpath(function["filenames"][0], ROOT)].add((first, last, function["name"].split(":")[-1]))
    return files, functions


def function_at(functions, line):
    return next((name for first, last, name in functions if first <= line <= last), "")


@functools.lru_cache(None)
def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read().split("\n")


def code_at(text, line, place):
    """The code of a line, or of a condition, in one line."""
    if place is None:
        return text[line - 1].strip()
    first, column, last, end = place
    if first == last:
        return text[first - 1][column - 1:end - 1]
    whole = [text[first - 1][column - 1:], *text[first:last - 1], text[last - 1][:end - 1]]
    return " ".join(part.strip() for part in whole)


def read_exclusions():
    path = os.path.join(ROOT, EXCLUSIONS)
    with open(path, encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or rows[0] != list(Exclusion._fields[:-1]):
        die("%s:1: the columns are %s" % (EXCLUSIONS, ", ".join(Exclusion._fields[:-1])))
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]) or row[2] not in WHAT or len(row[4]) < 20:
            die("%s:%d: five columns, the third of them %s, the last a reason" % (EXCLUSIONS, number, ", ".join(WHAT)))
        yield Exclusion(*row, number)


def judge(reached, functions, exclusions):
    """reached: name -> files. Returns path -> the exclusions; what is wrong with their list, or not reached by any
    test. An exclusion is of what the corpus does not reach either."""
    missed = {path: entry.missed() for path, entry in reached["tests"].items()}
    by_all = {path: entry.missed() for path, entry in reached["both"].items()}
    excluded, problems = {path: set() for path in missed}, []
    for x in exclusions:
        covers = {m for m in by_all.get(x.file, ()) if m[0] == x.what and function_at(functions[x.file], m[1]) == x.function
                  and code_at(text_of(x.file), m[1], m[2]) == x.code}
        if not covers:
            problems.append("%s:%d: %s, %s: '%s' is reached, or is not there" % (EXCLUSIONS, x.number, x.file, x.function,
                                                                               x.code))
        elif covers <= excluded[x.file]:
            problems.append("%s:%d: %s, %s: '%s' has a row before" % (EXCLUSIONS, x.number, x.file, x.function, x.code))
        else:
            excluded[x.file] |= covers
            missed[x.file] -= covers
    for path in sorted(os.path.relpath(p, ROOT) for p in glob.glob(os.path.join(ROOT, SOURCES[0], "*.c"))):
        if path not in missed:
            problems.append("%s: is in none of the tests" % path)
    for path, entry in reached["tests"].items():
        lines = {line for _, line, _ in excluded[path]}
        if entry.lines and 100.0 * len(lines) / len(entry.lines) > UNREACHABLE_ALLOWED:
            problems.append("%s: %s of %d lines are called unreachable, %.0f%% are allowed" % (
                path, percent(len(lines), len(entry.lines)), len(entry.lines), UNREACHABLE_ALLOWED))
        for what, line, place in sorted(missed[path], key=lambda m: (m[1], m[2] or (), m[0])):
            problems.append("%s:%d: no test reaches it: %s: %s" % (path, line, WHAT[what], code_at(text_of(path), line, place)))
    return excluded, problems


def totals(files, path, excluded):
    """(lines, lines run, branches, branches taken) of one file by one profile; excluded are not counted."""
    lines = {n: c for n, c in files[path].lines.items() if ("line", n, None) not in excluded}
    branches = [c for place, counts in files[path].branches.items()
                for what, c in zip(("true", "false"), counts) if (what, place[0], place) not in excluded]
    return len(lines), sum(c > 0 for c in lines.values()), len(branches), sum(bool(c) for c in branches)


def percent(part, whole):
    return "%.1f%%" % (100.0 * part / whole) if whole else "-"


def profile_of(name, raw):
    """Merges raw profiles into one."""
    out = os.path.join(REPORT, name + ".profdata")
    listed = os.path.join(REPORT, name + ".list")
    with open(listed, "w", encoding="utf-8") as f:
        f.write("\n".join(raw) + "\n")
    done = subprocess.run(["llvm-profdata-19", "merge", "-sparse", "-f", listed, "-o", out], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        die("ci/coverage: llvm-profdata failed: %s" % done.stderr.strip())
    return out


def raw_profiles(name, log, commands):
    """Runs commands with their profiles kept; returns those, and whether all went well."""
    place = os.path.join(REPORT, name + ".raw")
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    env = dict(os.environ, LLVM_PROFILE_FILE=os.path.join(place, "%p.profraw"), CTEST_OUTPUT_ON_FAILURE="1")
    env.pop("CMOCKA_XML_FILE", None)
    well = all([run_logged(command, log, env=env) == 0 for command in commands])
    return sorted(glob.glob(os.path.join(place, "*.profraw"))), well


def measure(log):
    """name -> profile, for tests, corpus and both."""
    replay = os.path.join(BUILD, PRESET, "fuzz", "cauth-replay")
    ctest = ["ctest", "--test-dir", os.path.join(BUILD, PRESET), "-j", str(cores()), "--no-tests=error"]
    # The corpus by its verdicts alone: the properties would run generators and writers on every file.
    corpus = [replay, "--manifest", os.path.join(ROOT, "corpus", "MANIFEST.tsv")]
    found = {}
    for name, command in (("tests", ctest), ("corpus", corpus)):
        say("ci/coverage: running the %s; what they say is in %s" % (name, os.path.relpath(log, ROOT)))
        raw, well = raw_profiles(name, log, [command])
        if not well or not raw:
            print(tail(log, 60), end="")
            die("ci/coverage: the %s did not pass (all of it: %s)" % (name, os.path.relpath(log, ROOT)), FINDING)
        found[name] = profile_of(name, raw)
        shutil.rmtree(os.path.join(REPORT, name + ".raw"))
    found["both"] = profile_of("both", list(found.values()))
    return found


def main():
    parser = argparse.ArgumentParser(prog="ci/coverage", description=HELP, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("--missed", action="store_true", help="list also what is called unreachable, and why")
    parser.add_argument("--no-html", action="store_true", help="leave out the pages of build/coverage-report/html")
    parser.add_argument("--json", metavar="FILE", help="write the table there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN

    os.makedirs(REPORT, exist_ok=True)
    log = os.path.join(REPORT, "log")
    open(log, "wb").close()
    exclusions = list(read_exclusions())
    say("ci/coverage: building into build/%s" % PRESET)
    if not build(PRESET, log):
        print(tail(log, 40), end="")
        die("ci/coverage: the build failed (all of it: %s)" % os.path.relpath(log, ROOT))
    profiles = measure(log)
    read = {name: read_profile(profile) for name, profile in profiles.items()}
    reached = {name: files for name, (files, _) in read.items()}
    excluded, problems = judge(reached, read["both"][1], exclusions)

    head = ["file"] + ["%s: %s" % (what, name) for what in ("lines", "branches") for name in profiles] + ["unreachable"]
    rows, sums = [], collections.defaultdict(lambda: [0, 0, 0, 0])
    lines = 0
    for path in sorted(p for p, entry in reached["both"].items() if entry.lines):
        of = {name: totals(files, path, excluded[path]) for name, files in reached.items()}
        named = {line for _, line, _ in excluded[path]}
        lines += len(reached["both"][path].lines)
        rows.append([path[len("parsers/"):]] + [percent(t[1], t[0]) for t in of.values()]
                    + [percent(t[3], t[2]) for t in of.values()] + [percent(len(named), len(reached["both"][path].lines))])
        for name, t in of.items():
            sums[name] = [a + b for a, b in zip(sums[name], t)]
    named = len({(path, line) for path, some in excluded.items() for _, line, _ in some})
    rows.append(["all"] + [percent(t[1], t[0]) for t in sums.values()] + [percent(t[3], t[2]) for t in sums.values()]
                + [percent(named, lines)])
    say("")
    for line in table(head, rows):
        say(line)
    if args.missed:
        say("")
        for x in exclusions:
            say("%s: %s: %s: %s: %s" % (x.file, x.function, WHAT[x.what], x.code, x.why))
    if args.json:
        write_json(args.json, [dict(zip(head, row)) for row in rows])
    say("")
    if not args.no_html:
        for name, profile in profiles.items():
            place = os.path.join(REPORT, "html", name)
            shutil.rmtree(place, ignore_errors=True)
            llvm_cov("show", profile, "-format=html", "-show-branches=count", "-show-instantiations=false",
                     "-output-dir=" + place)
        say("ci/coverage: line by line: %s" % os.path.relpath(os.path.join(REPORT, "html", "both", "index.html"), ROOT))
    for problem in problems:
        say("ci/coverage: " + problem)
    say("ci/coverage: %s; %s called unreachable" % (
        "the gate holds" if not problems else plural(len(problems), "problem"), plural(len(exclusions), "outcome")))
    return FINDING if problems else CLEAN


if __name__ == "__main__":
    run("ci/coverage", main)
