"""ci/power: plants one known kind of bug at a time, and measures which engine finds it, and how soon."""

import argparse
import collections
import concurrent.futures
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

import afl
from common import BUILD, CLEAN, FINDING, ROOT, USAGE, check_writable, cores, die, only_parse, plural, read_json, run, say
from common import alone, die_with_us, table, tail, write_json
from planted import Broken, check, planted

HELP = """Plants the bugs of tests/power/bugs.txt, one at a time, into a copy of the parsers under build/power, and asks
each engine whether it notices. The tests of tests/ run under gcc first and then under the sanitizers until one fails;
a fuzzer starts from an empty corpus and runs until its first finding. Plain or with the mutator, it runs the same
properties: those of the input that it made. The properties that take the input for decisions, and build messages with
generators of our own, are left to the engine 'suite', which is what ci/fuzz runs. Every measurement is kept in
build/power/results.json as soon as it is made, and is made again only when the bug, the parsers, the tests, the grammar,
how they are compiled, or the settings change; comments do not count. Ctrl-C loses nothing but the measurements under
way. The first run of the engine 'tests' takes about ten minutes on two cores before it measures anything: all tests are
built three times, under AddressSanitizer and MemorySanitizer too, and run without a bug. To try one bug,
'--engine libfuzzer-mutator BUG' is the quick way: one target is built, in less than a minute."""

EPILOG = """exit status: 0 measured, or --check: all bugs apply; 1 an engine that was asked to find all missed one
(--all-found), or --check: a bug does not apply; 2 usage; 3 could not run, 130 stopped with Ctrl-C"""

POWER = os.path.join(BUILD, "power")
TREE = os.path.join(POWER, "tree")
RESULTS = os.path.join(POWER, "results.json")
LOG = os.path.join(POWER, "power.log")
HANGS = 900  # seconds after which a program counts as one that hangs: much longer than any takes on a busy machine
SOON = 10    # seconds after which the first test waits for test_linear, which counts steps
TESTS = ("dev", "asan-ubsan", "msan")
LARGEST = 1 << 20  # octets of an input, for all fuzzers: AFL++ takes no more
ENGINES = {
    "tests": "the unit and property tests: gcc, then AddressSanitizer and UBSan, then MemorySanitizer",
    "libfuzzer": "libFuzzer, its own mutations of bytes",
    "libfuzzer-mutator": "libFuzzer with the mutator of fuzz/grammar",
    "afl": "AFL++, its own mutations of bytes and what CMPLOG tells it, AddressSanitizer",
    "afl-mutator": "AFL++ with the mutator of fuzz/grammar beside them",
    "suite": "as libfuzzer-mutator, with the properties that build messages too",
}
COMPARED = [("libfuzzer", "libfuzzer-mutator"), ("afl", "afl-mutator")]


def preset_flags(name):
    """The cache variables of a preset, so that there is no second list of compilers and flags."""
    with open(os.path.join(ROOT, "CMakePresets.json"), encoding="utf-8") as f:
        presets = {p["name"]: p for p in json.load(f)["configurePresets"]}
    preset = presets[name]
    inherited = preset_flags(preset["inherits"]) if "inherits" in preset else {}
    return {**inherited, **preset.get("cacheVariables", {})}


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


KEEPING = threading.RLock()  # which Ctrl-C takes too, in whatever the main thread is at
STOPPED = threading.Event()  # Ctrl-C: what the engines under way then say is not kept
CHILDREN = set()  # processes under way


class Stopped(RuntimeError):
    """Nothing is begun after Ctrl-C."""

    def __init__(self):
        super().__init__("stopped")


def measured(args, log, cwd=ROOT, env=None, timeout=None):
    """Runs a command with all its output in the file `log`, and ends it where a run is stopped. Returns its status, the
    seconds that passed, and those that the processor spent on it and on what it waited for."""
    with open(log, "ab") as f:
        f.write(("$ " + " ".join(args) + "\n").encode())
        f.flush()
        began = time.monotonic()
        with KEEPING:
            if STOPPED.is_set():
                raise Stopped
            try:
                process = subprocess.Popen([*die_with_us(), *args], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=f, stderr=f,
                                           start_new_session=True)
            except OSError as error:
                f.write(("could not be run: %s\n" % error).encode())
                return 127, 0.0, 0.0
            CHILDREN.add(process)
        alarm = threading.Timer(timeout, end, [process]) if timeout else None
        if alarm:
            alarm.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            if alarm:
                alarm.cancel()
            with KEEPING:
                CHILDREN.discard(process)
        process.returncode = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - began
    if STOPPED.is_set():
        raise Stopped
    return process.returncode, took, usage.ru_utime + usage.ru_stime


def status_of(args, log, **options):
    return measured(args, log, **options)[0]


def end(process):
    """Kills a process and those that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def stop(*_):
    """Ctrl-C. The fuzzers have sessions of their own, which a terminal does not reach."""
    if not STOPPED.is_set():
        STOPPED.set()
        say("ci/power: stopping")
    with KEEPING:
        for process in CHILDREN:
            end(process)
    raise KeyboardInterrupt


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
        self.preset, self.jobs, self.set = preset, args.jobs, env or {}
        self.env = dict(os.environ, **self.set)
        self.place = os.path.join(POWER, "-".join([preset, *(k.lower() for k in options if options[k] == "ON")]))
        self.flags = preset_flags(preset)
        self.flags.update(CAUTH_ORACLES="OFF", CAUTH_WERROR="OFF", **options)
        self.configured = False

    def build(self, targets):
        with self.LOCKS[self.place]:
            if not self.configured:
                say("ci/power: building in %s, once for all bugs" % os.path.relpath(self.place, ROOT))
                args = ["cmake", "-G", "Ninja", "-S", TREE, "-B", self.place]
                if status_of(args + ["-D%s=%s" % item for item in self.flags.items()], LOG, env=self.env) != 0:
                    raise RuntimeError("%s could not be configured" % self.preset)
                self.configured = True
            args = ["cmake", "--build", self.place, "-j", str(self.jobs), "--target", *targets]
            if status_of(args, LOG, env=self.env) != 0:
                raise RuntimeError("%s does not build" % self.preset)

    def path(self, *names):
        return os.path.join(self.place, *names)

    def how(self):
        """All that decides how it is compiled."""
        return repr((sorted(self.flags.items()), sorted(self.set.items())))


def environment(**more):
    return dict(os.environ, UBSAN_OPTIONS="print_stacktrace=1", ASAN_OPTIONS="quarantine_size_mb=16", **more)


def runs_clean(args, cwd, most=HANGS):
    """Runs a test for so many seconds at most; returns (whether it passed, seconds)."""
    status, took, _ = measured(args, LOG, cwd=cwd, env=environment(), timeout=most)
    return status == 0, took


# What every program that is measured here is made from.
BUILT_FROM = ["CMakeLists.txt", "parsers", "tests/CMakeLists.txt", "tests/props", "fuzz/CMakeLists.txt", "fuzz/grammar",
              "fuzz/engines"]


def code_of(*more):
    headers = ["tests/" + n for n in sorted(os.listdir(os.path.join(ROOT, "tests"))) if n.endswith(".h")]
    return digest_of([*BUILT_FROM, *headers, *more])


class Tests:
    """The project's own tests. Those of the message that the bug is about come first: a find ends the run. Work that is not
    linear keeps them for long: they are ended then, and come again behind test_linear."""

    def __init__(self, args):
        self.args = args
        self.builds = [Build(preset, args) for preset in TESTS]
        self.names = sorted(n[:-2] for n in os.listdir(os.path.join(ROOT, "tests")) if re.fullmatch(r"test_\w+\.c", n))
        self.names = [n for n in self.names if n not in ("test_compare", "test_props") and not n.startswith(("test_oracle_", "test_openssl_"))]
        self.shared = code_of("tests/vectors", "corpus") + "".join(build.how() for build in self.builds)

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
            own = [("test_props", bug.message)] if bug else []
            steps = [*own, ("test_linear",), *((name,) for name in self.names if name != "test_linear"), ("test_props",)]
            most, built = SOON if own else HANGS, False
            while steps:
                step = steps.pop(0)
                if not built and step not in own:
                    build.build([*self.names, "test_props"])
                    built = True
                clean, took = runs_clean([build.path("tests", step[0]), *step[1:]], build.place, most)
                spent += took
                if not clean and most == SOON <= took:
                    steps.insert(1, step)
                elif not clean:
                    return [{"seconds": spent, "by": "%s: %s" % (build.preset, " ".join(step))}]
                most = HANGS
        return [{"seconds": None, "by": ""}]


class LibFuzzer:
    """A fuzz target from an empty corpus: the longest run first, and shorter ones once it has found nothing."""

    def __init__(self, name, args):
        self.name, self.args = name, args
        self.choices = "on" if name == "suite" else "off"
        mutator = "OFF" if name == "libfuzzer" else "ON"
        self.built = Build("libfuzzer", args, CAUTH_MUTATOR=mutator)
        self.shared = code_of("fuzz/dict") + self.built.how()

    def key(self, _):
        """The code, how it is compiled, how the fuzzer is called, and how often."""
        called = " ".join(self.command("fuzz_", os.path.join(POWER, "runs"), self.args.seconds, 1)).replace(POWER, "")
        return "%s %s %s %s %d %d" % (self.shared, self.name, self.choices, called, self.args.again, self.args.seeds)

    def command(self, target, place, seconds, seed):
        args = [self.built.path("fuzz", target), os.path.join(place, "corpus"), "-max_total_time=%d" % seconds,
                "-seed=%d" % seed, "-artifact_prefix=%s/" % place, "-timeout=10", "-rss_limit_mb=2048", "-verbosity=1",
                "-max_len=%d" % LARGEST]
        dictionary = self.built.path("fuzz", target + ".dict")
        return args + (["-dict=" + dictionary] if os.path.isfile(dictionary) else [])

    def once(self, target, seconds, seed):
        place = os.path.join(POWER, "runs", "%s-%s-%d" % (target, self.name, seed))
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(os.path.join(place, "corpus"))
        log = os.path.join(place, "log")
        status, took, spent = measured(self.command(target, place, seconds, seed), log,
                                       env=environment(CAUTH_CHOICES=self.choices), timeout=seconds + HANGS)
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
    """AFL++ on the same target as ci/fuzz runs it, from one octet: it takes no empty corpus."""

    def __init__(self, name, args):
        self.name, self.args, self.choices = name, args, "off"
        self.built = Build("afl", args, {"AFL_USE_ASAN": "1"}, CAUTH_MUTATOR="OFF")
        self.cmplog = Build("afl-cmplog", args)
        self.library = Build("dev", args) if name == "afl-mutator" else None
        self.shared = code_of("fuzz/dict") + self.built.how() + self.cmplog.how()

    def build_more(self, target):
        self.cmplog.build([target])
        if self.library:
            self.library.build(["cauth-mutator"])

    def measure(self, bug):
        self.build_more("fuzz_" + bug.message)
        return super().measure(bug)

    def measure_without(self, message):
        self.build_more("fuzz_" + message)
        return super().measure_without(message)

    def command(self, target, place, seconds, seed):
        return afl.command(self.built.path("fuzz", target), place, seconds, seed, self.cmplog.path("fuzz", target))

    def once(self, target, seconds, seed):
        place = os.path.join(POWER, "runs", "%s-%s-%d" % (target, self.name, seed))
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(os.path.join(place, "in"))
        with open(os.path.join(place, "in", "octet"), "wb") as f:
            f.write(b"\0")
        library = self.library.path("fuzz", "libcauth-mutator.so") if self.library else None
        env = dict(afl.environment(target[len("fuzz_"):], library), AFL_BENCH_UNTIL_CRASH="1", CAUTH_CHOICES=self.choices,
                   CAUTH_AFL=place)
        log = os.path.join(place, "log")
        try:
            _, took, _ = measured(self.command(target, place, seconds, seed), log, env=env, timeout=seconds + HANGS)
        finally:
            afl.end_leftovers(place)
        out = os.path.join(place, "out", "default")
        if "at least one valid input seed that does not crash" in tail(log, 400):
            return {"seconds": took, "by": "the octet it starts from"}
        if not os.path.isfile(os.path.join(out, "fuzzer_stats")):
            raise RuntimeError("afl-fuzz did not run: %s" % tail(log, 3))
        found = [n for kind in ("crashes", "hangs") for n in os.listdir(os.path.join(out, kind)) if n.startswith("id:")]
        return {"seconds": took if found else None, "by": found[0][:60] if found else ""}


def engine_of(name, args):
    if name == "tests":
        return Tests(args)
    return (Afl if name.startswith("afl") else LibFuzzer)(name, args)


def key_of(engine, bug, runs):
    return hashlib.sha256((engine.key(runs) + bug.text()).encode()).hexdigest()


def is_known(engine, bug, result):
    return bool(result) and result["key"] == key_of(engine, bug, result["runs"])


def median_of(runs):
    """The median time to a find, of an even number the later one; None unless most runs found it."""
    times = sorted((r["seconds"] if r["seconds"] is not None else float("inf")) for r in runs)
    median = statistics.median_high(times)
    return None if median == float("inf") else median


def cell(runs, current=True):
    if runs is None:
        return "?"
    found = sum(r["seconds"] is not None for r in runs)
    if found == 0:
        text = "missed"
    else:
        median = median_of(runs)
        text = "%.1f s" % (median if median is not None else min(r["seconds"] for r in runs if r["seconds"] is not None))
        text = text if found == len(runs) else "%s (%d of %d)" % (text, found, len(runs))
    return text if current else text + " *"


def show(bugs, engines, results):
    """The table of all that was measured; what is said of it as a whole counts what still holds."""
    holds = {place: results[place]["runs"] for name, engine in engines.items() for bug in bugs
             for place in ["%s/%s" % (name, bug.name)] if is_known(engine, bug, results.get(place))}
    rows, old = [], 0
    for bug in bugs:
        places = ["%s/%s" % (name, bug.name) for name in engines]
        runs = [results.get(place, {}).get("runs") for place in places]
        old += sum(some is not None and place not in holds for place, some in zip(places, runs))
        by = next((r["by"] for some in runs if some for r in some if r["seconds"] is not None), "")
        cells = [cell(some, place in holds) for place, some in zip(places, runs)]
        rows.append([bug.name, bug.cls, bug.origin.split(",")[0], *cells, by])
    say("")
    for line in table(["bug", "class", "origin", *engines, "first found by"], rows):
        say(line)
    say("")
    if old:
        say("ci/power: * %s of other code or settings, not counted below" % plural(old, "measurement"))
    for name in engines:
        done = [holds[k] for k in ("%s/%s" % (name, b.name) for b in bugs) if k in holds]
        found = [runs for runs in done if any(r["seconds"] is not None for r in runs)]
        if done:
            times = [m for m in map(median_of, found) if m is not None]
            say("ci/power: %-18s found %d of %d (%d %%)%s" % (
                name, len(found), len(done), 100 * len(found) // len(done),
                ", median time to a find %.1f s" % statistics.median(times) if times else ""))
    for plain, mutator in COMPARED:
        compare(plain, mutator, bugs, holds)


def all_times(name, bugs, holds):
    """The median time of each bug; infinite where it was missed."""
    medians = [median_of(holds["%s/%s" % (name, bug.name)]) for bug in bugs]
    return [float("inf") if m is None else m for m in medians]


def compare(plain, mutator, bugs, holds):
    """What the mutator is worth, over the bugs that both were measured on; a miss counts as longer than any find."""
    both = [b for b in bugs if all("%s/%s" % (name, b.name) in holds for name in (plain, mutator))]
    if not both:
        return
    times = [all_times(name, both, holds) for name in (plain, mutator)]
    found = [sum(t != float("inf") for t in some) for some in times]
    ends = [statistics.median_low(some) for some in times]
    pairs = [(a, b) for a, b in zip(*times) if max(a, b) != float("inf")]
    text = "more than a run takes" if ends[0] == float("inf") else "%.1f s" % ends[0]
    say("ci/power: %s against %s, over %s: %d and %d found by most seeds; half of the bugs found after %s and %s%s" % (
        mutator, plain, plural(len(both), "bug"), found[1], found[0],
        "more than a run takes" if ends[1] == float("inf") else "%.1f s" % ends[1], text,
        "; %d found by both, median of the ratios of time %.1f" % (
            len(pairs), statistics.median(a / b for a, b in pairs)) if pairs else ""))
    spent = [processor_seconds(name, both, holds) for name in (plain, mutator)]
    if all(spent):
        each = ["%.1f s" % (s / f) if f else "none found" for s, f in zip(spent, found)]
        say("ci/power: processor time for all of these runs together: %s %.0f s, %s %.0f s; for each bug found %s and %s" % (
            mutator, spent[1], plain, spent[0], each[1], each[0]))


def processor_seconds(name, bugs, holds):
    """What was spent on all runs, those that found nothing too; None where it is not known."""
    runs = [r for bug in bugs for r in holds["%s/%s" % (name, bug.name)]]
    return sum(r["cpu"] for r in runs) if all("cpu" in r for r in runs) else None


class NoBug:
    """What is measured first: a target that fails without a bug would find every one."""

    def __init__(self, message):
        self.message = message

    def text(self):
        return "clean " + self.message


def keep(results, place, key, runs):
    with KEEPING:
        if STOPPED.is_set():
            raise Stopped
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


def measure(bugs, engines, args):
    """Measures what is not known yet; returns all results. The engines look for one bug at the same time."""
    results = read_json(RESULTS)
    tree = Tree()
    left = {bug: [name for name in engines if not is_known(engines[name], bug, results.get("%s/%s" % (name, bug.name)))]
            for bug in bugs}
    total = sum(map(len, left.values()))
    numbers = itertools.count(1)
    say("ci/power: %s to make, %d known" % (plural(total, "measurement"), len(bugs) * len(engines) - total))

    def look(bug, name):
        runs = engines[name].measure(bug)
        keep(results, "%s/%s" % (name, bug.name), key_of(engines[name], bug, runs), runs)
        say("ci/power: %3d of %d  %-36s %-18s %s" % (next(numbers), total, bug.name, name, cell(runs)))

    signal.signal(signal.SIGINT, stop)
    tree.plant()
    if any("tests" in some for some in left.values()):
        say("ci/power: running the tests without a bug, under %s" % ", ".join(TESTS))
        clean = engines["tests"].measure(None)
        if clean[0]["seconds"] is not None:
            raise RuntimeError("a test fails without any bug (%s), so that nothing can be measured" % clean[0]["by"])
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


OF_MEASURING = ("engine", "seconds", "again", "seeds", "jobs", "workers", "all_found", "json")


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
    if args.check + args.list + args.show > 1:
        die("ci/power: --check, --list and --show are each for itself", USAGE)
    if args.check or args.list or args.show:
        # What is shown is marked by the settings that a measurement depends on, which these two are not among.
        not_for = ("jobs", "workers") if args.show else OF_MEASURING
        asked, does = ("--show", "measures") if args.show else ("--check and --list", "measure")
        given = parser.parse_args(namespace=argparse.Namespace(**dict.fromkeys(OF_MEASURING)))  # without the defaults
        for name in not_for:
            if getattr(given, name) is not None:
                die("ci/power: %s %s nothing: --%s does nothing there" % (asked, does, name.replace("_", "-")), USAGE)
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
    names = [name for name in ENGINES if not args.engine or name in args.engine]
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN
    if not args.show:
        _lock = alone(os.path.join(POWER, "lock"), "ci/power")
        open(LOG, "wb").close()
    try:
        engines = {name: engine_of(name, args) for name in names}
        results = read_json(RESULTS) if args.show else measure(bugs, engines, args)
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
