"""ci/known-bug: whether fuzzing finds a bug again that OpenSSL once had."""

import argparse
import collections
import hashlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time

import openssl
from common import BUILD, CLEAN, FINDING, ROOT, STOPPED, USAGE, alone, check_writable, cmake_with_openssl, cores, die, die_with_us
from common import only_parse, plural, rows_of, run, run_logged, say, table, tail, write_json
from engine import CORPUS, PRESET, relative
from findings import RAW, frames, sanitizer_environment, signature

HELP = """In 2026 the development branch of OpenSSL lost for a while the `x = NULL` behind sk_X509_push(sk, x) in
tls_process_client_certificate: a good certificate in front of something malformed was freed twice. Takes that line out of a copy
of the source of OpenSSL 3.6 (of Debian's sid, or --source DIR), builds it with AddressSanitizer, and fuzzes the targets of a
client's Certificate with it: several times from the corpus and as often from nothing, one process each. Each run must meet the
bug within the limit; then the unaltered build must show nothing in the same time, one run for each target, from the corpus."""

EPILOG = """The limit is of CPU time: a busy machine changes nothing. What each run wrote, and the input that it found, is in
build/known-bug/runs.

exit status: 0 every run found it and the unaltered build showed nothing, 1 a run did not, or the unaltered build did, 2 usage,
3 could not run, 130 stopped with Ctrl-C"""

HOME = os.path.join(BUILD, "known-bug")
FILE, FUNCTION = "ssl/statem/statem_srvr.c", "tls_process_client_certificate"
LOST = "\n        x = NULL;\n"
SHOWN_AS = ("attempting double-free", "heap-use-after-free")  # by what AddressSanitizer meets first

Run = collections.namedtuple("Run", "target start number seed found what seconds cpu executions input")


def lose(text):
    """The source without the line; a ValueError where that is not there once."""
    bodies = re.findall(r"^\w[^\n;]*\b%s\([^;{]*\)\n\{\n.*?^\}$" % FUNCTION, text, re.M | re.S)
    times = bodies[0].count(LOST) if len(bodies) == 1 else 0
    if times != 1:
        raise ValueError("%s: %s" % (FILE, "is no place where %s is defined once" % FUNCTION if len(bodies) != 1 else
                                     "%s has the line '%s' %d times, not once" % (FUNCTION, LOST.strip(), times)))
    return text.replace(bodies[0], bodies[0].replace(LOST, "\n"))


def targets():
    """The compared targets of a client's Certificate."""
    asked = {name for name, layout, _, sender, *_ in rows_of("parsers/messages.def", "CAUTH_MESSAGE")
             if layout in ("cert12", "cert13") and sender == "CLIENT"}
    return {"diff_%s_%s" % (oracle, name): name for oracle, name in rows_of("fuzz/oracles/oracles.def", "CAUTH_COMPARED")
            if name in asked}


USUAL = ["diff_openssl_cert_tls12_client", "diff_openssl_cert_tls13_client"]


def judge(status, text):
    """(whether it is the bug, what it is) of how a run ended and what it wrote."""
    if status == -signal.SIGXCPU:
        return False, "nothing"
    report = re.search(r"ERROR: AddressSanitizer: (%s) " % "|".join(SHOWN_AS), text)
    what = signature(text)
    if report and FUNCTION in frames(text[report.start():], 100):
        return True, what
    return False, "ended with status %d: %s" % (status, what)


def limited(command, seconds, log):
    """Runs a command for so much CPU time at most, and no longer than this process; (status, seconds by the clock, of CPU time)."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with open(log, "wb") as f:
        process = subprocess.Popen([*die_with_us(), *command], cwd=ROOT, env=sanitizer_environment(), stdin=subprocess.DEVNULL,
                                   stdout=f, stderr=f, preexec_fn=limit, start_new_session=True)
        try:
            process.wait()
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (process.returncode, time.monotonic() - began,
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def fuzz(build, target, start, number, args):
    """One run; `start` is the folder it starts from, or None."""
    name = "%s-%s-%s-%d" % (os.path.basename(build), target, "corpus" if start else "nothing", number)
    seed = int(hashlib.sha256(("%d %s" % (args.seed, name)).encode()).hexdigest()[:8], 16) % 0x7FFFFFFF + 1
    place = os.path.join(HOME, "runs", name)
    made = os.path.join(place, "made")
    os.makedirs(made)
    program, log = os.path.join(build, "fuzz", target), os.path.join(place, "log")
    dictionary = program + ".dict"
    status, seconds, cpu = limited(
        [program, made, *([start] if start else []), *(["-dict=" + dictionary] if os.path.isfile(dictionary) else []),
         "-seed=%d" % seed, "-artifact_prefix=%s/" % place, "-print_final_stats=1", "-timeout=25", "-rss_limit_mb=2560",
         "-reload=0"], args.seconds, log)
    with open(log, encoding="utf-8", errors="replace") as f:
        text = f.read()
    found, what = judge(status, text)
    executions = max([int(n) for n in re.findall(r"^(?:#|stat::number_of_executed_units: )(\d+)", text, re.M)], default=0)
    kept = [relative(os.path.join(place, name)) for name in os.listdir(place) if RAW.fullmatch(name)]
    return Run(target, "corpus" if start else "nothing", number, seed, found, what, round(seconds, 2), round(cpu, 2), executions,
               kept[0] if kept else None)


def build_targets(prefix, name, wanted, jobs, log):
    """The targets with that OpenSSL; where they are."""
    place = os.path.join(HOME, name)
    if (run_logged(["cmake", "--preset", PRESET, "-B", place, *cmake_with_openssl(prefix)], log) != 0
            or run_logged(["cmake", "--build", place, "-j", str(jobs), "--target", *wanted], log) != 0):
        print(tail(log, 30), end="")
        die("ci/known-bug: the targets could not be built with %s (all of it: %s)" % (relative(prefix), relative(log)))
    return place


def lines_of(runs):
    """The rows of the table: the times of all runs of a target from the same start."""
    rows = []
    for target, start in dict.fromkeys((r.target, r.start) for r in runs):
        some = [r for r in runs if (r.target, r.start) == (target, start)]
        rows.append([target, start, "%d of %d" % (sum(r.found for r in some), len(some)),
                     ", ".join("%.1f" % r.seconds for r in some), ", ".join("%.1f" % r.cpu for r in some),
                     max(r.executions for r in some)])
    return rows


HEAD = ["target", "from", "found", "seconds", "of CPU time", "executions, at most"]


def report(version, runs, controls, stopped, args):
    """Prints and writes what came out; the exit status."""
    say("")
    for line in table(HEAD, lines_of(runs)):
        say(line)
    say("")
    faults = ["%s from %s, run %d: did not find it: %s" % (r.target, r.start, r.number, r.what) for r in runs if not r.found]
    faults += ["%s: the unaltered build: %s" % (r.target, r.what) for r in controls if r.what != "nothing"]
    for fault in faults:
        say("ci/known-bug: " + fault)
    if args.json:
        write_json(args.json, {"version": version, "seed": args.seed, "limit": args.seconds, "stopped": stopped, "faults": faults,
                               "runs": [r._asdict() for r in runs], "unaltered": [r._asdict() for r in controls]})
    say("ci/known-bug: OpenSSL %s: found in %d of %s within %d s; unaltered, %s: %s%s" % (
        version, sum(r.found for r in runs), plural(len(runs), "run"), args.seconds, plural(len(controls), "run"),
        plural(sum(r.what != "nothing" for r in controls), "finding"), "; stopped" if stopped else ""))
    return FINDING if faults else STOPPED if stopped else CLEAN


def main():
    parser = argparse.ArgumentParser(prog="ci/known-bug", description=HELP, epilog=EPILOG, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    known = targets()
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="fuzz only these (default: %s)" % " ".join(USUAL))
    parser.add_argument("--list", action="store_true", help="list the targets that can be had and stop")
    openssl.add_source(parser, required=False)
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="how often from each start (default 5)")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="the limit of each run (default 60)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 31), metavar="N",
                        help="where the fuzzers' random choices start (default: a new one each run, printed)")
    parser.add_argument("--jobs", type=int, default=cores(), metavar="N", help="compilers at a time (default: one per core)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.list:
        print("\n".join(known))
        return CLEAN
    if min(args.runs, args.seconds, args.seed) < 1:
        die("ci/known-bug: --runs, --seconds and --seed take positive numbers", USAGE)
    for name in args.targets:
        if name not in known:
            die("ci/known-bug: no target '%s' of a client's Certificate; ci/known-bug --list shows them" % name, USAGE)
    if args.source is None and args.debian is None:
        args.debian = "sid"
    openssl.check_source(args)
    if args.source is not None:
        try:
            with open(os.path.join(args.source, FILE), encoding="utf-8", errors="replace") as f:
                lose(f.read())
        except ValueError as error:
            die("ci/known-bug: %s: %s" % (args.source, error), USAGE)
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN

    _lock = alone(os.path.join(HOME, "lock"), "ci/known-bug")
    log = os.path.join(HOME, "log")
    open(log, "wb").close()
    prefix = os.path.join(openssl.build(args, ["asan"]), "asan")
    version, altered = openssl.about(prefix)["version"], os.path.join(HOME, "openssl")
    try:
        if not openssl.altered(prefix, altered, FILE, lose, log):
            print(tail(log, 30), end="")
            die("ci/known-bug: %s could not be compiled without the line (all of it: %s)" % (FILE, relative(log)))
    except ValueError as error:
        die("ci/known-bug: OpenSSL %s: %s" % (version, error))
    wanted = list(dict.fromkeys(args.targets)) or USUAL
    say("ci/known-bug: building %s with it, and with the unaltered one" % plural(len(wanted), "target"))
    builds = [build_targets(where, name, wanted, args.jobs, log) for where, name in ((altered, "altered"), (prefix, "unaltered"))]

    shutil.rmtree(os.path.join(HOME, "runs"), ignore_errors=True)
    say("ci/known-bug: %s of each from the corpus and from nothing, %d s at most, --seed %d" % (
        plural(args.runs, "run"), args.seconds, args.seed))
    runs, controls, stopped = [], [], False
    try:
        for target in wanted:
            folder = os.path.join(CORPUS, known[target])
            for start in (folder, None):
                for number in range(1, args.runs + 1):
                    one = fuzz(builds[0], target, start, number, args)
                    runs.append(one)
                    say("ci/known-bug: %s from %s, run %d: %s: %.1f s, %.1f s of CPU time, %s" % (
                        target, one.start, number, one.what, one.seconds, one.cpu, plural(one.executions, "execution")))
        for target in wanted:
            say("ci/known-bug: %s with the unaltered OpenSSL, for %d s of CPU time" % (target, args.seconds))
            one = fuzz(builds[1], target, os.path.join(CORPUS, known[target]), 1, args)
            controls.append(one)
            say("ci/known-bug: %s, unaltered: %s: %.1f s of CPU time, %s" % (
                target, one.what, one.cpu, plural(one.executions, "execution")))
    except KeyboardInterrupt:
        stopped = True
    return report(version, runs, controls, stopped, args)


if __name__ == "__main__":
    run("ci/known-bug", main)
