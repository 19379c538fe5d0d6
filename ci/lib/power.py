"""ci/power: plants one known kind of bug at a time, and measures which engine finds it, and how soon."""

import argparse
import collections
import concurrent.futures
import fcntl
import hashlib
import itertools
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import threading
import time

from common import BUILD, CLEAN, FINDING, ROOT, USAGE, check_writable, cores, die, only_parse, plural, run, run_logged, say
from common import table, tail, write_json
from planted import Broken, check, planted

HELP = """Plants the bugs of tests/power/bugs.txt, one at a time, into a copy of the parsers under build/power, and asks
each engine whether it notices. The tests of tests/ run under gcc first and then under the sanitizers until one fails;
a fuzzer starts from an empty corpus and runs until its first finding. Plain or with the mutator, it runs the same
properties: those of the input that it made. The properties that take the input for decisions, and build messages with
generators of our own, are left to the engine 'suite', which is what ci/fuzz runs. Every measurement is kept in
build/power/results.json as soon as it is made, and is made again only when the bug, the parsers, the tests or the
settings change; comments do not count. Ctrl-C loses nothing but the measurements under way."""

EPILOG = """exit status: 0 measured, or --check: all bugs apply; 1 an engine that was asked to find all missed one
(--all-found), or --check: a bug does not apply; 2 usage; 3 could not run, 130 stopped with Ctrl-C"""

POWER = os.path.join(BUILD, "power")
TREE = os.path.join(POWER, "tree")
RESULTS = os.path.join(POWER, "results.json")
LOG = os.path.join(POWER, "power.log")
HANGS = 900  # seconds after which a program counts as one that hangs: much longer than any takes on a busy machine
TESTS = ("dev", "asan-ubsan", "msan")
LARGEST = 1 << 20  # octets of an input, for all fuzzers: AFL++ takes no more
ENGINES = {
    "tests": "the unit and property tests: gcc, then AddressSanitizer and UBSan, then MemorySanitizer",
    "libfuzzer": "libFuzzer, its own mutations of bytes",
    "libfuzzer-mutator": "libFuzzer with the mutator of fuzz/grammar",
    "afl": "AFL++, its own mutations of bytes, AddressSanitizer",
    "afl-mutator": "AFL++ with the mutator of fuzz/grammar beside them",
    "suite": "as libfuzzer-mutator, with the properties that build messages too",
}
COMPARED = [("libfuzzer", "libfuzzer-mutator"), ("afl", "afl-mutator")]


def preset_flags(name):
    """The cache variables of a preset, so that there is no second list of compilers and flags."""
    with open(os.path.join(ROOT, "CMakePresets.json"), encoding="utf-8") as f:
        presets = {p["name"]: p for p in json.load(f)["configurePresets"]}
    return dict(presets[name]["cacheVariables"])


def without_comments(text):
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", " ", text, flags=re.S))


def digest_of(folders):
    """One number for all the code under some folders, or in files; comments and white space do not count."""
    h = hashlib.sha256()
    for folder in folders:
        root = os.path.join(ROOT, folder)
        paths = [root] if os.path.isfile(root) else []
        paths += [os.path.join(place, n) for place, _, names in os.walk(root) for n in names]
        for path in sorted(paths):
            with open(path, "rb") as f:
                data = f.read()
            if path.endswith((".c", ".h", ".def")):
                data = without_comments(data.decode()).encode()
            h.update(("%s %d\n" % (os.path.relpath(path, ROOT), len(data))).encode() + data)
    return h.hexdigest()


def write_if_changed(path, data):
    try:
        with open(path, "rb") as f:
            if f.read() == data:
                return
    except OSError:
        pass
    with open(path, "wb") as f:
        f.write(data)


class Tree:
    """A source tree that shares everything with the project's but the parsers, which it has a copy of."""

    def __init__(self):
        os.makedirs(TREE, exist_ok=True)
        for name in ("CMakeLists.txt", "tests", "fuzz", "corpus"):
            link = os.path.join(TREE, name)
            if not os.path.islink(link):
                os.symlink(os.path.join(ROOT, name), link)

    def plant(self, bug=None):
        """Makes the copy that of the parsers with the bug, or without any. Only files that change are written."""
        changed = bug.apply() if bug else {}
        wanted = set()
        for place, _, names in os.walk(os.path.join(ROOT, "parsers")):
            for name in names:
                path = os.path.relpath(os.path.join(place, name), ROOT)
                wanted.add(path)
                with open(os.path.join(ROOT, path), "rb") as f:
                    data = changed[path].encode() if path in changed else f.read()
                os.makedirs(os.path.dirname(os.path.join(TREE, path)), exist_ok=True)
                write_if_changed(os.path.join(TREE, path), data)
        for place, _, names in os.walk(os.path.join(TREE, "parsers")):
            for name in names:
                path = os.path.relpath(os.path.join(place, name), TREE)
                if path not in wanted:
                    os.remove(os.path.join(TREE, path))


class Build:
    """One preset, built from the tree. Engines that share one take turns at building it."""

    LOCKS = collections.defaultdict(threading.Lock)

    def __init__(self, preset, args, env=None, **options):
        self.preset, self.jobs, self.env = preset, args.jobs, dict(os.environ, **(env or {}))
        self.place = os.path.join(POWER, "-".join([preset, *(k.lower() for k in options if options[k] == "ON")]))
        self.flags = preset_flags(preset)
        self.flags.update(CAUTH_ORACLES="OFF", CAUTH_WERROR="OFF", **options)
        self.configured = False

    def build(self, targets):
        with self.LOCKS[self.place]:
            if not self.configured:
                say("ci/power: building in %s, once for all bugs" % os.path.relpath(self.place, ROOT))
                args = ["cmake", "-G", "Ninja", "-S", TREE, "-B", self.place]
                if run_logged(args + ["-D%s=%s" % item for item in self.flags.items()], LOG, env=self.env) != 0:
                    raise RuntimeError("%s could not be configured" % self.preset)
                self.configured = True
            args = ["cmake", "--build", self.place, "-j", str(self.jobs), "--target", *targets]
            if run_logged(args, LOG, env=self.env) != 0:
                raise RuntimeError("%s does not build" % self.preset)

    def path(self, *names):
        return os.path.join(self.place, *names)


def environment(**more):
    return dict(os.environ, UBSAN_OPTIONS="print_stacktrace=1", ASAN_OPTIONS="quarantine_size_mb=16", **more)


def run_measured(args, log, env, timeout):
    """As run_logged, and the seconds that passed, and those that the processor spent on it and on what it waited for."""
    with open(log, "ab") as f:
        f.write(("$ " + " ".join(args) + "\n").encode())
        f.flush()
        began = time.monotonic()
        try:
            process = subprocess.Popen(args, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=f, stderr=f)
        except OSError as error:
            f.write(("could not be run: %s\n" % error).encode())
            return 127, 0.0, 0.0
        alarm = threading.Timer(timeout, process.kill)
        alarm.start()
        _, status, usage = os.wait4(process.pid, 0)
        alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, time.monotonic() - began, usage.ru_utime + usage.ru_stime


def runs_clean(args, cwd):
    """Runs a test; returns (whether it passed, seconds)."""
    began = time.monotonic()
    status = run_logged(args, LOG, cwd=cwd, env=environment(), timeout=HANGS)
    return status == 0, time.monotonic() - began


class Tests:
    """The project's own tests. Those of the message that the bug is about come first: a find ends the run."""

    def __init__(self, args):
        self.args = args
        self.builds = [Build(preset, args) for preset in TESTS]
        self.names = sorted(n[:-2] for n in os.listdir(os.path.join(ROOT, "tests")) if re.fullmatch(r"test_\w+\.c", n))
        self.names = [n for n in self.names if n not in ("test_compare", "test_props") and not n.startswith(("test_oracle_", "test_openssl_"))]
        self.shared = digest_of(["parsers", "tests/props", "tests/vectors", "corpus"])

    def key(self, runs):
        """What was found stays found as long as the test that found it stays; what was missed, until any changes."""
        step = re.search(r": (test_\w+)", runs[0]["by"]) if runs else None
        names = [step.group(1)] if step else [*self.names, "test_props"]
        return self.shared + digest_of("tests/%s.c" % name for name in names)

    def measure(self, bug):
        """[{"seconds": …, "by": …}], or seconds None when no test failed."""
        spent = 0.0
        for build in self.builds:
            build.build(["test_props"])
            steps = [("test_props", bug.message)] if bug else []
            steps += [(name,) for name in self.names] + [("test_props",)]
            built = False
            for step in steps:
                if not built and step != ("test_props", bug.message if bug else ""):
                    build.build([*self.names, "test_props"])
                    built = True
                clean, took = runs_clean([build.path("tests", step[0]), *step[1:]], build.place)
                spent += took
                if not clean:
                    return [{"seconds": spent, "by": "%s: %s" % (build.preset, " ".join(step))}]
        return [{"seconds": None, "by": ""}]


class LibFuzzer:
    """A fuzz target from an empty corpus: the longest run first, and shorter ones once it has found nothing."""

    FOLDERS = ["parsers", "tests/props", "fuzz/engines", "fuzz/dict"]

    def __init__(self, name, args):
        self.name, self.args = name, args
        self.choices = "on" if name == "suite" else "off"
        mutator = "OFF" if name == "libfuzzer" else "ON"
        self.built = Build("libfuzzer", args, CAUTH_MUTATOR=mutator)
        self.shared = digest_of(self.FOLDERS + (["fuzz/grammar"] if mutator == "ON" else [])) + name

    def key(self, _):
        return "%s %d %d %d" % (self.shared, self.args.seconds, self.args.again, self.args.seeds)

    def command(self, target, corpus, seconds, seed):
        args = [self.built.path("fuzz", target), corpus, "-max_total_time=%d" % seconds, "-seed=%d" % seed,
                "-artifact_prefix=%s/" % os.path.dirname(corpus), "-timeout=10", "-rss_limit_mb=2048", "-verbosity=1",
                "-max_len=%d" % LARGEST]
        dictionary = self.built.path("fuzz", target + ".dict")
        return args + (["-dict=" + dictionary] if os.path.isfile(dictionary) else [])

    def once(self, target, seconds, seed):
        place = os.path.join(POWER, "runs", "%s-%s-%d" % (target, self.name, seed))
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(os.path.join(place, "corpus"))
        log = os.path.join(place, "log")
        status, took, spent = run_measured(self.command(target, os.path.join(place, "corpus"), seconds, seed), log,
                                           environment(CAUTH_CHOICES=self.choices), seconds + HANGS)
        if status in (126, 127):
            raise RuntimeError("%s could not be run" % target)
        found = re.search(r"^cauth: broken: (\S+)|^SUMMARY: (.*)$|ERROR: libFuzzer: (.*)$", tail(log, 400), re.M)
        by = next((g for g in found.groups() if g), "?") if found else "status %d" % status
        return {"seconds": took if status != 0 else None, "by": by[:60] if status != 0 else "", "cpu": spent}

    def measure_without(self, message):
        """A short run of a target without a bug, which has nothing to find."""
        self.built.build(["fuzz_" + message])
        return [self.once("fuzz_" + message, self.args.again, 1)]

    def measure(self, bug):
        target = "fuzz_" + bug.message
        self.built.build([target])
        runs = []
        for seed in range(1, self.args.seeds + 1):
            missed = sum(r["seconds"] is None for r in runs)
            if 2 * missed > self.args.seeds:  # the median is a miss, whatever the others find
                break
            runs.append(self.once(target, self.args.again if missed else self.args.seconds, seed))
        return runs


class Afl(LibFuzzer):
    """AFL++ on the same target, which starts from one octet: it takes no empty corpus."""

    def __init__(self, name, args):
        self.name, self.args, self.choices = name, args, "off"
        self.built = Build("afl", args, {"AFL_USE_ASAN": "1"}, CAUTH_MUTATOR="OFF")
        self.library = Build("dev", args) if name == "afl-mutator" else None
        self.shared = digest_of(self.FOLDERS + (["fuzz/grammar"] if self.library else [])) + name

    def measure(self, bug):
        if self.library:
            self.library.build(["cauth-mutator"])
        return super().measure(bug)

    def measure_without(self, message):
        if self.library:
            self.library.build(["cauth-mutator"])
        return super().measure_without(message)

    def once(self, target, seconds, seed):
        place = os.path.join(POWER, "runs", "%s-%s-%d" % (target, self.name, seed))
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(os.path.join(place, "in"))
        with open(os.path.join(place, "in", "octet"), "wb") as f:
            f.write(b"\0")
        env = dict(os.environ, AFL_NO_UI="1", AFL_NO_AFFINITY="1", AFL_SKIP_CPUFREQ="1", AFL_BENCH_UNTIL_CRASH="1",
                   AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES="1", CAUTH_CHOICES=self.choices)
        if self.library:
            env.update(AFL_CUSTOM_MUTATOR_LIBRARY=self.library.path("fuzz", "libcauth-mutator.so"),
                       CAUTH_MESSAGE=target[len("fuzz_"):])
        args = ["afl-fuzz", "-i", os.path.join(place, "in"), "-o", os.path.join(place, "out"), "-V", str(seconds),
                "-s", str(seed), "-m", "none", "-t", "5000"]
        dictionary = self.built.path("fuzz", target + ".dict")
        args += ["-x", dictionary] if os.path.isfile(dictionary) else []
        began = time.monotonic()
        run_logged([*args, "--", self.built.path("fuzz", target)], os.path.join(place, "log"), env=env,
                   timeout=seconds + HANGS)
        took = time.monotonic() - began
        out = os.path.join(place, "out", "default")
        if "at least one valid input seed that does not crash" in tail(os.path.join(place, "log"), 400):
            return {"seconds": took, "by": "the octet it starts from"}
        if not os.path.isfile(os.path.join(out, "fuzzer_stats")):
            raise RuntimeError("afl-fuzz did not run: %s" % tail(os.path.join(place, "log"), 3))
        found = [n for kind in ("crashes", "hangs") for n in os.listdir(os.path.join(out, kind)) if n.startswith("id:")]
        return {"seconds": took if found else None, "by": found[0][:60] if found else ""}


def engine_of(name, args):
    if name == "tests":
        return Tests(args)
    return (Afl if name.startswith("afl") else LibFuzzer)(name, args)


def load():
    try:
        with open(RESULTS, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError):
        return {}


KEEPING = threading.Lock()
STOPPED = threading.Event()  # Ctrl-C: what the engines under way then say is not kept


def key_of(engine, bug, runs):
    return hashlib.sha256((engine.key(runs) + bug.text()).encode()).hexdigest()


def is_known(engine, bug, result):
    return bool(result) and result["key"] == key_of(engine, bug, result["runs"])


def median_of(runs):
    """The median time to a find; None when most runs found nothing."""
    times = sorted((r["seconds"] if r["seconds"] is not None else float("inf")) for r in runs)
    median = statistics.median_low(times)
    return None if median == float("inf") else median


def cell(runs):
    if runs is None:
        return "?"
    found = sum(r["seconds"] is not None for r in runs)
    if found == 0:
        return "missed"
    median = median_of(runs)
    text = "%.1f s" % (median if median is not None else min(r["seconds"] for r in runs if r["seconds"] is not None))
    return text if found == len(runs) else "%s (%d of %d)" % (text, found, len(runs))


def show(bugs, engines, results):
    rows = []
    for bug in bugs:
        runs = [results.get("%s/%s" % (name, bug.name), {}).get("runs") for name in engines]
        by = next((r["by"] for some in runs if some for r in some if r["seconds"] is not None), "")
        rows.append([bug.name, bug.cls, bug.origin.split(",")[0], *map(cell, runs), by])
    say("")
    for line in table(["bug", "class", "origin", *engines, "first found by"], rows):
        say(line)
    say("")
    for name in engines:
        done = [results[k]["runs"] for k in ("%s/%s" % (name, b.name) for b in bugs) if k in results]
        found = [runs for runs in done if any(r["seconds"] is not None for r in runs)]
        if done:
            times = [m for m in map(median_of, found) if m is not None]
            say("ci/power: %-18s found %d of %d (%d %%)%s" % (
                name, len(found), len(done), 100 * len(found) // len(done),
                ", median time to a find %.1f s" % statistics.median(times) if times else ""))
    for plain, mutator in COMPARED:
        compare(plain, mutator, bugs, results)


def all_times(name, bugs, results):
    """The median time of each bug; infinite where it was missed."""
    medians = [median_of(results["%s/%s" % (name, bug.name)]["runs"]) for bug in bugs]
    return [float("inf") if m is None else m for m in medians]


def compare(plain, mutator, bugs, results):
    """What the mutator is worth, over the bugs that both were measured on; a miss counts as longer than any find."""
    both = [b for b in bugs if all("%s/%s" % (name, b.name) in results for name in (plain, mutator))]
    if not both:
        return
    times = [all_times(name, both, results) for name in (plain, mutator)]
    found = [sum(t != float("inf") for t in some) for some in times]
    ends = [statistics.median_low(some) for some in times]
    pairs = [(a, b) for a, b in zip(*times) if max(a, b) != float("inf")]
    text = "more than a run takes" if ends[0] == float("inf") else "%.1f s" % ends[0]
    say("ci/power: %s against %s, over %s: %d and %d found by most seeds; half of the bugs found after %s and %s%s" % (
        mutator, plain, plural(len(both), "bug"), found[1], found[0],
        "more than a run takes" if ends[1] == float("inf") else "%.1f s" % ends[1], text,
        "; %d found by both, median of the ratios of time %.1f" % (
            len(pairs), statistics.median(a / b for a, b in pairs)) if pairs else ""))
    spent = [processor_seconds(name, both, results) for name in (plain, mutator)]
    if all(spent):
        say("ci/power: processor time for all of these runs together: %s %.0f s, %s %.0f s; for each bug found %.1f s and "
            "%.1f s" % (mutator, spent[1], plain, spent[0], spent[1] / max(found[1], 1), spent[0] / max(found[0], 1)))


def processor_seconds(name, bugs, results):
    """What was spent on all runs, those that found nothing too; None where it is not known."""
    runs = [r for bug in bugs for r in results["%s/%s" % (name, bug.name)]["runs"]]
    return sum(r["cpu"] for r in runs) if all("cpu" in r for r in runs) else None


class NoBug:
    """What is measured first: a target that fails without a bug would find every one."""

    def __init__(self, message):
        self.message = message

    def text(self):
        return "clean " + self.message


def keep(results, place, key, runs):
    time.sleep(0.3)  # Ctrl-C ends engines too, and perhaps before it is known here
    with KEEPING:
        if STOPPED.is_set():
            raise RuntimeError("stopped")
        results[place] = {"key": key, "runs": runs}
        write_json(RESULTS, results)


def find_nothing_without_a_bug(wanted, engines, results, pool):
    def look(name, message):
        clean = NoBug(message)
        runs = engines[name].measure_without(message)
        found = [r["by"] for r in runs if r["seconds"] is not None]
        if found:
            raise RuntimeError("fuzz_%s fails without any bug under %s (%s): mend that first" % (message, name, found[0]))
        keep(results, "%s/clean %s" % (name, message), key_of(engines[name], clean, runs), runs)
        say("ci/power: fuzz_%s finds nothing without a bug under %s" % (message, name))

    unknown = [(name, message) for name, message in dict.fromkeys(wanted)
               if not is_known(engines[name], NoBug(message), results.get("%s/clean %s" % (name, message)))]
    for done in [pool.submit(look, name, message) for name, message in unknown]:
        done.result()


def measure(bugs, names, args):
    """Measures what is not known yet; returns all results. The engines look for one bug at the same time."""
    results = load()
    tree = Tree()
    engines = {name: engine_of(name, args) for name in names}
    left = {bug: [name for name in names if not is_known(engines[name], bug, results.get("%s/%s" % (name, bug.name)))]
            for bug in bugs}
    total = sum(map(len, left.values()))
    numbers = itertools.count(1)
    say("ci/power: %s to make, %d known" % (plural(total, "measurement"), len(bugs) * len(names) - total))

    def look(bug, name):
        runs = engines[name].measure(bug)
        keep(results, "%s/%s" % (name, bug.name), key_of(engines[name], bug, runs), runs)
        say("ci/power: %3d of %d  %-36s %-18s %s" % (next(numbers), total, bug.name, name, cell(runs)))

    tree.plant()
    if any("tests" in some for some in left.values()):
        say("ci/power: running the tests without a bug, under %s" % ", ".join(TESTS))
        clean = engines["tests"].measure(None)
        if clean[0]["seconds"] is not None:
            raise RuntimeError("a test fails without any bug (%s), so that nothing can be measured" % clean[0]["by"])
    signal.signal(signal.SIGINT, stop)
    with concurrent.futures.ThreadPoolExecutor(args.workers) as pool:
        try:
            fuzzed = [(name, bug.message) for bug in bugs for name in left[bug] if name != "tests"]
            find_nothing_without_a_bug(fuzzed, engines, results, pool)
            for bug in bugs:
                if left[bug]:
                    tree.plant(bug)
                for done in [pool.submit(look, bug, name) for name in left[bug]]:
                    done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    tree.plant()
    return results


def stop(*_):
    STOPPED.set()
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="ci/power", description=HELP, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("bugs", nargs="*", metavar="BUG", help="measure only these (default: all)")
    parser.add_argument("--list", action="store_true", help="list the bugs and stop")
    parser.add_argument("--check", action="store_true", help="say whether all bugs still apply and stop")
    parser.add_argument("--show", action="store_true", help="print the table of what was measured and stop")
    parser.add_argument("--engine", action="append", choices=list(ENGINES), metavar="ENGINE",
                        help="measure only this one; may be repeated: " + "; ".join("%s: %s" % e for e in ENGINES.items()))
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="how long a fuzzer may look (default 60)")
    parser.add_argument("--again", type=int, default=20, metavar="N",
                        help="how long, with another seed, after it found nothing (default 20)")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="fuzzer runs for each bug (default 3)")
    parser.add_argument("--jobs", type=int, default=cores(), metavar="N", help="compiler processes (default: one per core)")
    parser.add_argument("--workers", type=int, default=min(2, cores()), metavar="N",
                        help="how many engines look for a bug at the same time (default 2)")
    parser.add_argument("--all-found", action="store_true", help="fail when an engine missed a bug")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.bugs and (args.check or args.list):
        die("ci/power: --check and --list are about all bugs", USAGE)
    if args.check:
        bugs, wrong = check()
        for line in wrong:
            say(line)
        say("ci/power: %d of %s apply" % (len(bugs) - len(wrong) if bugs else 0, plural(len(bugs), "bug")))
        return FINDING if wrong else CLEAN
    if min(args.seconds, args.again, args.seeds, args.jobs, args.workers) < 1:
        die("ci/power: --seconds, --again, --seeds, --jobs and --workers take positive numbers", USAGE)
    try:
        bugs = planted()
    except Broken as error:
        die("ci/power: %s" % error)
    if args.list:
        for line in table(["bug", "class", "message", "origin", "what"],
                          [[b.name, b.cls, b.message, b.origin, b.what] for b in bugs]):
            say(line)
        return CLEAN
    for name in args.bugs:
        if name not in [b.name for b in bugs]:
            die("ci/power: no bug '%s'; ci/power --list shows them" % name, USAGE)
    bugs = [b for b in bugs if not args.bugs or b.name in args.bugs]
    engines = [name for name in ENGINES if not args.engine or name in args.engine]
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN
    if not args.show:
        os.makedirs(POWER, exist_ok=True)
        lock = open(os.path.join(POWER, "lock"), "w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            die("ci/power: another run is at work in build/power")
        open(LOG, "wb").close()
    try:
        results = load() if args.show else measure(bugs, engines, args)
    except (Broken, RuntimeError) as error:
        die("ci/power: %s (all of it: %s)" % (error, os.path.relpath(LOG, ROOT)))
    show(bugs, engines, results)
    if args.json:
        write_json(args.json, results)
    missed = [n for n in engines for b in bugs
              if not any(r["seconds"] is not None for r in results.get("%s/%s" % (n, b.name), {}).get("runs", []))]
    return FINDING if args.all_found and missed else CLEAN


if __name__ == "__main__":
    run("ci/power", main)
