"""ci/bench: the parsers beside OpenSSL, and OpenSSL as it is asked here beside its own fuzz targets."""

import argparse
import glob
import json
import math
import os
import re
import resource
import shutil
import subprocess
import time

import guided
import own
from common import BUILD, CLEAN, COULD_NOT_RUN, ROOT, USAGE, build, check_writable, cmake_with_openssl, cores, die
from common import alone, only_parse, rows_of, run, run_logged, say, table, tail, write_json
from findings import sanitizer_environment

HELP = """Builds with gcc -O2 and measures, in one run over the captured corpus and mutated copies of it: cauth's parse of
each message beside OpenSSL's for the same bytes, the name and certificate walks beside d2i_X509_NAME and d2i_X509,
time per byte as inputs grow, the stack each parser uses, how many questions of each kind OpenSSL answers in a second, and
whether memory grows over a million of them. With --own every compared fuzz target is then measured beside OpenSSL's own fuzz/client
or fuzz/server, of the same source, under libFuzzer with AddressSanitizer and without: the table of docs/performance.md, as it
is printed; targets that this OpenSSL cannot be asked have no figures. OpenSSL's own run on whole connections of the captures,
as in ci/reach, and on what they found from those in ten times --seconds. With --guided compared fuzz targets are run with and
without counting answers as coverage (docs/fuzzing.md), both at the same time, each on a core of its own. Without options it
takes more than four minutes; --seconds is for each target that --own or --guided runs, and so they take many times that.
Figures only: nothing passes or fails."""

HOME = os.path.join(BUILD, "bench")
OPENSSL = os.path.join(BUILD, "openssl", "debian-bookworm")
USUAL_LENGTH = 4096  # libFuzzer's own choice where seeds are short: the same for all, as in fuzz/bench/bench.c
MAX_LEN = "-max_len=%d" % USUAL_LENGTH


def cpu(command, log, **options):
    """Runs a command; (exit status, seconds of CPU time, what it wrote to stderr)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, errors="replace", check=False, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(log, "a", encoding="utf-8") as f:
        f.write("$ %s\n%s" % (" ".join(command), done.stderr))
    return done.returncode, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stderr


class Measured:
    """Executions of a libFuzzer target in a second of CPU time: from running for a while, without what starting takes."""

    def __init__(self, program, corpus, seconds, log):
        arguments = [program, *corpus, MAX_LEN, "-seed=1", "-rss_limit_mb=0", "-print_final_stats=1",
                     "-artifact_prefix=%s/" % HOME]
        env = sanitizer_environment()
        env["ASAN_OPTIONS"] += ":detect_leaks=0"
        runs, limit = [], "-runs=1"
        for _ in range(2):
            began = time.monotonic()
            status, taken, said = cpu([*arguments, limit], log, env=env)
            found = re.search(r"stat::number_of_executed_units: (\d+)", said)
            if status != 0 or found is None:
                die("ci/bench: %s ended with status %d (%s)" % (os.path.basename(program), status, os.path.relpath(log, ROOT)))
            runs.append((int(found.group(1)), taken))
            limit = "-max_total_time=%d" % (seconds + math.ceil(time.monotonic() - began))  # libFuzzer's includes the start
        (units_of_start, start), (units, taken) = runs
        if units <= units_of_start or taken <= start:
            die("ci/bench: %s: the start took all the time; say more --seconds" % os.path.basename(program))
        self.rate = (units - units_of_start) / (taken - start)


def compared():
    """(oracle, message) of every compared target."""
    return [tuple(row[:2]) for row in rows_of("fuzz/oracles/oracles.def", "CAUTH_COMPARED(?:_WHERE)?")]


def role_of(message):
    """Which of OpenSSL's own targets reads such a message; names and certificates alone count with what a server sends."""
    senders = {row[0]: row[3] for row in rows_of("parsers/messages.def", "CAUTH_MESSAGE")}
    return "server" if senders[message] == "CLIENT" else "client"


def build_with(place, prefix, flags, targets, log, compiler):
    """Builds those of the targets that there are with this OpenSSL; which they are."""
    worked = run_logged(["cmake", "-S", ROOT, "-B", place, "-G", "Ninja", "-DCMAKE_C_COMPILER=" + compiler, "-DCAUTH_TESTS=OFF",
                         *cmake_with_openssl(prefix), *flags], log) == 0
    if worked:
        known = subprocess.run(["ninja", "-C", place, "-t", "targets", "all"], stdout=subprocess.PIPE, text=True, check=True).stdout
        known = {line.partition(":")[0] for line in known.splitlines()}
        targets = [target for target in targets if target in known]
        worked = run_logged(["cmake", "--build", place, "-j", str(cores()), "--target", *targets], log) == 0
    if not worked:
        print(tail(log, 40), end="")
        die("ci/bench: the build with %s failed (all of it: %s)" % (prefix, os.path.relpath(log, ROOT)))
    return targets


KINDS = ("plain", "asan")
OWN_HEAD = ["target", "libFuzzer", "ratio", "without", "ratio", "beside"]


def own_table(ours, theirs):
    """The lines of the table, as docs/performance.md has it. ours: {(oracle, message): (rate, rate without AddressSanitizer)} of
    what was measured, theirs: the same of OpenSSL's own targets."""
    def line(*cells):
        return "| %s |" % " | ".join(cells)

    def rates(measured, beside):
        return [cell for rate, other in zip(measured, beside) for cell in ("{:,.0f}".format(rate).replace(",", " "),
                                                                          "%.*f×" % (0 if rate >= 10 * other else 1, rate / other))]
    lines = [line(*OWN_HEAD), line(*["---"] * len(OWN_HEAD))]
    for pair in compared():
        role = role_of(pair[1])
        lines.append(line("_".join(pair), *(rates(ours[pair], theirs[role]) if pair in ours else "––––"), "fuzz/" + role))
    return lines + [line("fuzz/" + name, *rates(theirs[name], theirs[name]), "") for name in own.NAMES]


def their_rates(name, fuzzer, timed, tree, seconds, log):
    """Of OpenSSL's own target for a role, on what it began with and found: under libFuzzer, and timed without AddressSanitizer."""
    say("ci/bench: OpenSSL's own fuzz/%s" % name)
    made, began = own.explore(fuzzer, name, tree, HOME, 10 * seconds, log, more=[MAX_LEN])
    if not os.listdir(made):
        die("ci/bench: OpenSSL's own fuzz/%s found nothing new (%s)" % (name, os.path.relpath(log, ROOT)))
    files = [file for place in (made, *began) for file in sorted(glob.glob(os.path.join(place, "*")))
             if os.path.getsize(file) <= USUAL_LENGTH]
    loop = subprocess.run([timed, str(seconds), *files], stdout=subprocess.PIPE, text=True, check=True)
    return Measured(fuzzer, [made, *began], seconds, log).rate, float(loop.stdout)


def beside_own(openssl, abouts, seconds, log):
    """Compared targets and OpenSSL's own, with one OpenSSL, in turns."""
    prefixes = {kind: os.path.join(openssl, kind) for kind in abouts}
    say("ci/bench: building with OpenSSL %s, under libFuzzer and without" % abouts["asan"]["version"])
    sanitized = "-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
    places = {kind: os.path.join(HOME, kind) for kind in abouts}
    targets = build_with(places["asan"], prefixes["asan"], ["-DCMAKE_C_FLAGS=" + sanitized, "-DCAUTH_FUZZ=ON",
                                                            "-DCAUTH_FUZZ_ENGINE=-fsanitize=fuzzer", "-DCAUTH_DIVERGENCES_APART=ON"],
                         ["diff_%s_%s" % pair for pair in compared()], log, "clang-19")
    build_with(places["plain"], prefixes["plain"], ["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_FLAGS_RELEASE=-O2"],
               ["cauth-bench"], log, "gcc")
    flags = ["clang-19", "-O1", "-g", "-fsanitize=address,fuzzer"]
    fuzzers = own.build(prefixes["asan"], abouts["asan"]["tree"], os.path.join(HOME, "own-asan"), flags, log, "ci/bench")
    timed = own.build(prefixes["plain"], abouts["plain"]["tree"], os.path.join(HOME, "own-plain"),
                      ["gcc", "-O2", "-DOWN_TIMED"], log, "ci/bench")

    theirs = {name: their_rates(name, fuzzers[name], timed[name], abouts["asan"]["tree"], seconds, log) for name in own.NAMES}
    asked = os.path.join(HOME, "questions.json")
    say("ci/bench: questions without AddressSanitizer")
    if run_logged([os.path.join(places["plain"], "fuzz", "cauth-bench"), os.path.join(ROOT, "corpus"), "--questions", "--json",
                   asked], log) != 0:
        die("ci/bench: cauth-bench failed (%s)" % os.path.relpath(log, ROOT))
    with open(asked, encoding="utf-8") as f:
        plain = {(q["oracle"], q["message"]): q["per_second"] for q in json.load(f)["questions"] if q["set"] == "mutated"}
    for pair in compared():
        if ("diff_%s_%s" % pair in targets) != (pair in plain):
            die("ci/bench: %s_%s is asked under libFuzzer or without, but not both" % pair)

    ours, data = {}, []
    for oracle, message in compared():
        target = "diff_%s_%s" % (oracle, message)
        if target not in targets:
            say("ci/bench: %s: not with this OpenSSL" % target)
            continue
        made = os.path.join(HOME, "corpus", target)  # the first folder is the one written to
        shutil.rmtree(made, ignore_errors=True)
        os.makedirs(made)
        rate = Measured(os.path.join(places["asan"], "fuzz", target), [made, os.path.join(ROOT, "corpus", message)], seconds, log).rate
        ours[oracle, message] = (rate, plain[oracle, message])
        data.append({"oracle": oracle, "message": message, "asan": rate, "plain": plain[oracle, message], "beside": role_of(message)})
        say("ci/bench: %s: %.0f/s, %d of %d" % (target, rate, len(ours), len(targets)))
    say("\nfuzz targets with OpenSSL %s, executions in a second of CPU time: under libFuzzer with AddressSanitizer, and mutated "
        "messages\nwithout either; each beside OpenSSL's own target for the same role\n" % abouts["asan"]["version"])
    for line in own_table(ours, theirs):
        say(line)
    return {"version": abouts["asan"]["version"], "targets": data,
            "own": {name: {"asan": rate, "plain": without} for name, (rate, without) in theirs.items()}}


def main():
    parser = argparse.ArgumentParser(prog="ci/bench", description=HELP,
                                     epilog="exit status: 0 measured, 2 usage, 3 could not run", allow_abbrev=False)
    parser.add_argument("--own", action="store_true", help="measure the compared fuzz targets beside OpenSSL's own, too; takes "
                        "builds of OpenSSL: ci/openssl --debian bookworm")
    parser.add_argument("--only-own", action="store_true", help="measure nothing else")
    parser.add_argument("--openssl", metavar="DIR",
                        help="the OpenSSL for that, with its kinds plain and asan (default: that of Debian's bookworm)")
    parser.add_argument("--guided", nargs="*", metavar="TARGET", help="measure what counting answers finds, and nothing else "
                        "(default: %s)" % ", ".join(guided.TARGETS))
    parser.add_argument("--seconds", type=int, metavar="N",
                        help="with --own or --guided: how long each target is run, each time (default: 5; with --guided 60)")
    parser.add_argument("--repetitions", type=int, metavar="N", help="with --guided: how often (default: 5)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    beside = args.own or args.only_own
    if args.guided is not None and beside:
        die("ci/bench: --guided measures nothing else: not for --own and --only-own", USAGE)
    if args.guided is None and args.repetitions is not None:
        die("ci/bench: --repetitions is for --guided", USAGE)
    if args.guided is None and not beside and args.seconds is not None:
        die("ci/bench: --seconds is for --own, --only-own and --guided", USAGE)
    if not beside and args.openssl is not None:
        die("ci/bench: --openssl is for --own and --only-own", USAGE)
    args.openssl = args.openssl or OPENSSL
    if args.seconds is None:
        args.seconds = 5 if args.guided is None else 60
    if args.repetitions is None:
        args.repetitions = 5
    if args.seconds < 1 or args.repetitions < 1:
        die("ci/bench: --seconds and --repetitions take positive numbers", USAGE)
    if args.guided is not None:
        guided.check(args.guided)
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN
    abouts = {kind: own.about(os.path.join(args.openssl, kind), kind, "ci/bench") for kind in KINDS} if beside else {}
    _lock = alone(os.path.join(HOME, "lock"), "ci/bench")
    log = os.path.join(BUILD, "bench.log")
    open(log, "wb").close()
    figures = {}
    if args.guided is not None:
        figures["guided"] = guided.measure(args.guided or guided.TARGETS, args.seconds, args.repetitions, log)
    elif not args.only_own:
        say("ci/bench: building into build/release")
        if not build("release", log):
            print(tail(log, 40), end="")
            die("ci/bench: the build failed (all of it: %s)" % os.path.relpath(log, ROOT))
        made = os.path.join(HOME, "bench.json")
        status = subprocess.run([os.path.join(BUILD, "release", "fuzz", "cauth-bench"), os.path.join(ROOT, "corpus"), "--json", made],
                                cwd=ROOT, check=False).returncode
        if status != 0:
            return status if status == USAGE else COULD_NOT_RUN
        with open(made, encoding="utf-8") as f:
            figures = json.load(f)
    if beside:
        figures["beside_own"] = beside_own(args.openssl, abouts, args.seconds, log)
    if args.json:
        write_json(args.json, figures)
    return CLEAN


if __name__ == "__main__":
    run("ci/bench", main)
