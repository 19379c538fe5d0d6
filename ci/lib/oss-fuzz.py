"""ci/oss-fuzz/check: the contract of OSS-Fuzz, without docker."""

import argparse
import concurrent.futures
import configparser
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
import zipfile

from common import BUILD, CLEAN, FINDING, ROOT, USAGE, check_writable, cores, die, only_parse, plural, rows_of
from common import run, run_logged, say, seconds, table, tail, write_json

HELP = """Runs ci/oss-fuzz/build.sh in the environment of OSS-Fuzz for one or more combinations of engine, sanitizer and
architecture, moves what it built to another place, and verifies of every target what OSS-Fuzz verifies before it accepts
a build: name, instrumentation of the one sanitizer, a clean start, a clean replay of its seeds. Then what it does not:
that a target comes with seeds, options and the dictionary of its layout, and with nothing but itself; that it reaches the
parser, and the function of an instrumented OpenSSL, that it is there for; and that none is slow beside its siblings."""

EPILOG = """combinations: %s
honggfuzz is no Debian package: what build.sh does for it is untested.

exit status: 0 the contract is kept, 1 it is broken, 2 usage, 3 could not run, 130 stopped with Ctrl-C"""

HOME = os.path.join(BUILD, "oss-fuzz")
COMMON = "-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION"
UBSAN = ("array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return,returns-nonnull-attribute,"
         "shift,signed-integer-overflow,unreachable,vla-bound,vptr")
SANITIZERS = {
    "address": "-fsanitize=address -fsanitize-address-use-after-scope",
    "undefined": "-fsanitize=%s,unsigned-integer-overflow -fno-sanitize-recover=%s" % (UBSAN, UBSAN),
    "memory": "-fsanitize=memory -fsanitize-memory-track-origins",
    "coverage": "",
}
# The least or greatest number of calls into each run-time library, by OSS-Fuzz's bad_build_check.
CALLS = {
    "address": {"asan": (1000, None), "msan": (0, 3), "ubsan": (0, 200)},
    "memory": {"asan": (0, 0), "msan": (1000, None), "ubsan": (0, 200)},
    "undefined": {"asan": (0, 0), "msan": (0, 3), "ubsan": (168, None)},
}
COMBINATIONS = ["libfuzzer-address", "libfuzzer-undefined", "libfuzzer-memory", "libfuzzer-coverage", "afl-address",
                "libfuzzer-address-i386"]
# What every target of a differential oracle is there to reach, where OpenSSL is instrumented.
OPENSSL_FUNCTIONS = (
    (r"certreq_", "tls_process_certificate_request"),
    (r"cert_.*_client", "tls_process_client_certificate"),
    (r"cert_.*_server", "tls_process_server_certificate"),
    (r"alert_", "ssl3_read_bytes"),
)
ASAN_OPTIONS = {"libfuzzer": "quarantine_size_mb=64", "afl": "abort_on_error=1:symbolize=0:detect_leaks=0"}
# On OSS-Fuzz's own machine there is nothing else.
LIBRARIES = r"linux-vdso|linux-gate|ld-linux|lib(?:c|m|dl|rt|pthread|resolv|gcc_s|stdc\+\+)\.so"
SHOWN = 12  # faults
# A differential target asks a whole library: 1 of this many executions of the parsers' targets.
SLOWEST = 2000


class Combination:
    def __init__(self, name, openssl):
        self.name = name
        self.engine, self.sanitizer, *architecture = name.split("-")
        self.architecture = architecture[0] if architecture else "x86_64"
        self.oracles = self.sanitizer != "memory" and self.architecture == "x86_64"
        self.openssl = openssl if self.oracles else []
        self.place = os.path.join(HOME, name)

    def environment(self):
        """As base-builder's compile script sets it."""
        coverage = {"coverage": "-fprofile-instr-generate -fcoverage-mapping -pthread -Wl,--no-as-needed -Wl,-ldl -Wl,-lm "
                                "-Wno-unused-command-line-argument"}.get(self.sanitizer)
        if coverage is None:
            coverage = "-fsanitize=fuzzer-no-link" if self.engine == "libfuzzer" else ""
        flags = " ".join([COMMON, SANITIZERS[self.sanitizer], coverage])
        if self.architecture == "i386":
            flags = "-m32 " + flags
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "CCACHE_DIR", "TMPDIR")}
        env.update(SRC=os.path.join(self.place, "src"), WORK=os.path.join(self.place, "work"),
                   OUT=os.path.join(self.place, "out"), FUZZING_ENGINE=self.engine, SANITIZER=self.sanitizer,
                   ARCHITECTURE=self.architecture, FUZZING_LANGUAGE="c", PROJECT_NAME="cauth", CC="clang-19",
                   CXX="clang++-19", CFLAGS=flags, CXXFLAGS=flags, LIB_FUZZING_ENGINE="-fsanitize=fuzzer",
                   UBSAN_OPTIONS="silence_unsigned_overflow=1")
        if self.engine == "afl":
            env.update(CC="afl-clang-fast", CXX="afl-clang-fast++", AFL_QUIET="1",
                       LIB_FUZZING_ENGINE="/usr/lib/afl/libAFLDriver.a", ASAN_OPTIONS="detect_leaks=0:abort_on_error=1")
        return env

    def expected(self):
        """target -> (message, layout), from the tables."""
        layouts = {row[0]: row[1] for row in rows_of("parsers/messages.def", "CAUTH_MESSAGE")}
        found = {"fuzz_" + m: (m, layout) for m, layout in layouts.items()}
        suffixes = ["", "-master"] if len(self.openssl) > 1 else [""]
        for oracle, message, *_ in rows_of("fuzz/oracles/oracles.def", "CAUTH_COMPARED") if self.oracles else []:
            for kind in ("diff", "divergence"):
                for suffix in suffixes:
                    found["%s_%s_%s%s" % (kind, oracle, message, suffix)] = (message, layouts[message])
        return found


def build(c, jobs, log):
    env = c.environment()
    for folder in ("SRC", "OUT"):
        shutil.rmtree(env[folder], ignore_errors=True)
    for folder in ("SRC", "WORK", "OUT"):
        os.makedirs(env[folder], exist_ok=True)
    for source, name in zip(c.openssl, ("openssl", "openssl-master")):
        os.symlink(source, os.path.join(env["SRC"], name))
    return run_logged(["nice", "bash", "-eux", os.path.join(ROOT, "ci/oss-fuzz/build.sh")], log,
                      env=dict(env, CAUTH_JOBS=str(jobs))) == 0, env["OUT"]


def is_target(path):
    """What OSS-Fuzz takes for one: an executable that has the entry point's name in it."""
    if not os.path.isfile(path) or not os.access(path, os.X_OK):
        return False
    with open(path, "rb") as f:
        content = f.read()
    return content.startswith(b"\x7fELF") and b"LLVMFuzzerTestOneInput" in content


class Target:
    """One target, in a place where it was not built."""

    def __init__(self, c, out, name, message, layout, scratch):
        self.c, self.out, self.name, self.message, self.layout = c, out, name, message, layout
        self.path = os.path.join(out, name)
        self.seeds = os.path.join(scratch, name + ".seeds")
        self.scratch = scratch
        self.faults, self.notes, self.rate = [], [], 0

    def run(self, *args, timeout=300):
        env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "ASAN_OPTIONS": ASAN_OPTIONS[self.c.engine],
               "UBSAN_OPTIONS": "print_stacktrace=1:silence_unsigned_overflow=1", "ASAN_SYMBOLIZER_PATH": symbolizer(),
               "LLVM_PROFILE_FILE": os.path.join(self.scratch, self.name + ".profraw"), "AFL_NO_UI": "1",
               "AFL_SKIP_CPUFREQ": "1", "AFL_NO_AFFINITY": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1"}
        try:
            done = subprocess.run(args, cwd="/", env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=timeout, check=False)
        except subprocess.TimeoutExpired as late:
            return 124, (late.stdout or b"").decode(errors="replace")
        return done.returncode, done.stdout.decode(errors="replace")

    def fault(self, ok, what, output=""):
        if not ok:
            self.faults.append("%s: %s%s" % (self.name, what, "\n    " + "\n    ".join([x for x in output.splitlines() if "COVERED_" not in x][-8:]) if output else ""))
        return ok

    def check(self):
        self.fault(re.fullmatch(r"[A-Za-z0-9_-]+", self.name), "a name of letters, digits, - and _ is asked for")
        self.check_files()
        self.check_binary()
        if self.c.engine == "afl":
            self.check_afl()
        elif self.c.sanitizer == "coverage":
            self.check_coverage()
        else:
            self.check_libfuzzer()
        return self

    def check_files(self):
        archive = self.path + "_seed_corpus.zip"
        try:
            with zipfile.ZipFile(archive) as z:
                z.extractall(self.seeds)
                self.notes.append(plural(sum(not i.is_dir() for i in z.infolist()), "seed"))
                self.fault(any(i.file_size > 0 for i in z.infolist()), "its seed corpus is empty")
        except (OSError, zipfile.BadZipFile) as why:
            self.fault(False, "no seed corpus: %s" % why)
        options = configparser.ConfigParser()
        try:
            options.read_string(open(self.path + ".options", encoding="utf-8").read())
            self.fault(set(options.sections()) <= {"libfuzzer", "asan", "msan", "ubsan", "env"}, "options of no tool")
        except (OSError, configparser.Error) as why:
            self.fault(False, "no options: %s" % why)
        if os.path.exists(os.path.join(ROOT, "fuzz", "dict", self.layout + ".dict")):
            self.fault(os.path.exists(self.path + ".dict"), "lacks the dictionary of its layout, %s" % self.layout)

    def check_binary(self):
        linked = subprocess.run(["ldd", self.path], capture_output=True, text=True, check=False).stdout
        foreign = [line.split()[0] for line in linked.splitlines() if not re.search(LIBRARIES, line)]
        self.fault(not foreign, "needs %s, which does not ship" % ", ".join(foreign))
        with open(self.path, "rb") as f:
            machine = f.read(20)[18]
        self.fault(machine == {"x86_64": 62, "i386": 3}[self.c.architecture], "is for another machine")
        code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", self.path], capture_output=True, text=True, check=False).stdout
        calls = {tool: len(re.findall(r"call[ql]?\s+[0-9a-f]+ <__%s" % tool, code)) for tool in ("asan", "msan", "ubsan")}
        for tool, (least, most) in CALLS.get(self.c.sanitizer, {}).items():
            if self.c.engine == "afl" and tool == "ubsan":
                continue
            if tool == "ubsan" and most is not None and self.c.architecture == "i386":
                most = 280
            self.fault(calls[tool] >= least and (most is None or calls[tool] <= most),
                       "%d calls into %s, not %s" % (calls[tool], tool, "%d at most" % most if most is not None
                                                     else "%d or more" % least))

    def check_libfuzzer(self):
        status, output = self.run(self.path, "-seed=1337", "-runs=4")
        self.fault("Done 4 runs" in output, "does not start cleanly", output)
        self.fault("no interesting inputs" not in output, "is not instrumented")
        edges = re.search(r"Loaded \d+ modules?\s+\((\d+) ", output)
        self.fault(edges and int(edges.group(1)) >= 100, "has hardly any edges")
        dictionary = ["-dict=%s.dict" % self.path] if os.path.exists(self.path + ".dict") else []
        status, output = self.run(self.path, "-rss_limit_mb=2560", "-timeout=25", "-runs=0", "-print_coverage=1", *dictionary,
                                  self.seeds)
        self.fault(status == 0, "fails on its own seeds", output)
        self.fault(not re.search(r"ParseDictionaryFile: error", output), "has a dictionary that is not understood")
        reached = set(re.findall(r"^COVERED_FUNC: hits: [1-9]\d* edges: \S+ (\w+)", output, re.M))
        wanted = ["cauth_%s_parse" % self.layout]
        if self.c.openssl and not self.name.startswith("fuzz_"):
            wanted += [function for messages, function in OPENSSL_FUNCTIONS if re.match(messages, self.message)]
        for function in wanted:
            self.fault(function in reached, "its seeds do not reach %s" % function)
        if status == 0:
            self.notes.append("%d functions" % len(reached))

    def measure(self):
        """Executions per second of the processor, which other work on the machine does not change."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _, output = self.run(self.path, "-seed=1", "-max_total_time=2", "-print_final_stats=1", "-timeout=25", self.seeds)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        executed = re.search(r"stat::number_of_executed_units:\s*(\d+)", output)
        self.rate = int(executed.group(1)) / max(used, 0.01) if executed else 0

    def check_coverage(self):
        status, output = self.run(self.path, "-runs=0", self.seeds)
        self.fault(status == 0, "fails on its own seeds", output)
        raw = os.path.join(self.scratch, self.name + ".profraw")
        if not self.fault(os.path.exists(raw), "leaves no profile"):
            return
        data = raw[:-3] + "data"
        subprocess.run(["llvm-profdata-19", "merge", "-sparse", raw, "-o", data], check=False)
        shown = subprocess.run(["llvm-profdata-19", "show", "--all-functions", "--counts", data], capture_output=True, text=True,
                               check=False).stdout
        counts = re.search(r"^\s+cauth_%s_parse:\n(?:.*\n)*?\s+Function count: (\d+)" % self.layout, shown, re.M)
        self.fault(counts and int(counts.group(1)) > 0, "its seeds do not reach cauth_%s_parse" % self.layout)

    def check_afl(self):
        work = os.path.join(self.scratch, self.name + ".afl")
        first = os.path.join(self.scratch, self.name + ".first")
        os.makedirs(first)
        with open(os.path.join(first, "empty"), "wb") as f:
            f.write(b"\0" * 4)
        _, output = self.run("afl-fuzz", "-V", "2", "-m", "none", "-t", "25000", "-i", first, "-o", work, "--", self.path)
        self.fault("All set and ready to roll" in output, "does not run under afl-fuzz", output)
        files = [os.path.join(place, name) for place, _, names in os.walk(self.seeds) for name in names]
        status, output = self.run(self.path, *files)
        self.fault(status == 0, "fails on its own seeds", output)
        shutil.rmtree(work, ignore_errors=True)


def symbolizer():
    return shutil.which("llvm-symbolizer-19") or ""


def check(c, args, log):
    """Builds and checks one combination; returns its row and its faults."""
    began = time.monotonic()
    say("ci/oss-fuzz/check: building %s" % c.name)
    built, out = build(c, args.jobs, log)
    if not built:
        print(tail(log, 30), end="")
        return [c.name, "-", seconds(began), "-"], ["%s: build.sh failed (all of it: %s)" % (c.name, os.path.relpath(log, ROOT))]
    took = seconds(began)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cauth-oss-fuzz-") as place:
        moved = os.path.join(place, "not-where-it-was-built")
        shutil.move(out, moved)
        os.chmod(moved, 0o555)
        expected = c.expected()
        names = sorted(n for n in os.listdir(moved) if is_target(os.path.join(moved, n)))
        faults = ["%s: not built" % n for n in sorted(set(expected) - set(names))]
        faults += ["%s: built, but in no table" % n for n in names if n not in expected]
        known = {n + end for n in names for end in ("", ".options", ".dict", "_seed_corpus.zip")}
        faults += ["%s: a file of no target" % n for n in sorted(os.listdir(moved)) if n not in known]
        targets = [Target(c, moved, n, *expected[n], place) for n in names if n in expected]
        if not targets:
            faults.append("%s: there are no targets" % c.name)
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            targets = list(pool.map(Target.check, targets))
        if args.speed and c.engine == "libfuzzer" and c.sanitizer != "coverage":
            faults += slow_ones(targets)
        for t in targets:
            faults += t.faults
    return [c.name, len(targets), took, seconds(began)], faults


def slow_ones(targets):
    """A target that is far slower than the parse of its message wastes what a service gives it."""
    for t in targets:
        t.measure()
    parse = {t.message: t.rate for t in targets if t.name.startswith("fuzz_")}
    typical = sorted(parse.values())[len(parse) // 2] if parse else 0
    faults = []
    for t in targets:
        floor = typical / 50 if t.name.startswith("fuzz_") else parse.get(t.message, typical) / SLOWEST
        say("%-48s %9d executions per second" % (t.name, t.rate))
        if t.rate < floor:
            faults.append("%s: %d executions per second of processor, %d are asked for" % (t.name, t.rate, floor))
    return faults


def main():
    parser = argparse.ArgumentParser(prog="ci/oss-fuzz/check", description=HELP, epilog=EPILOG % ", ".join(COMBINATIONS),
                                     formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("combinations", nargs="*", metavar="COMBINATION", help="check only these (default: all)")
    parser.add_argument("--openssl", action="append", default=[], metavar="DIR",
                        help="an OpenSSL source tree to build, instrumented, and link; a second one takes the place of the "
                             "development branch (default: the system's static libraries)")
    parser.add_argument("--speed", action="store_true", help="compare how fast the targets are, too: 2 s each")
    parser.add_argument("--jobs", type=int, default=cores(), metavar="N", help="processes at a time (default: one per core)")
    parser.add_argument("--json", metavar="FILE", help="write the table there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    unknown = [name for name in args.combinations if name not in COMBINATIONS]
    if unknown:
        die("ci/oss-fuzz/check: no combination '%s'; they are %s" % (unknown[0], ", ".join(COMBINATIONS)), USAGE)
    if args.jobs < 1 or len(args.openssl) > 2:
        die("ci/oss-fuzz/check: --jobs takes a positive number, --openssl comes twice at most", USAGE)
    for tree in args.openssl:
        if not os.path.isfile(os.path.join(tree, "VERSION.dat")):
            die("ci/oss-fuzz/check: %s: no source tree of OpenSSL 3.0 or later" % tree, USAGE)
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN
    rows, faults = [], []
    for name in args.combinations or COMBINATIONS:
        c = Combination(name, [os.path.realpath(tree) for tree in args.openssl])
        os.makedirs(c.place, exist_ok=True)
        log = os.path.join(c.place, "log")
        open(log, "wb").close()
        row, found = check(c, args, log)
        rows.append(row[:2] + [len(found)] + row[2:])
        faults += ["%s: %s" % (name, fault) for fault in found]
    head = ["combination", "targets", "faults", "build", "check"]
    say("")
    for line in table(head, rows):
        say(line)
    for fault in faults[:SHOWN]:
        say("ci/oss-fuzz/check: " + fault)
    if len(faults) > SHOWN:
        say("ci/oss-fuzz/check: and %d more" % (len(faults) - SHOWN))
    if args.json:
        write_json(args.json, [dict(zip(head, row)) for row in rows])
    say("\nci/oss-fuzz/check: %s" % (plural(len(faults), "fault") if faults else "the contract is kept"))
    return FINDING if faults else CLEAN


if __name__ == "__main__":
    run("ci/oss-fuzz/check", main)
