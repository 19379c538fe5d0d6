"""Tests of campaigns and findings, run by ci/test: a target with planted faults, a kill in the middle, a resumption."""

import argparse
import contextlib
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine  # noqa: E402
import findings  # noqa: E402
from common import ROOT  # noqa: E402

ASAN = """==77==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x50200000%04x at pc 0x55%06x bp 0x7 sp 0x8
WRITE of size %d at 0x50200000%04x thread T0
    #0 0x55aa in __asan_memcpy (/x/y+0x%x)
    #1 0x55bb in parse_names /x/names.c:%d:9
    #2 0x55cc in parse /x/parse.c:%d:1
    #3 0x55dd in LLVMFuzzerTestOneInput /x/target.c:9:5
    #4 0x55ee in fuzzer::Fuzzer::ExecuteCallback(unsigned char const*, unsigned long) (/x+0x1)

SUMMARY: AddressSanitizer: heap-buffer-overflow /x/names.c:%d:9 in parse_names
"""


class Sizes(unittest.TestCase):
    def test_some_are_large(self):
        run = engine.Run.__new__(engine.Run)
        run.target, run.seeds, run.corpus, run.findings, run.seconds, run.goes_on = "none", "none", "c", "f", 1, False
        commands = [run.command(seed, ["-max_len=9"])[0] for seed in range(16)]
        self.assertEqual(sum("-max_len=1048576" in args for args in commands), 4)
        self.assertTrue(all([a for a in args if "-max_len" in a][-1] == "-max_len=9" for args in commands))  # what is asked for


class Signatures(unittest.TestCase):
    def test_one_fault_has_one_signature(self):
        names = {findings.signature(ASAN % (n, n, n, n, n, n, n, n)) for n in (1, 4, 77, 4000)}
        self.assertEqual(names, {"heap-buffer-overflow in parse_names < parse"})

    def test_other_faults_have_others(self):
        text = ASAN % (1, 1, 1, 1, 1, 1, 1, 1)
        self.assertNotEqual(findings.signature(text), findings.signature(text.replace("parse_names", "parse_list")))
        self.assertNotEqual(findings.signature(text), findings.signature(text.replace("heap-buffer", "stack-buffer")))

    def test_frames_that_say_nothing_are_passed_over(self):
        self.assertIn("main", findings.PASSED_OVER)
        for names, further in ((findings.PASSED_OVER, True), (findings.ALL_PASSED_OVER, False)):
            self.assertGreater(len(names), 9)
            for name in names:
                text = "".join("    #%d 0x%d in %s /x/y.c:1:1\n" % (n, n, frame)
                               for n, frame in enumerate((name, name + "_x", "x" + name)))
                self.assertEqual(findings.frames(text), [name + "_x"] * further + ["x" + name])

    def test_properties_say_their_own(self):
        said = ("cauth: broken: place_named of name_tls12 (strict): rdn, instead, is flagged with DN-11, but: %s\n"
                "cauth: signature: broken: place_named of name_tls12 (strict): rdn, instead, is flagged with DN-11\n"
                "==77== ERROR: libFuzzer: deadly signal\n")
        names = {findings.signature(said % but) for but in ("accept with 31 0C", "accept:DN-12,DN-13 with 31 00")}
        self.assertEqual(names, {"broken: place_named of name_tls12 (strict): rdn, instead, is flagged with DN-11"})
        self.assertEqual(findings.of_decisions(names.pop()).groupdict(),
                         {"property": "place_named", "message": "name_tls12", "profile": "strict"})
        self.assertIsNone(findings.of_decisions("broken: roundtrip of name_tls12 (strict): the view cannot be written"))
        self.assertIsNone(findings.of_decisions("heap-buffer-overflow in place_named"))

    def test_divergences_without_flags(self):
        said = "cauth: finding: openssl certreq_tls12 they-reject alert 50 for 'too long' where flagged %s"
        names = {findings.signature(said % flags) for flags in ("DN-13", "DN-13,DN-16", "nothing")}
        self.assertEqual(names, {"openssl certreq_tls12 they-reject alert 50 for 'too long'"})

    def test_undefined_behaviour(self):
        said = "/x/a.c:%d:7: runtime error: shift exponent %d is too large\n    #0 0x1 in f /x/a.c:1:7\n    #1 0x2 in g /x/a.c:2:2\n"
        self.assertEqual({findings.signature(said % pair) for pair in ((1, 40), (1, 99))},
                         {"shift exponent N is too large in f < g"})

    def test_a_sign_belongs_to_its_number(self):
        # The rows of an_end_has_a_signature (tests/test_reduce.c).
        said = "/x/a.c:7:7: runtime error: %s\n    #0 0x1 in f /x/a.c:1:7\n"
        for text, name in (("left shift of negative value -128", "left shift of negative value N"),
                           ("index -7 out of bounds for type 'int [-3]'", "index N out of bounds for type 'int [N]'"),
                           ("-1.5 is outside the range of type 'unsigned int'", "N.N is outside the range of type 'unsigned int'"),
                           ("f(-13) - 1 = -0x1f of utf-8, x-9, 3-4, --5, -x, -", "f(N) - N = N of utf-8, x-9, 3-4, --5, -x, -"),
                           ("0x1f and 71 of 0x1F", "N and N of N"), ("x2, 0x, 32-bit, uint32_t", "x2, 0x, 32-bit, uint32_t")):
            self.assertEqual(findings.signature(said % text), name + " in f")

    def test_reduction_keeps_what_matters(self):
        content = bytes(range(256)) * 4
        smaller = findings.reduced(content, lambda c: c.count(b"\x07") >= 1 and b"\xfe\xff" in c, 4000)
        self.assertEqual(len(smaller), 3)
        self.assertEqual(findings.reduced(content, lambda c: True, 0), content)  # tries are bounded

    # Stands in for cauth-reduce: offers one octet less as long as it is told yes, and never more than it is asked for.
    ASKS = ("import sys\ndata = open(sys.argv[1], 'rb').read()\nwhile data:\n"
            "    open(sys.argv[2], 'wb').write(data[:-1])\n    print('?', flush=True)\n    answer = sys.stdin.readline().strip()\n"
            "    if answer != 'y':\n        break\n    data = data[:-1]\n"
            "open(sys.argv[2], 'wb').write(data)\nprint('=' + answer)\n")

    def test_reduction_along_the_grammar_asks(self):
        with tempfile.TemporaryDirectory() as place:
            path, trial = os.path.join(place, "input"), os.path.join(place, "trial")
            with open(path, "wb") as f:
                f.write(b"0123456789")
            command = [sys.executable, "-c", self.ASKS]
            self.assertEqual(findings.reduced_along_grammar(command, path, trial, lambda c: b"4" in c, 100), b"01234")
            self.assertEqual(findings.reduced_along_grammar(command, path, trial, lambda c: True, 3), b"0123456")
            with self.assertRaises(OSError):
                findings.reduced_along_grammar([sys.executable, "-c", "raise SystemExit(3)"], path, trial, lambda c: True, 9)


class Keeping(unittest.TestCase):
    """Nothing that was found is lost, whatever ends the program or the reducer."""

    def setUp(self):
        self.place = tempfile.mkdtemp(prefix="cauth-store-")
        self.addCleanup(shutil.rmtree, self.place)
        self.target = os.path.join(self.place, "target")
        with open(self.target, "w", encoding="utf-8") as f:  # fails on what holds an x, as libFuzzer's targets say it
            f.write("#!/bin/sh\ngrep -q x \"$3\" || exit 0\necho 'cauth: signature: broken: planted of x' >&2\nexit 77\n")
        os.chmod(self.target, 0o755)
        self.artifact = os.path.join(self.place, "findings", "target", "crash-" + "0" * 40)
        os.makedirs(os.path.dirname(self.artifact))
        with open(self.artifact, "wb") as f:
            f.write(b"aaaaxaaa")

    def store(self, reducer=lambda target: None):
        return findings.Store(self.place, lambda target: self.target, reducer)

    def test_a_kill_before_the_list_is_written(self):
        store = self.store()
        store.save = lambda: (_ for _ in ()).throw(KeyboardInterrupt)  # as good as kill -9 at this line
        with self.assertRaises(KeyboardInterrupt):
            store.take("target", self.artifact, "cauth: signature: broken: planted of x")
        again = self.store()
        self.assertEqual(again.rows, {})
        self.assertEqual(again.retry({"target"}), [])
        self.assertEqual([row["signature"] for row in self.store().rows.values()], ["broken: planted of x"])
        self.assertFalse(os.path.exists(self.artifact))

    def run_of(self, job):
        """A run under an engine that has come to its end, and met the input."""
        text = "cauth: signature: broken: planted of x"
        return argparse.Namespace(
            job=job, target="target", pipe=None, began=0.0, stopped=False, executions=1, rate=1, edges=1, features=1, inputs=1,
            new=0, loading=0.0, log="none", read=lambda: False, look=lambda: None, status=lambda: "",
            finish=lambda: [(self.artifact, text, None)])

    def assert_found_by(self, job, rows):
        import fuzz
        self.assertEqual([row.get("job") for row in rows], [job])
        self.assertEqual([row.get("job") for row in self.store().rows.values()], [job])  # on disk
        self.assertEqual(fuzz.counts_of(rows, {"target", "target@afl"}), {job: 1})

    def test_who_found_it_is_kept(self):
        for job in ("target@afl", "target"):
            with open(self.artifact, "wb") as f:
                f.write(b"aaaaxaaa")
            store = self.store()
            row, _ = store.take("target", self.artifact, "cauth: signature: broken: planted of x", lambda row: None, job=job)
            self.assert_found_by(job, [row])
            store.rows.clear()
            store.save()

    def test_a_run_says_who_found_it(self):
        import fuzz
        selector = argparse.Namespace(register=lambda pipe, events, run: selector.__dict__.update(run=run),
                                      unregister=lambda pipe: None,
                                      select=lambda timeout: [(argparse.Namespace(data=selector.run), None)])
        args = argparse.Namespace(seed=1, jobs=1, seconds=1, libfuzzer=[])
        with unittest.mock.patch.object(fuzz, "begin", lambda name, *_: self.run_of(name)), \
                unittest.mock.patch.object(fuzz.selectors, "DefaultSelector", lambda: selector), \
                contextlib.redirect_stdout(io.StringIO()):
            _, rows, _, _ = fuzz.fuzz(["target@afl"], {"target": ""}, args, self.store())
        self.assert_found_by("target@afl", rows)

    def test_a_campaign_says_who_found_it(self):
        import campaign
        args = argparse.Namespace(minutes=1, jobs=1, seed=1, interval=9, disk=64, libfuzzer=[])
        store = self.store()
        c = campaign.Campaign(["target", "target@afl"], {}, args, store)
        run = self.run_of("target@afl")
        c.running.append(run)
        c.selector = argparse.Namespace(unregister=lambda pipe: None)
        c.bound = lambda run: None
        with unittest.mock.patch.object(campaign, "STATE", os.path.join(self.place, "campaign.json")), \
                contextlib.redirect_stdout(io.StringIO()):
            c.end(run)
        c.reducing.shutdown()
        self.assert_found_by("target@afl", list(store.rows.values()))

    def test_a_damaged_list_is_said(self):
        with open(os.path.join(self.place, "findings.json"), "w", encoding="utf-8") as f:
            f.write("[{")
        with self.assertRaises(SystemExit) as end:
            self.store()
        self.assertEqual(end.exception.code, 3)
        with open(os.path.join(self.place, "findings.json"), encoding="utf-8") as f:
            self.assertEqual(f.read(), "[{")

    def test_a_reducer_that_dies(self):
        for dies in ("raise SystemExit(3)", "print('?', flush=True)\nimport os\nos.close(0)\nos._exit(3)"):
            store = self.store(lambda target, dies=dies: [sys.executable, "-c", dies])
            with open(self.artifact, "wb") as f:
                f.write(b"aaaaxaaa")
            store.rows.clear()
            row, new = store.take("target", self.artifact, "cauth: signature: broken: planted of x")
            self.assertTrue(new)
            with open(store.best(row), "rb") as f:
                self.assertEqual(f.read(), b"x")


    # Stands in for cauth-reduce --fault: keeps the x, and says what it was asked for, and what broke.
    REDUCES = ("import sys\nargs = sys.argv[1:]\nopen(args[-1], 'w').write('x')\n"
               "open(args[args.index('--built') + 1], 'w').write(' '.join(args[:5] + args[7:8]))\n"
               "print('cauth: signature: broken: %s of name_tls12 (interop): it')\n")

    def decisions(self, reduces):
        """Takes the finding of a property of decisions; the row, and the store."""
        with open(self.target, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\nexit 77\n")
        store = self.store(lambda target: [self.reducer, "name_tls12"])
        self.reducer = os.path.join(self.place, "reducer")
        with open(self.reducer, "w", encoding="utf-8") as f:
            f.write("#!%s\n%s" % (sys.executable, reduces))
        os.chmod(self.reducer, 0o755)
        row, _ = store.take("target", self.artifact, "cauth: signature: broken: place_named of name_tls12 (interop): it")
        return row, store

    def test_decisions_are_reduced_by_their_property(self):
        row, store = self.decisions(self.REDUCES % "place_named")
        with open(store.best(row), "rb") as f:
            self.assertEqual(f.read(), b"x")
        with open(os.path.join(self.place, row["message"]), encoding="utf-8") as f:
            self.assertEqual(f.read(), "--fault --property place_named --profile interop name_tls12")
        self.assertEqual(store.command(row), [self.target, store.best(row)])  # no cauth-replay lies beside it
        replay = os.path.join(self.place, "cauth-replay")
        open(replay, "wb").close()
        self.assertEqual(store.command(row), [replay, "--message", "name_tls12", "--property", "place_named", "--profile",
                                              "interop", store.best(row)])
        with open(self.target, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\nexit 0\n")
        self.assertEqual(len(store.retry({"target"})), 1)
        self.assertEqual({name.split("-")[0] for name in os.listdir(os.path.join(self.place, "fixed", "target"))},
                         {"crash", "reduced", "message", "log"})

    def test_decisions_of_another_fault_are_not_kept(self):
        for reduces in (self.REDUCES % "breaker_named", "raise SystemExit(3)"):
            with open(self.artifact, "wb") as f:
                f.write(b"aaaaxaaa")
            row, store = self.decisions(reduces)
            self.assertIsNone(row["reduced"])
            self.assertNotIn("message", row)
            self.assertEqual({name.split("-")[0] for name in os.listdir(os.path.dirname(store.best(row)))}, {"crash", "log"})
            store.rows.clear()
            store.save()


class Turns(unittest.TestCase):
    def interval(self, minutes, jobs, targets, given=None):
        import campaign  # not at the top: the tests below put other things into engine first
        args = argparse.Namespace(minutes=minutes, jobs=jobs, seed=1, interval=given)
        return campaign.Campaign(["t%d" % n for n in range(targets)], {}, args, None).interval()

    def test_every_target_gets_two(self):
        self.assertEqual(self.interval(minutes=480, jobs=2, targets=80), 60)
        self.assertEqual(self.interval(minutes=60, jobs=1, targets=80), 22)
        self.assertEqual(self.interval(minutes=1, jobs=1, targets=80), 10)
        self.assertEqual(self.interval(minutes=1, jobs=1, targets=80, given=3), 3)

    def test_what_had_no_turn_is_said_in_the_end(self):
        import campaign
        import fuzz
        self.addCleanup(setattr, campaign, "STATE", campaign.STATE)
        with tempfile.TemporaryDirectory() as place:
            campaign.STATE = os.path.join(place, "campaign.json")
            args = argparse.Namespace(minutes=1, jobs=2, seed=5, interval=9, disk=64, libfuzzer=[], json=None, resume=False)
            c = campaign.Campaign(["one", "two", "three"], {}, args, argparse.Namespace(rows={}))
            for turns, said in (([0, 2, 0], True), ([1, 2, 1], False)):
                for target, times in zip(c.targets.values(), turns):
                    target.turns = times
                c.save(done=True)
                out = io.StringIO()
                with contextlib.redirect_stdout(out):
                    fuzz.report(args, None, False, [], [], [], None, campaign.without_turn())
                self.assertEqual("ci/fuzz: 2 of 3 targets had no turn: more --minutes, or name targets\n" in out.getvalue(), said)
                self.assertIn("ci/fuzz: no finding", out.getvalue())

    def test_what_had_no_turn_yet_is_said_of_one_that_was_stopped(self):
        import campaign
        import fuzz
        self.addCleanup(setattr, campaign, "STATE", campaign.STATE)
        with tempfile.TemporaryDirectory() as place:
            campaign.STATE = os.path.join(place, "campaign.json")
            args = argparse.Namespace(minutes=1, jobs=2, seed=5, interval=9, disk=64, libfuzzer=[], resume=False, seconds=None,
                                      json=os.path.join(place, "table.json"))
            c = campaign.Campaign(["one", "two", "three"], {}, args, argparse.Namespace(rows={}))
            c.targets["two"].turns = 1
            c.save(done=False)
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                status = fuzz.report(args, None, True, [], [], c.all_targets(), None, campaign.without_turn())
            self.assertEqual(status, 130)
            self.assertIn("ci/fuzz: 2 of 3 targets had no turn yet\n", out.getvalue())
            with open(args.json, encoding="utf-8") as f:
                self.assertEqual(json.load(f)["without_turn"], ["one", "three"])

    def test_a_target_of_two_engines_is_one(self):
        import campaign
        self.addCleanup(setattr, campaign, "STATE", campaign.STATE)
        with tempfile.TemporaryDirectory() as place:
            campaign.STATE = os.path.join(place, "campaign.json")
            args = argparse.Namespace(minutes=1, jobs=2, seed=5, interval=9, disk=64, libfuzzer=[])
            c = campaign.Campaign(["one", "one@afl", "two", "two@afl"], {}, args, argparse.Namespace(rows={}))
            self.assertEqual(c.all_targets(), ["one", "two"])
            for turns, idle in ((dict(one=1), ["two"]), ({"two@afl": 1}, [])):
                for name, times in turns.items():
                    c.targets[name].turns = times
                c.save(done=True)
                self.assertEqual(campaign.without_turn(), (idle, 2))
            c.targets["two@afl"].turns = 0
            c.save()  # stopped
            self.assertEqual(campaign.without_turn(), (["two"], 2))

    def test_what_is_left_is_counted_by_target(self):
        import campaign
        self.addCleanup(setattr, campaign, "STATE", campaign.STATE)
        self.addCleanup(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT))
        self.addCleanup(setattr, campaign.Campaign, "loop", campaign.Campaign.loop)
        with tempfile.TemporaryDirectory() as place:
            campaign.STATE = os.path.join(place, "campaign.json")
            args = argparse.Namespace(minutes=1, jobs=2, seed=5, interval=9, disk=64, libfuzzer=[])
            screen = argparse.Namespace(clear=lambda: None)
            for stops, left in ((True, ["one", "two"]), (False, [])):
                campaign.Campaign.loop = lambda c, _, stops=stops: c.interrupt() if stops else None
                with contextlib.redirect_stdout(io.StringIO()):
                    said = campaign.run(["one", "one@afl", "two@afl"], {}, args, argparse.Namespace(rows={}), screen)
                self.assertEqual((said[0], said[3]), (stops, left))

    def test_the_last_line_has_the_average(self):
        import campaign
        args = argparse.Namespace(minutes=1, jobs=2, seed=5, interval=9, disk=64, libfuzzer=[])
        c = campaign.Campaign(["one", "two"], {}, args, argparse.Namespace(rows={}))
        c.spent = 20.0
        c.targets["one"].executions, c.targets["two"].executions = 9000, 1000
        self.assertIn("  500 execs/s  ", c.line())
        c.running = [argparse.Namespace(rate=0, job="one"), argparse.Namespace(rate=70, job="two")]
        c.rates = {"one": 5}
        self.assertIn("  75 execs/s  ", c.line())

    def test_the_average_of_a_part_is_that_of_the_whole(self):
        import campaign
        args = argparse.Namespace(minutes=1, jobs=1, seed=5, interval=9, disk=64, libfuzzer=[])
        c = campaign.Campaign(["one"], {}, args, argparse.Namespace(rows={}))
        two = vars(campaign.Target(dict(executions=1000, seconds=10.0, loading=5.0)))
        c.resume({"spent": 20.0, "seed": 5, "workers_time": 20.0, "minutes": 1, "targets": {"two": two}})
        c.targets["one"].executions, c.targets["one"].seconds = 9000, 10.0
        self.assertIn("  500 execs/s  ", c.line())
        self.assertTrue(c.cost().startswith("75.0% of the time was fuzzing, 25.0% the reading of corpora, 0.0%"), c.cost())

    def test_resuming_a_part_keeps_the_rest(self):
        import campaign
        before = campaign.STATE
        self.addCleanup(setattr, campaign, "STATE", before)
        with tempfile.TemporaryDirectory() as place:
            campaign.STATE = os.path.join(place, "campaign.json")
            args = argparse.Namespace(minutes=3, jobs=2, seed=5, interval=9, disk=64, libfuzzer=["-max_len=9"])
            whole = campaign.Campaign(["one", "two"], {}, args, None)
            whole.targets["two"].executions = 77
            whole.save()
            saved = campaign.unfinished()
            self.assertEqual(saved["options"], {"jobs": 2, "interval": 9, "disk": 64, "libfuzzer": ["-max_len=9"]})
            part = campaign.Campaign(["one"], {}, args, None)
            part.resume(saved)
            part.save()
            saved = campaign.unfinished()
            self.assertEqual(sorted(saved["names"]), ["one", "two"])
            self.assertEqual(saved["targets"]["two"]["executions"], 77)


class Data(unittest.TestCase):
    """What --json writes is what was said."""

    def report(self, place, rows, table, failed=None, **options):
        import fuzz
        store = findings.Store(place, lambda target: "none")
        path = os.path.join(place, "table.json")
        args = argparse.Namespace(**{"minutes": None, "seconds": 7, "seed": 5, "json": path, "resume": False, **options})
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            fuzz.report(args, failed, False, [[job, 0, 0, 0, 0] for job in table], rows, [], store, ([], 0))
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        said = out.getvalue()
        self.assertEqual(said.count("finding: "), len(data["findings"]))
        if data["findings"]:
            self.assertIn("ci/fuzz: %d finding" % len(data["findings"]), said)
        return data

    def row(self, target, **more):
        return {"target": target, "signature": "s", "file": "findings/t/crash-1", "reduced": None, "times": 1, **more}

    def test_the_replay_is_a_finding(self):
        with tempfile.TemporaryDirectory() as place:
            failed = ("corpus replay: properties", "build/fuzz/logs/replay.log", "cauth-replay ended with status 1", "again")
            data = self.report(place, [self.row("one")], ["one"], failed)
            self.assertEqual(data["findings"][0], {
                "target": "corpus replay: properties", "file": "build/fuzz/logs/replay.log",
                "signature": "cauth-replay ended with status 1", "reduced": None, "times": 1, "no_input": True})
            self.assertEqual([row["target"] for row in data["findings"]], ["corpus replay: properties", "one"])

    def test_all_paths_begin_at_the_root(self):
        with tempfile.TemporaryDirectory() as place:
            home = os.path.relpath(place, ROOT)
            rows = [self.row("one", reduced="findings/t/reduced-1", message="findings/t/message-1"), self.row("two")]
            one, two = self.report(place, rows, ["one", "two"])["findings"]
            self.assertEqual((one["file"], one["reduced"], one["message"]),
                             (home + "/findings/t/reduced-1", home + "/findings/t/reduced-1", home + "/findings/t/message-1"))
            self.assertEqual((two["file"], two["reduced"]), (home + "/findings/t/crash-1", None))

    def test_a_campaign_has_minutes_and_its_own_seed(self):
        import fuzz
        with tempfile.TemporaryDirectory() as place:
            data = self.report(place, [], [])
            self.assertEqual((data["seconds"], data["minutes"]), (7, None))
            args = argparse.Namespace(minutes=None, seconds=None, jobs=None, interval=None, disk=None, libfuzzer=None, seed=9)
            fuzz.take_up(args, {"options": {"jobs": 3}}, {"minutes": 480, "seed": 71})
            self.assertEqual((args.minutes, args.seed, args.jobs), (480, 71, 3))
            data = self.report(place, [], [], **vars(args))
            self.assertEqual((data["seconds"], data["minutes"], data["seed"]), (None, 480, 71))

    def test_a_finding_counts_once(self):
        with tempfile.TemporaryDirectory() as place:
            rows = [self.row("one", job="one"), self.row("one", job="one@afl"), self.row("one", job="one@afl"), self.row("one"),
                    self.row("two", job="two")]
            for jobs, counts in ((["one", "one@afl", "two@afl"], [2, 2, 1]), (["one@afl"], [4]), (["one"], [4])):
                data = self.report(place, rows[:5 if len(jobs) > 1 else 4], jobs)
                self.assertEqual([row["findings"] for row in data["targets"]], counts)


class Usage(unittest.TestCase):
    def status(self, *args):
        return subprocess.run([sys.executable, os.path.join(ROOT, "ci", "lib", "fuzz.py"), *args], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, env=dict(os.environ, CAUTH_ONLY_PARSE="yes"), check=False).returncode

    def test_no_option_is_ignored(self):
        for args in (["--engine", "afl", "--libfuzzer=-max_len=7"], ["--seconds", "5", "--minutes", "1"], ["--interval", "5"],
                     ["--disk", "5"], ["--libfuzzer", "nonsense"], ["--libfuzzer=-help"], ["--seconds", "0"], ["fuzz_nothing"]):
            self.assertEqual(self.status(*args), 2, args)
        for args in (["--engine", "both", "--libfuzzer=-max_len=7"], ["--minutes", "1", "--interval", "5", "--disk", "5"],
                     ["--seconds", "5", "fuzz_x509"], ["--resume", "--interval", "5"]):
            self.assertEqual(self.status(*args), 0, args)


def planted(compiler, path):
    source = os.path.join(ROOT, "tests", "campaign", "planted.c")
    subprocess.run([compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-g", "-fsanitize=fuzzer", "-fsanitize=address",
                    source, "-o", path], check=True, stdout=subprocess.DEVNULL)


class Away(unittest.TestCase):
    """The campaign runs in a process of its own, on targets of its own, so that it can be killed."""

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.mkdtemp(prefix="cauth-campaign-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place)

    def start(self, *args):
        return subprocess.Popen([sys.executable, os.path.abspath(__file__), "--campaign", self.place, *args],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def state(self):
        try:
            with open(os.path.join(self.place, "campaign.json"), encoding="utf-8") as f:
                return json.load(f)
        except OSError:
            return {"targets": {}, "spent": 0}

    def rows(self):
        """The findings that have been reduced."""
        try:
            with open(os.path.join(self.place, "findings.json"), encoding="utf-8") as f:
                return [row for row in json.load(f) if row["reduced"]]
        except OSError:
            return []

    def turns(self):
        return sum(t["turns"] for t in self.state()["targets"].values())

    def fuzzers(self, stopped=False):
        """How many processes run that have to do with the targets; those that AFL++ leaves stopped when it is killed go when
        the target is next run."""
        found = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/cmdline" % pid, "rb") as f:
                    ours = self.place.encode() in f.read()
                with open("/proc/%s/stat" % pid, encoding="utf-8") as f:
                    state = f.read().rpartition(")")[2].split()[0]
                found += ours and (stopped or state != "T")
            except OSError:
                pass
        return found

    def kill_after(self, turns, *args):
        """A campaign, killed when it has done so many turns."""
        first = self.start(*args)
        until = time.monotonic() + 300
        while self.turns() < turns and time.monotonic() < until and first.poll() is None:
            time.sleep(0.2)
        self.assertIsNone(first.poll(), "the campaign ended by itself")
        first.send_signal(signal.SIGKILL)
        first.communicate()
        while self.fuzzers() and time.monotonic() < until:  # the system ends them; it takes a moment
            time.sleep(0.1)
        self.assertEqual(self.fuzzers(), 0, "fuzzers outlive the campaign")
        return until


class Campaign(Away):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("planted", "planted_too"):
            planted("clang-19", os.path.join(cls.place, name))

    def test_kill_and_resume(self):
        until = self.kill_after(6)
        killed = self.state()
        self.assertFalse(killed["done"])
        inputs = {name: set(os.listdir(os.path.join(self.place, "corpus", name))) for name in killed["targets"]}

        second = self.start("--resume")
        while (len(self.rows()) < 4 or self.state()["spent"] <= killed["spent"] + 2) and time.monotonic() < until:
            self.assertIsNone(second.poll(), "the campaign ended by itself")
            time.sleep(0.2)
        second.send_signal(signal.SIGINT)
        said, _ = second.communicate(timeout=300)
        self.assertEqual(second.returncode, 0, said)
        resumed = self.state()
        self.assertFalse(resumed["done"])
        self.assertGreater(resumed["spent"], killed["spent"])
        for name, before in killed["targets"].items():
            after = resumed["targets"][name]
            self.assertGreaterEqual(after["turns"], before["turns"])
            self.assertGreaterEqual(after["executions"], before["executions"])
            self.assertEqual(after["history"][:len(before["history"])], before["history"])
            self.assertLessEqual(inputs[name], set(os.listdir(os.path.join(self.place, "corpus", name))))

        # Each fault of each target once, however often it was met; reduced, and the command for it fails.
        rows = self.rows()
        self.assertEqual(sorted((r["target"], r["signature"]) for r in rows), sorted(
            (target, signature) for target in ("planted", "planted_too")
            for signature in ("heap-buffer-overflow in overflow",
                              "broken: planted of nothing (strict): CR-12-02 at N of N")))
        for row in rows:
            self.assertEqual(row["job"], row["target"])
            path = os.path.join(self.place, row["reduced"])
            self.assertEqual(os.path.getsize(path), 4)
            again = subprocess.run([os.path.join(self.place, row["target"]), path], capture_output=True, check=False)
            self.assertEqual(findings.signature(again.stderr.decode(errors="replace")), row["signature"])
            kept = os.listdir(os.path.dirname(path))
            self.assertEqual([name for name in kept if findings.RAW.fullmatch(name) or name.startswith("trial-")], [])
        turns = [t["turns"] for t in resumed["targets"].values()]
        self.assertGreaterEqual(5 * min(turns) + 2, max(turns), "the turns are not shared")

    def test_flags_that_libfuzzer_does_not_know(self):
        import fuzz
        target = os.path.join(self.place, "planted")
        self.assertEqual(fuzz.unknown_flags(target, ["-max_len=9", "-foo=1", "-timeout=400", "-max_lens=9"]),
                         ["-foo=1", "-max_lens=9"])
        said = subprocess.run([target, "-foo=1", "-runs=0"], capture_output=True, text=True, check=False)
        self.assertEqual((said.returncode, "unrecognized flag '-foo=1'" in said.stderr), (0, True))  # hence the asking

    def test_targets_that_do_not_start_are_said(self):
        for name in ("no_start", "no_start_either"):
            with open(os.path.join(self.place, name), "w", encoding="utf-8") as f:
                f.write("#!/bin/sh\necho cannot start >&2\nexit 5\n")
            os.chmod(os.path.join(self.place, name), 0o755)
        said, _ = self.start("no_start", "no_start_either").communicate(timeout=300)
        self.assertEqual(said.count("ended without an input"), 6, said)
        for name in ("no_start", "no_start_either"):
            self.assertIn("left over: %s: exit status 5" % name, said)
        self.assertEqual(len(self.state()["without_input"]), 2)


class AflPlusPlus(Away):
    """The same under AFL++, which needs afl-fuzz, and under both engines in turns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        planted("clang-19", os.path.join(cls.place, "planted"))
        planted("afl-clang-fast", os.path.join(cls.place, "planted-afl-asan"))

    def test_both_share_what_they_find(self):
        until = self.kill_after(1, "planted@afl")
        rows = [r for r in self.rows() if r["target"] == "planted"]
        corpus = os.path.join(self.place, "corpus", "planted")
        before = set(os.listdir(corpus))
        self.assertTrue(before or rows, "a turn of AFL++ has brought nothing home")
        killed = self.state()["targets"]["planted@afl"]["executions"]

        def goes_on():
            """Whether both engines have had a turn since."""
            done = {name: t["executions"] for name, t in self.state()["targets"].items()}
            return done.get("planted", 0) > 0 and done.get("planted@afl", 0) > killed

        second = self.start("--resume", "planted@afl", "planted")
        while not (goes_on() and len(self.rows()) == 2) and time.monotonic() < until:
            self.assertIsNone(second.poll(), "the campaign ended by itself")
            time.sleep(0.2)
        second.send_signal(signal.SIGINT)
        said, _ = second.communicate(timeout=300)
        self.assertEqual(second.returncode, 0, said)
        while self.fuzzers(stopped=True) and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual(self.fuzzers(stopped=True), 0, "processes of AFL++ outlive a campaign that was stopped")
        self.assertTrue(goes_on(), said)
        self.assertLessEqual(before, set(os.listdir(corpus)))
        for name in os.listdir(corpus):
            with open(os.path.join(corpus, name), "rb") as f:
                self.assertEqual(hashlib.sha1(f.read()).hexdigest(), name)
        self.assertEqual(sorted(r["signature"] for r in self.rows()), [
            "broken: planted of nothing (strict): CR-12-02 at N of N", "heap-buffer-overflow in overflow"])

    def test_both_faults_by_afl_alone(self):
        for kind in ("findings", "corpus", "afl"):
            shutil.rmtree(os.path.join(self.place, kind), ignore_errors=True)
        for name in ("findings.json", "campaign.json"):
            if os.path.exists(os.path.join(self.place, name)):
                os.remove(os.path.join(self.place, name))
        alone = self.start("planted@afl")
        until = time.monotonic() + 300
        while len(self.rows()) < 2 and time.monotonic() < until:
            self.assertIsNone(alone.poll(), "the campaign ended by itself")
            time.sleep(0.2)
        alone.send_signal(signal.SIGINT)
        said, _ = alone.communicate(timeout=300)
        self.assertEqual(sorted(r["signature"] for r in self.rows()), [
            "broken: planted of nothing (strict): CR-12-02 at N of N", "heap-buffer-overflow in overflow"], said)
        for row in self.rows():
            self.assertEqual(os.path.getsize(os.path.join(self.place, row["reduced"])), 4)


class ComingHome(unittest.TestCase):
    """What a run of AFL++ brings to the shared corpus, and how it takes what it finds there; afl-fuzz is not needed."""

    def setUp(self):
        self.place = tempfile.mkdtemp(prefix="cauth-afl-")
        self.addCleanup(shutil.rmtree, self.place)
        from afl import Afl  # not at the top: the tests above put other things into engine first
        self.run = Afl.__new__(Afl)
        self.run.target, self.run.seeds = "planted", "none"
        for name in ("corpus", "findings", "home"):
            setattr(self.run, name, os.path.join(self.place, name))
            os.makedirs(os.path.join(self.place, name))
        self.run.out_of = os.path.join(self.place, "home", "out", "default")

    def write(self, folder, name, content):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "wb") as f:
            f.write(content)

    def test_what_is_new_comes_home_once(self):
        queue, crashes = (os.path.join(self.run.out_of, kind) for kind in ("queue", "crashes"))
        self.write(queue, "id:000000,time:0,execs:0,orig:seed", b"given")
        self.write(queue, "id:000001,src:000000,time:5,execs:9,op:havoc,rep:2", b"new")
        self.write(queue, "id:000002,src:000001,time:6,execs:10,op:havoc,rep:2", b"new")
        self.write(crashes, "id:000000,sig:06,src:000000,time:7,execs:11,op:havoc,rep:2", b"bad")
        self.write(crashes, "README.txt", b"words")
        self.run.bring_home()
        self.run.bring_home()
        self.assertEqual(os.listdir(self.run.corpus), [hashlib.sha1(b"new").hexdigest()])
        self.assertEqual(os.listdir(self.run.findings), ["crash-" + hashlib.sha1(b"bad").hexdigest()])
        self.assertTrue(findings.RAW.fullmatch(os.listdir(self.run.findings)[0]))

    def test_seeds_are_given_and_one_that_fails_is_a_finding(self):
        self.write(self.run.corpus, "seed", b"fails")
        self.run.give_seeds()
        self.assertEqual(os.listdir(os.path.join(self.run.home, "in")), ["seed"])
        self.run.take("\x1b[0mTest case 'id:000000,time:0,execs:0,orig:seed' results in a crash, skipping")
        self.assertEqual(os.listdir(self.run.findings), ["crash-" + hashlib.sha1(b"fails").hexdigest()])

    def test_no_empty_folder_is_given(self):
        self.run.give_seeds()
        self.assertEqual(os.listdir(os.path.join(self.run.home, "in")), ["octet"])


def campaign_of(place, resume, names):
    """What the tests above kill: a campaign with turns of one second."""
    engine.FUZZ = place
    engine.CORPUS = os.path.join(place, "no seeds")
    engine.binary = lambda target, preset="": os.path.join(place, "-".join(filter(None, [target, preset])))
    import afl  # takes from engine what was put there
    import campaign
    afl.MUTATOR = ""

    class Args:
        minutes, seed, jobs, interval, disk, libfuzzer = 10, 7, 2, 1, 64, []

    class Silent:
        def show_lines(self, plain, more, interval):
            pass

        def clear(self):
            pass

    store = findings.Store(place, engine.binary)
    store.retry({*map(engine.target_of, names)})
    saved = campaign.unfinished() if resume else None
    _, _, without_input, _ = campaign.run(names, {engine.target_of(name): "" for name in names}, Args, store, Silent(), saved)
    for row in without_input:
        print("left over: %s: %s" % (row["target"], row["signature"]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--campaign"]:
        campaign_of(sys.argv[2], "--resume" in sys.argv,
                    [a for a in sys.argv[3:] if a != "--resume"] or ["planted", "planted_too"])
    else:
        unittest.main()
