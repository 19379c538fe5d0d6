"""Tests of campaigns and findings, run by ci/test: a target with planted faults, a kill in the middle, a resumption."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

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


class Signatures(unittest.TestCase):
    def test_one_fault_has_one_signature(self):
        names = {findings.signature(ASAN % (n, n, n, n, n, n, n, n)) for n in (1, 4, 77, 4000)}
        self.assertEqual(names, {"heap-buffer-overflow in parse_names < parse"})

    def test_other_faults_have_others(self):
        text = ASAN % (1, 1, 1, 1, 1, 1, 1, 1)
        self.assertNotEqual(findings.signature(text), findings.signature(text.replace("parse_names", "parse_list")))
        self.assertNotEqual(findings.signature(text), findings.signature(text.replace("heap-buffer", "stack-buffer")))

    def test_properties_without_sizes_and_offsets(self):
        said = "cauth: broken: prefix of certreq_tls12 (strict): its first %d bytes alone are refused with CR-12-02 at %d"
        names = {findings.signature(said % pair) for pair in ((1, 2), (17, 300))}
        self.assertEqual(names, {"broken: prefix of certreq_tls12 (strict): its first N bytes alone are refused with "
                                 "CR-12-02 at N"})
        other = findings.signature((said % (1, 2)).replace("CR-12-02", "CR-12-03"))
        self.assertNotIn(other, names)

    def test_divergences_without_flags(self):
        said = "cauth: finding: openssl certreq_tls12 they-reject alert 50 for 'too long' where flagged %s"
        names = {findings.signature(said % flags) for flags in ("DN-13", "DN-13,DN-16", "nothing")}
        self.assertEqual(names, {"openssl certreq_tls12 they-reject alert 50 for 'too long'"})

    def test_undefined_behaviour(self):
        said = "/x/a.c:%d:7: runtime error: shift exponent %d is too large\n    #0 0x1 in f /x/a.c:1:7\n    #1 0x2 in g /x/a.c:2:2\n"
        self.assertEqual({findings.signature(said % pair) for pair in ((1, 40), (1, 99))},
                         {"shift exponent N is too large in f < g"})

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


class Campaign(unittest.TestCase):
    """The campaign runs in a process of its own, on targets of its own, so that it can be killed."""

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.mkdtemp(prefix="cauth-campaign-")
        source = os.path.join(ROOT, "tests", "campaign", "planted.c")
        for name in ("planted", "planted_too"):
            subprocess.run(["clang-19", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-g", "-fsanitize=fuzzer,address",
                            source, "-o", os.path.join(cls.place, name)], check=True)

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

    def fuzzers(self):
        """How many processes of the targets run."""
        found = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/cmdline" % pid, "rb") as f:
                    found += f.read().startswith(self.place.encode())
            except OSError:
                pass
        return found

    def test_kill_and_resume(self):
        first = self.start()
        until = time.monotonic() + 300
        while self.turns() < 6 and time.monotonic() < until and first.poll() is None:
            time.sleep(0.2)
        self.assertIsNone(first.poll(), "the campaign ended by itself")
        first.send_signal(signal.SIGKILL)
        first.communicate()
        while self.fuzzers() and time.monotonic() < until:  # the system ends them; it takes a moment
            time.sleep(0.1)
        self.assertEqual(self.fuzzers(), 0, "fuzzers outlive the campaign")
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
                              "broken: planted of nothing (strict): CR-12-02 at offset N of N")))
        for row in rows:
            path = os.path.join(self.place, row["reduced"])
            self.assertEqual(os.path.getsize(path), 4)
            again = subprocess.run([os.path.join(self.place, row["target"]), path], capture_output=True, check=False)
            self.assertEqual(findings.signature(again.stderr.decode(errors="replace")), row["signature"])
            kept = os.listdir(os.path.dirname(path))
            self.assertEqual([name for name in kept if findings.RAW.fullmatch(name) or name.startswith("trial-")], [])
        turns = [t["turns"] for t in resumed["targets"].values()]
        self.assertGreaterEqual(5 * min(turns) + 2, max(turns), "the turns are not shared")


def campaign_of(place, resume):
    """What the tests above kill: a campaign with turns of one second."""
    engine.FUZZ = place
    engine.CORPUS = os.path.join(place, "no seeds")
    engine.binary = lambda target: os.path.join(place, target)
    import campaign

    class Args:
        minutes, seed, jobs, interval, disk, libfuzzer = 10, 7, 2, 1, 64, []

    class Silent:
        def show_lines(self, plain, more, interval):
            pass

        def clear(self):
            pass

    store = findings.Store(place, engine.binary)
    names = ["planted", "planted_too"]
    store.retry(names)
    saved = campaign.unfinished() if resume else None
    campaign.run(names, {name: "" for name in names}, Args, store, Silent(), saved)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--campaign"]:
        campaign_of(sys.argv[2], "--resume" in sys.argv)
    else:
        unittest.main()
