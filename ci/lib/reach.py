"""ci/reach: whether the corpus gets into the functions of OpenSSL that it is meant to test."""

import argparse
import collections
import glob
import json
import os
import re
import subprocess

from common import BUILD, CLEAN, FINDING, ROOT, USAGE, check_writable, cores, die, only_parse, plural
from common import run, run_logged, say, table, tail, write_json

HELP = """Runs each folder of the corpus through an OpenSSL built for source coverage (ci/openssl --kind coverage), and fails
when a folder does not enter a function that it is there for, or does not execute a line there: the reading of alerts, the
steps of the state machine into CertificateRequest and Certificate. Then prints how much of each function the whole corpus
covers."""

EPILOG = "exit status: 0 all entered, 1 one is not, 2 usage, 3 could not run"

HOME = os.path.join(BUILD, "reach")
DEFAULT = os.path.join(BUILD, "openssl", "debian-bookworm", "coverage")

# Function; what a line of it holds that must be executed, "" for none; the folders of the corpus that must get there.
DECLARED = [
    ("tls_process_certificate_request", "", ["certreq_tls10", "certreq_tls11", "certreq_tls12", "certreq_tls13",
                                             "certreq_tls13_post"]),
    ("tls_process_server_certificate", "", ["cert_tls12_server", "cert_tls13_server"]),
    ("tls_process_client_certificate", "", ["cert_tls12_client", "cert_tls13_client"]),
    ("tls_process_cert_verify", "", ["certverify_tls10", "certverify_tls12", "certverify_tls13"]),
    ("parse_ca_names", "", ["certreq_tls10", "certreq_tls11", "certreq_tls12", "certreq_tls13", "certreq_tls13_post"]),
    ("tls_collect_extensions", "", ["certreq_tls13", "certreq_tls13_post", "cert_tls13_client", "cert_tls13_server"]),
    ("tls_parse_certificate_authorities", "", ["certreq_tls13", "certreq_tls13_post"]),
    ("ssl3_read_bytes", "PACKET_get_1(&alert, &alert_descr)", ["alert_tls10_client", "alert_tls11_server",
                                                              "alert_tls12_client", "alert_tls12_server",
                                                              "alert_tls13_client", "alert_tls13_server"]),
    ("ossl_statem_client_read_transition", "st->hand_state = TLS_ST_CR_CERT_REQ;", ["certreq_tls12"]),
    ("ossl_statem_client_read_transition", "st->hand_state = TLS_ST_CR_CERT;", ["cert_tls12_server"]),
    ("ossl_statem_client13_read_transition", "st->hand_state = TLS_ST_CR_CERT_REQ;", ["certreq_tls13", "certreq_tls13_post"]),
    ("ossl_statem_client13_read_transition", "st->hand_state = TLS_ST_CR_CERT;", ["cert_tls13_server"]),
    ("ossl_statem_server_read_transition", "st->hand_state = TLS_ST_SR_CERT;", ["cert_tls12_client"]),
    ("ossl_statem_server_read_transition", "st->hand_state = TLS_ST_SR_CERT_VRFY;", ["certverify_tls12"]),
    ("ossl_statem_server13_read_transition", "st->hand_state = TLS_ST_SR_CERT;", ["cert_tls13_client"]),
    ("ossl_statem_server13_read_transition", "st->hand_state = TLS_ST_SR_CERT_VRFY;", ["certverify_tls13"]),
]
FILES = ["ssl/statem/statem_clnt.c", "ssl/statem/statem_srvr.c", "ssl/statem/statem_lib.c", "ssl/statem/extensions.c",
         "ssl/record/rec_layer_s3.c"]

Line = collections.namedtuple("Line", "number count text")


def functions():
    return list(dict.fromkeys(name for name, _, _ in DECLARED))


def tool(name, *args):
    done = subprocess.run([name, *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        die("ci/reach: %s: %s" % (name, done.stderr.strip()))
    return done.stdout


class Program:
    """cauth-diff with a covered OpenSSL inside."""

    def __init__(self, prefix, log):
        try:
            with open(os.path.join(prefix, "cauth-openssl.json"), encoding="utf-8") as f:
                about = json.load(f)
        except (OSError, ValueError):
            die("ci/reach: %s: no build for coverage; make one with: ci/openssl --debian bookworm --kind coverage" % prefix)
        if about.get("kind") != "coverage":
            die("ci/reach: %s: of the kind %s, not coverage" % (prefix, about.get("kind")), USAGE)
        self.version = about["version"]
        self.sources = [os.path.join(about["tree"], f) for f in FILES]
        build = os.path.join(HOME, "build")
        if (run_logged(["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_C_COMPILER=clang-19", "-DCMAKE_C_FLAGS=-O1 -g",
                        "-DCMAKE_EXE_LINKER_FLAGS=-fprofile-instr-generate", "-DCAUTH_TESTS=OFF",
                        "-DOPENSSL_ROOT_DIR=" + os.path.abspath(prefix)], log) != 0
                or run_logged(["cmake", "--build", build, "-j", str(cores()), "--target", "cauth-diff"], log) != 0):
            print(tail(log, 30), end="")
            die("ci/reach: cauth-diff could not be built with it (all of it: %s)" % os.path.relpath(log, ROOT))
        self.path = os.path.join(build, "fuzz", "cauth-diff")

    def run_on(self, folders, log):
        """The profile of the folders of the corpus."""
        raw, profile = os.path.join(HOME, "raw"), os.path.join(HOME, "profile")
        places = [os.path.join(ROOT, "corpus", f) for f in folders]
        missing = [p for p in places if not glob.glob(os.path.join(p, "*"))]
        if missing:
            die("ci/reach: %s: no seeds" % missing[0])
        status = run_logged([self.path, "--quiet", *places], log, env=dict(os.environ, LLVM_PROFILE_FILE=raw))
        if status not in (CLEAN, FINDING):  # a divergence is not what is asked about here
            print(tail(log, 20), end="")
            die("ci/reach: cauth-diff ended with status %d" % status)
        tool("llvm-profdata-19", "merge", "-o", profile, raw)
        return profile

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
                found[name].append(Line(int(part.group(1)), part.group(2), part.group(3)))
        return found

    def summary(self, profile):
        """Of each function lines, lines missed, branches, branches missed."""
        text = tool("llvm-cov-19", "report", "-show-functions", "-show-branch-summary", "-instr-profile", profile, self.path,
                    *self.sources)
        found = {}
        for line in text.splitlines():
            cells = line.split()
            name = cells[0].split(":")[-1] if cells else ""
            if name in functions() and len(cells) == 10:
                found[name] = [int(cells[i]) for i in (4, 5, 7, 8)]
        return found


def executed(line):
    return line.count is not None and line.count != "0"


def main():
    parser = argparse.ArgumentParser(prog="ci/reach", description=HELP, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("--prefix", default=DEFAULT, metavar="DIR",
                        help="an OpenSSL of ci/openssl --kind coverage (default: that of Debian's bookworm)")
    parser.add_argument("--missed", action="store_true", help="print the lines that no seed executes, too")
    parser.add_argument("--json", metavar="FILE", help="write the table there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN
    os.makedirs(HOME, exist_ok=True)
    log = os.path.join(HOME, "log")
    open(log, "wb").close()
    say("ci/reach: building")
    program = Program(args.prefix, log)

    problems = []
    for folder in sorted({f for _, _, folders in DECLARED for f in folders}):
        wanted = [(name, text) for name, text, folders in DECLARED if folder in folders]
        lines = program.lines(program.run_on([folder], log), [name for name, _ in wanted])
        for name, text in wanted:
            if name not in lines:
                problems.append("OpenSSL %s has no function %s" % (program.version, name))
            elif not any(executed(line) for line in lines[name] if text in line.text):
                problems.append("corpus/%s does not reach %s%s" % (folder, name, text and ", line '%s'" % text))
    everything = program.run_on(sorted({f for _, _, folders in DECLARED for f in folders}), log)
    rows = [[name, *numbers] for name, numbers in program.summary(everything).items()]
    rows = [[name, lines, "%.0f%%" % (100 * (lines - missed) / max(1, lines)), branches,
             "%.0f%%" % (100 * (branches - untaken) / max(1, branches))] for name, lines, missed, branches, untaken in rows]
    say("")
    for line in table(["OpenSSL " + program.version, "lines", "covered", "branches", "taken"], rows):
        say(line)
    say("")
    if args.missed:
        for name, lines in program.lines(everything, functions()).items():
            for line in lines:
                if line.count == "0" and line.text.strip(" {}"):
                    say("%s:%d:%s" % (name, line.number, line.text))
    if args.json:
        write_json(args.json, {"version": program.version, "problems": problems,
                               "functions": [dict(zip(("name", "lines", "covered", "branches", "taken"), r)) for r in rows]})
    for problem in problems:
        say("ci/reach: " + problem)
    say("ci/reach: %s declared, %s" % (plural(len(DECLARED), "place"),
                                      plural(len(problems), "problem") if problems else "all reached"))
    return FINDING if problems else CLEAN


if __name__ == "__main__":
    run("ci/reach", main)
