"""Tests of ci/power, run by ci/test: what a kept measurement depends on, what is shown of it, and how a run is stopped."""

import argparse
import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import planted  # noqa: E402
import power  # noqa: E402
from common import ROOT  # noqa: E402

ARGS = dict(seconds=60, again=20, seeds=3, jobs=1, workers=1)


def engine(name, **more):
    return power.engine_of(name, argparse.Namespace(**{**ARGS, **more}))


class Keys(unittest.TestCase):
    """In a copy of what is hashed."""

    def setUp(self):
        self.place = tempfile.mkdtemp(prefix="cauth-power-")
        self.addCleanup(shutil.rmtree, self.place)
        for name in ("CMakeLists.txt", "CMakePresets.json"):
            shutil.copy(os.path.join(ROOT, name), self.place)
        for name in ("parsers", "tests", "fuzz"):
            shutil.copytree(os.path.join(ROOT, name), os.path.join(self.place, name))
        os.makedirs(os.path.join(self.place, "corpus"))
        self.addCleanup(setattr, power, "ROOT", power.ROOT)
        power.ROOT = self.place

    def keys(self, **more):
        return {name: engine(name, **more).key([]) for name in power.ENGINES}

    def changed(self, path, old, new):
        """The engines whose key is another once a file is changed."""
        path = os.path.join(self.place, path)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        self.assertIn(old, text)
        before = self.keys()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new))
        after = self.keys()
        return {name for name in before if before[name] != after[name]}

    def test_code_that_all_are_made_from(self):
        for path, old, new in (("fuzz/grammar/tree.c", ";", "; ;"), ("CMakeLists.txt", "C_STANDARD 11", "C_STANDARD 17"),
                               ("fuzz/CMakeLists.txt", "(", " ("), ("tests/CMakeLists.txt", "(", " ("),
                               ("tests/expect.h", "#define", "#  define"), ("parsers/src/reader.h", ";", "; ;")):
            self.assertEqual(self.changed(path, old, new), set(power.ENGINES), path)

    def test_flags(self):
        self.assertEqual(self.changed("CMakePresets.json", "fuzzer-no-link,address", "fuzzer-no-link,address,leak"),
                         {"libfuzzer", "libfuzzer-mutator", "suite"})
        self.assertEqual(self.changed("CMakePresets.json", "env;AFL_LLVM_CMPLOG=1", "env;A=1"), {"afl", "afl-mutator"})

    def test_comments_and_documents_do_not_count(self):
        self.assertEqual(self.changed("parsers/src/reader.h", "/*", "/* and"), set())
        self.assertEqual(self.changed("tests/power/README.md", "bugs", "faults"), set())

    def test_settings(self):
        for more in ({"seconds": 5}, {"again": 5}, {"seeds": 1}):
            before, after = self.keys(), self.keys(**more)
            self.assertEqual({name for name in before if before[name] != after[name]}, set(power.ENGINES) - {"tests"})

    def test_engines_differ(self):
        self.assertEqual(len(set(self.keys().values())), len(power.ENGINES))


class Shown(unittest.TestCase):
    def setUp(self):
        self.bugs = planted.planted()[:2]
        self.engines = {name: engine(name) for name in ("afl", "afl-mutator", "libfuzzer")}
        self.results = {}
        for name, of in self.engines.items():
            for bug in self.bugs:
                runs = [{"seconds": 2.0, "by": "x", "cpu": 3.0} if name == "afl-mutator" else
                        {"seconds": None, "by": "", "cpu": 60.0}] * 3
                self.results["%s/%s" % (name, bug.name)] = {"key": power.key_of(of, bug, runs), "runs": runs}

    def said(self, *names):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            power.show(self.bugs, {name: self.engines[name] for name in names}, self.results)
        return out.getvalue()

    def test_only_what_was_asked_for_is_compared(self):
        self.results["libfuzzer-mutator/" + self.bugs[0].name] = self.results["libfuzzer/" + self.bugs[0].name]
        said = self.said("afl", "afl-mutator")
        self.assertIn("afl-mutator against afl, over 2 bugs: 2 and 0 found", said)
        self.assertNotIn("libfuzzer", said)
        self.assertIn("for each bug found 9.0 s and none found", said)
        self.assertNotIn("against", self.said("afl"))

    def test_half_of_the_seeds_is_not_most(self):
        seconds = lambda *times: [{"seconds": t} for t in times]  # noqa: E731
        self.assertIsNone(power.median_of(seconds(2.0, None)))
        self.assertIsNone(power.median_of(seconds(2.0, 3.0, None, None)))
        self.assertEqual(power.median_of(seconds(2.0, 3.0, 4.0, None)), 4.0)
        self.assertEqual(power.median_of(seconds(2.0, None, 1.0)), 2.0)
        self.assertEqual(power.cell(seconds(2.0, None)), "2.0 s (1 of 2)")
        name = "afl-mutator/" + self.bugs[0].name
        runs = self.results[name]["runs"][:1] + [{"seconds": None, "by": "", "cpu": 60.0}]
        self.results[name] = {"key": power.key_of(self.engines["afl-mutator"], self.bugs[0], runs), "runs": runs}
        self.assertIn("afl-mutator against afl, over 2 bugs: 1 and 0 found by most seeds", self.said("afl", "afl-mutator"))

    def test_one_question_at_a_time(self):
        program = os.path.join(ROOT, "ci", "lib", "power.py")
        for args in (["--check", "--show"], ["--list", "--check"], ["--show", "--list"], ["--check", "a-bug"],
                     ["--check", "--engine", "tests"], ["--check", "--seeds", "3"], ["--list", "--seconds", "60"],
                     ["--list", "--json", os.path.join(tempfile.gettempdir(), "none")], ["--list", "--all-found"],
                     ["--show", "--jobs", "3"], ["--show", "--workers", "7"], ["--show", "--jobs", "3", "--workers", "7"]):
            done = subprocess.run([sys.executable, "-B", program, *args], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), args)

    def test_what_no_longer_holds_is_marked_and_not_counted(self):
        self.assertNotIn("*", self.said("afl", "afl-mutator"))
        self.results["afl-mutator/" + self.bugs[0].name]["key"] = "another"
        said = self.said("afl", "afl-mutator")
        lines = {line.split()[0]: line for line in said.splitlines() if line}
        self.assertIn("2.0 s *", lines[self.bugs[0].name])
        self.assertNotIn("*", lines[self.bugs[1].name])
        self.assertIn("* 1 measurement of other code or settings, not counted below", said)
        self.assertIn("afl-mutator        found 1 of 1 ", said)
        self.assertIn("over 1 bug:", said)


class Order(unittest.TestCase):
    """Of the tests, which are played here."""

    def steps_of(self, takes, fails):
        """What is run, for how long at most, when tests take so many seconds and some of them fail; and what was measured."""
        steps = []

        def runs_clean(args, cwd, most=power.HANGS):
            name = os.path.basename(" ".join(args))
            steps.append((name, most))
            took = min(takes.get(name, 1), most)
            return took < most and name not in fails, took

        self.addCleanup(setattr, power, "runs_clean", power.runs_clean)
        power.runs_clean = runs_clean
        tests = engine("tests")
        tests.builds = [argparse.Namespace(preset="gcc", place="", build=lambda targets: None, path=os.path.join)]
        return steps, tests.measure(argparse.Namespace(message="x509"))

    def test_the_first_find_ends_it(self):
        steps, runs = self.steps_of({}, {"test_props x509"})
        self.assertEqual(steps, [("test_props x509", power.SOON)])
        self.assertEqual(runs, [{"seconds": 1, "by": "gcc: test_props x509"}])

    def test_what_is_slow_waits_for_test_linear(self):
        steps, runs = self.steps_of({"test_props x509": 5000}, {"test_linear"})
        self.assertEqual(steps, [("test_props x509", power.SOON), ("test_linear", power.HANGS)])
        self.assertEqual(runs, [{"seconds": power.SOON + 1, "by": "gcc: test_linear"}])

    def test_and_is_run_whole_then(self):
        steps, runs = self.steps_of({"test_props x509": 500}, {"test_props x509"})
        self.assertEqual(steps, [("test_props x509", power.SOON), ("test_linear", power.HANGS), ("test_props x509", power.HANGS)])
        self.assertEqual(runs, [{"seconds": power.SOON + 501, "by": "gcc: test_props x509"}])

    def test_all_are_run_once_where_nothing_is_found(self):
        steps, runs = self.steps_of({}, {})
        self.assertEqual(len({name for name, _ in steps}), len(steps))
        self.assertEqual(runs, [{"seconds": None, "by": ""}])
        self.assertEqual(steps[-1], ("test_props", power.HANGS))


class Stop(unittest.TestCase):
    def test_nothing_is_begun_and_what_runs_is_ended(self):
        """In a process of its own: Ctrl-C ends it."""
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        program = """
import sys
sys.path.insert(0, %r)
import argparse, os, signal, threading, power
class Fuzzer(power.LibFuzzer):
    begun = 0
    def once(self, target, seconds, seed):
        type(self).begun += 1
        print("begun", flush=True)
        power.measured(["sh", "-c", "sleep 600 & wait"], os.devnull)
        return {"seconds": 1.0, "by": ""}
    def __init__(self):
        self.args = argparse.Namespace(**%r)
        self.built = argparse.Namespace(build=lambda targets: None)
def work():
    try:
        Fuzzer().measure(argparse.Namespace(message="x509"))
    except power.Stopped:
        print("stopped after", Fuzzer.begun, flush=True)
    done.set()
done = threading.Event()
signal.signal(signal.SIGINT, power.stop)
threading.Thread(target=work).start()
try:
    done.wait()
except KeyboardInterrupt:
    done.wait()
try:
    power.measured(["touch", %r], os.devnull)
except power.Stopped:
    pass
""" % (os.path.join(ROOT, "ci", "lib"), ARGS, os.path.join(place.name, "begun"))
        began = subprocess.Popen([sys.executable, "-B", "-c", program], stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.assertEqual(began.stdout.readline(), "begun\n")
        children = self.sleepers(began.pid, 2)
        began.send_signal(signal.SIGINT)
        left = [pid for pid in children if not self.is_gone(pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(left, [])
        self.assertEqual(began.communicate()[0], "ci/power: stopping\nstopped after 1\n")
        self.assertEqual(os.listdir(place.name), [])

    @staticmethod
    def sleepers(parent, count):
        """The processes below another, once there are so many."""
        while True:
            below, more = [], [parent]
            for pid in more:
                try:
                    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="utf-8") as f:
                        found = list(map(int, f.read().split()))
                    for thread in os.listdir("/proc/%d/task" % pid):
                        with open("/proc/%d/task/%s/children" % (pid, thread), encoding="utf-8") as f:
                            found += [n for n in map(int, f.read().split()) if n not in found]
                except OSError:
                    continue
                below += found
                more += found
            if len(below) >= count:
                return below
            time.sleep(0.05)

    @staticmethod
    def is_gone(pid):
        """Within a minute, that is: somebody else takes away what was killed."""
        for _ in range(600):
            try:
                with open("/proc/%d/stat" % pid, encoding="utf-8") as f:
                    if f.read().rpartition(")")[2].split()[0] == "Z":
                        return True
            except OSError:
                return True
            time.sleep(0.1)
        return False


if __name__ == "__main__":
    unittest.main()
