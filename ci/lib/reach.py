"""ci/reach: whether the corpus gets into the functions of OpenSSL that it is meant to test."""

import argparse
import collections
import glob
import json
import os
import re
import resource
import subprocess

import own
from common import BUILD, CLEAN, FINDING, ROOT, USAGE, check_writable, cmake_with_openssl, cores, die, numbers, only_parse, plural
from common import alone, run, run_logged, say, table, tail, write_json

HELP = """Runs each folder of the corpus through an OpenSSL built for source coverage (ci/openssl --kind coverage), and fails
when a folder does not enter a function that it is there for, or does not execute a line there: the reading of alerts, the
steps of the state machine into and out of CertificateRequest and Certificate. Then prints how many lines and branches the
whole corpus covers, beside OpenSSL's own fuzz/client and fuzz/server after the same CPU time, which begin with whole
connections of the captures, and fails when it is less than 95 % of the lines that a message can reach in what the questions
put around it. What it does not reach is in ci/reach-exclusions.tsv, each with the reason: a line that is there and was
executed, or whose text has changed, fails, and so does one that is missing there. The table counts lines that no peer ever
reaches apart from those that another handshake around the message would; its percentages are of all but the first, and of all
but both in the column that is held to 95 %."""

EPILOG = "exit status: 0 all reached, 1 something is not, 2 usage, 3 could not run"

HOME = os.path.join(BUILD, "reach")
DEFAULT = os.path.join(BUILD, "openssl", "debian-bookworm", "coverage")
EXCLUSIONS = os.path.join(ROOT, "ci", "reach-exclusions.tsv")
LEAST = 95

# What is declared: a function, or the part of it from the line that matches `first` to before the one that matches
# `before`. Of the folders of the corpus each must execute a line of it that matches the pattern.
Part = collections.namedtuple("Part", "function first before entered")
REQUESTS = ["certreq_tls10", "certreq_tls11", "certreq_tls12", "certreq_tls13", "certreq_tls13_post"]
ALERTS = ["alert_tls10_client", "alert_tls11_server", "alert_tls12_client", "alert_tls12_server", "alert_tls13_client",
          "alert_tls13_server"]
STEP = "st->hand_state = TLS_ST_%s;"
PARTS = [
    Part("tls_process_certificate_request", "", "", {"": REQUESTS}),
    Part("tls_process_server_certificate", "", "", {"": ["cert_tls12_server", "cert_tls13_server"]}),
    Part("tls_process_client_certificate", "", "", {"": ["cert_tls12_client", "cert_tls13_client", "cert_tls13_client_post"]}),
    Part("tls_process_cert_verify", "", "", {"": ["certverify_tls10", "certverify_tls12", "certverify_tls13"]}),
    Part("tls_process_client_compressed_certificate", "", "", {"": ["compressed_tls13"]}),
    Part("tls13_process_compressed_certificate", "", "", {"": ["compressed_tls13"]}),
    Part("tls_process_client_rpk", "", "", {"": ["rawkey_tls12", "rawkey_tls13"]}),
    Part("tls_process_rpk", "", "", {"": ["rawkey_tls12", "rawkey_tls13"]}),
    Part("parse_ca_names", "", "", {"": REQUESTS}),
    Part("tls_collect_extensions", "", "", {"": ["certreq_tls13", "certreq_tls13_post", "cert_tls13_client",
                                                 "cert_tls13_server"]}),
    Part("tls_parse_certificate_authorities", "", "", {"": ["certreq_tls13", "certreq_tls13_post"]}),
    Part("ssl3_read_bytes", r"if \((SSL3_RECORD_get_type\(rr\)|rr->type) == SSL3_RT_ALERT\) \{",
         r"if \(\(s\w*->shutdown & SSL_SENT_SHUTDOWN\) != 0\) \{", {r".*PACKET_get_1\(&alert, &alert_descr\)": ALERTS}),
    Part("ossl_statem_client_read_transition", "case TLS_ST_CR_SRVR_HELLO:", "case TLS_ST_CW_FINISHED:",
         {STEP % "CR_CERT_REQ": ["certreq_tls12"], STEP % "CR_CERT": ["cert_tls12_server"],
          STEP % "CR_SRVR_DONE": ["alert_tls12_server"]}),
    Part("ossl_statem_client13_read_transition", "case TLS_ST_CR_ENCRYPTED_EXTENSIONS:", r"/\* No valid transition found \*/",
         {STEP % "CR_CERT_REQ": ["certreq_tls13", "certreq_tls13_post"], STEP % "CR_CERT": ["cert_tls13_server"],
          STEP % "CR_CERT_VRFY": ["certreq_tls13_post"], "case TLS_ST_CR_CERT_REQ:": ["alert_tls13_server"]}),
    Part("ossl_statem_server_read_transition", "case TLS_ST_SW_SRVR_DONE:", "case TLS_ST_SR_CHANGE:",
         {STEP % "SR_CERT": ["cert_tls12_client"], STEP % "SR_KEY_EXCH": ["certverify_tls12"],
          STEP % "SR_CERT_VRFY": ["certverify_tls12"]}),
    Part("ossl_statem_server13_read_transition", "case TLS_ST_SR_END_OF_EARLY_DATA:", r"/\* No valid transition found \*/",
         {STEP % "SR_CERT": ["cert_tls13_client", "cert_tls13_client_post"], STEP % "SR_CERT_VRFY": ["certverify_tls13"],
          STEP % "SR_COMP_CERT": ["compressed_tls13"]}),
]
SINCE = {"compressed_tls13": "3.2", "rawkey_tls12": "3.2", "rawkey_tls13": "3.2"}  # folders that older versions are not asked about
FILES = ["ssl/statem/statem_clnt.c", "ssl/statem/statem_srvr.c", "ssl/statem/statem_lib.c", "ssl/statem/extensions.c",
         "ssl/record/rec_layer_s3.c"]

Line = collections.namedtuple("Line", "number count text")


def functions():
    return [part.function for part in PARTS]


def parts_of(version):
    """What is declared, as far as that version has it."""
    found = []
    for part in PARTS:
        entered = {pattern: [f for f in folders if numbers(version) >= numbers(SINCE.get(f, version))]
                   for pattern, folders in part.entered.items()}
        entered = {pattern: folders for pattern, folders in entered.items() if folders}
        if entered:
            found.append(part._replace(entered=entered))
    return found


def folders_of(parts):
    return sorted({f for part in parts for entered in part.entered.values() for f in entered})


def tool(name, *args):
    done = subprocess.run([name, *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        die("ci/reach: %s: %s" % (name, done.stderr.strip()))
    return done.stdout


class Program:
    """A program with a covered OpenSSL inside."""

    def __init__(self, path, tree):
        self.path = path
        self.sources = [os.path.join(tree, f) for f in FILES]

    def profile(self, name, args, log):
        """Runs it; (the file of its profile, its CPU time)."""
        raw, merged = os.path.join(HOME, name + ".raw"), os.path.join(HOME, name + ".profile")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        status = run_logged([self.path, *args], log, env=dict(os.environ, LLVM_PROFILE_FILE=raw))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if status not in (CLEAN, FINDING):  # a divergence is not what is asked about here
            print(tail(log, 20), end="")
            die("ci/reach: %s ended with status %d" % (os.path.basename(self.path), status))
        tool("llvm-profdata-19", "merge", "-o", merged, raw)
        os.remove(raw)
        return merged, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def lines(self, profile, names):
        """Of each function its lines with how often each was executed."""
        text = tool("llvm-cov-19", "show", "-name-regex", "(^|:)(%s)$" % "|".join(names), "-instr-profile", profile, self.path,
                    *self.sources)
        found, name = collections.defaultdict(list), None
        for line in text.splitlines():
            head = re.fullmatch(r"(?:\S+:)?(\w+):", line)
            if head:
                name = head.group(1)
            part = re.match(r"\s*(\d+)\|\s*([0-9.]+[kMG]?)?\|(.*)", line)
            if part and name in names:
                found[name].append(Line(int(part.group(1)), part.group(2), part.group(3).strip()))
        return found

    def branches(self, profile):
        """{(file, line): [was this way taken, ...]}"""
        data = json.loads(tool("llvm-cov-19", "export", "-format=text", "-skip-functions", "-skip-expansions", "-instr-profile",
                               profile, self.path, *self.sources))
        found = collections.defaultdict(list)
        for file in data["data"][0]["files"]:
            for line, _, _, _, true, false, *_ in file["branches"]:
                found[file["filename"], line] += [true > 0, false > 0]
        return found


def build_diff(prefix, tree, log):
    build = os.path.join(HOME, "build")
    if (run_logged(["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_C_COMPILER=clang-19", "-DCMAKE_C_FLAGS=-O1 -g",
                    "-DCMAKE_EXE_LINKER_FLAGS=-fprofile-instr-generate -fsanitize=fuzzer-no-link", "-DCAUTH_TESTS=OFF",
                    *cmake_with_openssl(prefix)], log) != 0
            or run_logged(["cmake", "--build", build, "-j", str(cores()), "--target", "cauth-diff"], log) != 0):
        print(tail(log, 30), end="")
        die("ci/reach: cauth-diff could not be built with it (all of it: %s)" % os.path.relpath(log, ROOT))
    return Program(os.path.join(build, "fuzz", "cauth-diff"), tree)


def corpus(names):
    places = [os.path.join(ROOT, "corpus", name) for name in names]
    missing = [p for p in places if not glob.glob(os.path.join(p, "*"))]
    if missing:
        die("ci/reach: %s: no seeds" % missing[0])
    return places


def ways(program, lines, branches):
    """Of lines that lie in one file, the ways that branches may take: whether each was taken."""
    for source in program.sources:
        with open(source, encoding="utf-8", errors="replace") as f:
            text = [line.strip() for line in f]
        if all(line.number <= len(text) and text[line.number - 1] == line.text for line in lines):
            return [taken for line in lines for taken in branches.get((source, line.number), [])]
    return []


def of_part(part, lines):
    """The lines of a part; [] where it is not there as declared."""
    if not part.first:
        return lines
    first = [i for i, line in enumerate(lines) if re.fullmatch(part.first, line.text)]
    before = [i for i, line in enumerate(lines) if re.fullmatch(part.before, line.text)]
    return lines[first[0]:before[0]] if len(first) == 1 and len(before) == 1 else []


def executed(line):
    return line.count is not None and line.count != "0"


def counted(lines):
    """Those that something can be said about: code, and not just a brace."""
    return [line for line in lines if line.count is not None and line.text.strip("{} ")]


def missed(lines):
    """The code that was not executed: neighbouring lines together, as [(text, number of lines)]."""
    found, run_of = [], []
    for line in [*counted(lines), None]:
        if line is not None and line.count == "0":
            run_of.append(line.text)
        elif run_of:
            found.append((" ".join(run_of), len(run_of)))
            run_of = []
    return found


Exclusion = collections.namedtuple("Exclusion", "function times what code why")
# No message reaches it; what comes before and after the message, which the question fixes, decides; one could.
WHAT = ("never", "around", "not yet")


def exclusions(version):
    """The rows of the table for a version, or None when it has none."""
    rows = []
    with open(EXCLUSIONS, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            cells = line.rstrip("\n").split("\t")
            if number == 1:
                continue
            if len(cells) != 6 or not cells[2].isdigit() or cells[3] not in WHAT or not cells[5] or cells[1] not in functions():
                die("ci/reach: %s:%d: a row is: version, function, times, %s, code, why" % (
                    os.path.relpath(EXCLUSIONS, ROOT), number, "|".join(WHAT)))
            if version == cells[0]:
                if any(row.function == cells[1] and row.code == cells[4] for row in rows):
                    die("ci/reach: %s:%d: listed twice" % (os.path.relpath(EXCLUSIONS, ROOT), number))
                rows.append(Exclusion(cells[1], int(cells[2]), *cells[3:]))
    return rows or None


def check_missed(function, found, rows):
    """(how many lines are excluded, for what; problems) of what was missed in a part."""
    problems, excluded = [], collections.Counter()
    times = collections.Counter(text for text, _ in found)
    lines = dict(found)
    listed = {row.code: row for row in rows if row.function == function}
    for text in times:
        row = listed.get(text)
        if row is None or times[text] > row.times:
            problems.append("%s: not executed, and not in ci/reach-exclusions.tsv: %d times: %s" % (
                function, times[text] - (row.times if row else 0), text))
        if row is not None and row.what != "not yet":
            excluded[row.what] += min(times[text], row.times) * lines[text]
    for row in listed.values():
        if times[row.code] < row.times:
            problems.append("%s: in ci/reach-exclusions.tsv, but executed, or no longer there as it was: %s" % (function, row.code))
    return excluded, problems


def percent(some, of):
    return "%.1f%%" % (100 * some / of) if of else "-"


def own_programs(prefix, about, seconds, log):
    """OpenSSL's own two targets with the corpus that each made in so much CPU time: [(name, Program, profile)]."""
    flags = ["clang-19", "-O1", "-fprofile-instr-generate", "-fsanitize=fuzzer"]
    programs = own.build(prefix, about["tree"], os.path.join(HOME, "own"), flags, log, "ci/reach")
    found = []
    for name, path in programs.items():
        say("ci/reach: OpenSSL's own fuzz/%s for %d s of CPU time" % (name, seconds))
        made, began = own.explore(path, name, about["tree"], HOME, seconds, log,
                                  env=dict(os.environ, LLVM_PROFILE_FILE=os.devnull))
        program = Program(path, about["tree"])
        profile, _ = program.profile("own-" + name, ["-runs=0", "-rss_limit_mb=0", made, *began], log)
        found.append(("fuzz/" + name, program, profile))
    return found


def main():
    parser = argparse.ArgumentParser(prog="ci/reach", description=HELP, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("--prefix", default=DEFAULT, metavar="DIR",
                        help="an OpenSSL of ci/openssl --kind coverage (default: that of Debian's bookworm)")
    parser.add_argument("--seconds", type=int, metavar="N", help="CPU time of each of OpenSSL's own fuzz targets (default: "
                        "what the corpus took, but at least 10 s); 0: without them")
    parser.add_argument("--missed", action="store_true", help="print the lines that no seed executes, too")
    parser.add_argument("--json", metavar="FILE", help="write the table there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.seconds is not None and args.seconds < 0:
        die("ci/reach: --seconds %d: takes 0 or more" % args.seconds, USAGE)
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN
    about = own.about(args.prefix, "coverage", "ci/reach")
    _lock = alone(os.path.join(HOME, "lock"), "ci/reach")
    log = os.path.join(HOME, "log")
    open(log, "wb").close()
    rows = exclusions(about["version"])
    say("ci/reach: building")
    program = build_diff(args.prefix, about["tree"], log)

    problems, parts = [], parts_of(about["version"])
    for folder in folders_of(parts):
        profile, _ = program.profile("folder", ["--quiet", *corpus([folder])], log)
        wanted = [part for part in parts if any(folder in entered for entered in part.entered.values())]
        lines = program.lines(profile, [part.function for part in wanted])
        for part in wanted:
            for pattern, entered in part.entered.items():
                if folder in entered and not any(executed(line) and re.match(pattern, line.text)
                                                 for line in of_part(part, lines[part.function])):
                    problems.append("corpus/%s does not reach %s%s" % (folder, part.function, pattern and ", " + pattern))
    profile, seconds = program.profile("corpus", ["--quiet", *corpus(folders_of(parts))], log)
    beside = [("corpus", program, profile)]
    if args.seconds != 0:
        beside += own_programs(args.prefix, about, args.seconds or max(10, round(seconds)), log)

    seen = [(one.lines(profile, functions()), one.branches(profile)) for _, one, profile in beside]
    shown, data = [], []
    for part in parts:
        name = part.function
        found = [of_part(part, lines[name]) for lines, _ in seen]
        if not found[0]:
            problems.append("OpenSSL %s has no %s as it is declared" % (about["version"], name))
            continue
        total = len(counted(found[0]))
        excluded = collections.Counter()
        if rows is not None:
            excluded, more = check_missed(name, missed(found[0]), rows)
            problems += more
        covered = [sum(executed(line) for line in counted(lines)) for lines in found]
        taken = [ways(one, lines, branches) for (_, one, _), lines, (_, branches) in zip(beside, found, seen)]
        by_a_peer = total - excluded["never"]
        reachable = by_a_peer - excluded["around"]
        if rows is not None and 100 * covered[0] < LEAST * reachable:
            problems.append("%s: %d of the %d lines that a message can reach are executed: less than %d %%" % (
                name, covered[0], reachable, LEAST))
        shown.append([name, total, *([excluded["never"], excluded["around"], percent(covered[0], reachable)] if rows is not None
                                     else "---"),
                      *[percent(c, by_a_peer) for c in covered], len(taken[0]), *[percent(sum(t), len(t)) for t in taken]])
        data.append({"function": name, "lines": total, "never": excluded["never"], "around": excluded["around"],
                     "reachable": reachable, "branches": len(taken[0]),
                     "covered": {b[0]: c for b, c in zip(beside, covered)},
                     "taken": {b[0]: sum(t) for b, t in zip(beside, taken)}})
        if args.missed:
            for line in counted(found[0]):
                if line.count == "0":
                    say("%s:%d: %s" % (name, line.number, line.text))
    say("")
    names = [b[0] for b in beside]
    for line in table(["OpenSSL " + about["version"], "lines", "never", "around", "without both", *names, "branches", *names], shown):
        say(line)
    say("")
    if rows is None:
        say("ci/reach: ci/reach-exclusions.tsv has no rows of OpenSSL %s: lines that no message reaches are counted, and none is "
            "held to it" % about["version"])
    if args.json:
        write_json(args.json, {"version": about["version"], "problems": problems, "seconds": seconds, "functions": data})
    for problem in problems:
        say("ci/reach: " + problem)
    say("ci/reach: %s, %.1f s of CPU time for the corpus, %s" % (
        plural(len(parts), "function"), seconds, plural(len(problems), "problem") if problems else "all reached"))
    return FINDING if problems else CLEAN


if __name__ == "__main__":
    run("ci/reach", main)
