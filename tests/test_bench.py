"""ci/bench --own: which targets are measured, what OpenSSL's own run on, and that docs/performance.md has a row for each. And its
arguments."""

import contextlib
import io
import os
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "ci", "lib"))
import bench  # noqa: E402

THEIRS = {"client": (800.0, 5000.0), "server": (100.0, 600.0)}


class Targets(unittest.TestCase):
    def test_all_are_compared(self):
        """Those that only some versions of the library have, too."""
        with open(os.path.join(ROOT, "fuzz", "oracles", "oracles.def"), encoding="utf-8") as f:
            rows = sum(line.startswith(("CAUTH_COMPARED(", "CAUTH_COMPARED_WHERE(")) for line in f)
        self.assertEqual(len(bench.compared()), rows)
        self.assertIn(("openssl", "compressed_tls13"), bench.compared())

    def test_what_there_is_is_built(self):
        """CMake's own answer decides: ninja lists what it would build."""
        commands = []
        with tempfile.TemporaryDirectory() as place, \
                unittest.mock.patch.object(bench, "run_logged", lambda args, log: commands.append(args) or 0), \
                unittest.mock.patch.object(bench.subprocess, "run") as ninja:
            ninja.return_value.stdout = "diff_a: phony\ndiff_a_long: phony\nfuzz/diff_a: C_EXECUTABLE_LINKER\n"
            self.assertEqual(bench.build_with(place, place, [], ["diff_a", "diff_b"], "log", "cc"), ["diff_a"])
        self.assertEqual(commands[1][-2:], ["--target", "diff_a"])


class Theirs(unittest.TestCase):
    """OpenSSL's own targets, of which a script takes the place: one that finds an input, or none, and one that counts inputs."""

    def rates(self, place, finds):
        programs = {"fuzzer": 'for a; do [ -d "$a" ] && { %s; exit; }; done' % finds, "timed": "echo $(($# - 1))"}
        for name, does in programs.items():
            with open(os.path.join(place, name), "w", encoding="utf-8") as f:
                f.write("#!/bin/sh\n%s\n" % does)
            os.chmod(f.name, 0o755)
        with unittest.mock.patch.object(bench, "HOME", place), unittest.mock.patch.object(bench, "say"), \
                unittest.mock.patch.object(bench, "Measured") as measured:
            measured.return_value.rate = 2.5
            found = bench.their_rates("client", *[os.path.join(place, name) for name in programs], place, 1,
                                      os.path.join(place, "log"))
        return found, [os.path.relpath(folder, place) for folder in measured.call_args.args[1]]

    def test_run_on_connections(self):
        """As long as inputs usually are, with what was found from them."""
        with tempfile.TemporaryDirectory() as place:
            (asan, inputs), folders = self.rates(place, 'echo >"$a/found"')
            sizes = [os.path.getsize(os.path.join(place, "seeds-client", file)) for file in os.listdir(place + "/seeds-client")]
        self.assertEqual((asan, folders), (2.5, ["own-client", "seeds-client"]))
        usual = sum(size <= 4096 for size in sizes)
        self.assertTrue(20 < usual < len(sizes))
        self.assertEqual(inputs, usual + 1)

    def test_nothing_found(self):
        out = io.StringIO()
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stderr(out), self.assertRaises(SystemExit):
            self.rates(place, "false")
        self.assertIn("OpenSSL's own fuzz/client found nothing new", out.getvalue())


class Table(unittest.TestCase):
    def test_rates_and_ratios(self):
        lines = bench.own_table({("openssl", "certreq_tls12"): (2203.4, 28750.0), ("openssl", "cert_tls12_client"): (3085.0, 550.0)},
                                THEIRS)
        self.assertIn("| openssl_certreq_tls12 | 2 203 | 2.8× | 28 750 | 5.8× | fuzz/client |", lines)
        self.assertIn("| openssl_cert_tls12_client | 3 085 | 31× | 550 | 0.9× | fuzz/server |", lines)
        self.assertIn("| openssl_certreq_tls10 | – | – | – | – | fuzz/client |", lines)
        self.assertEqual(lines[-1], "| fuzz/server | 100 | 1.0× | 600 | 1.0× |  |")

    def test_the_document_has_them_all(self):
        """Each target, in their order; figures are another thing."""
        def shape(lines):
            return [(cells[1].strip(), cells[6].strip()) for cells in (line.split("|") for line in lines)]
        with open(os.path.join(ROOT, "docs", "performance.md"), encoding="utf-8") as f:
            lines = f.read().splitlines()
        table = bench.own_table({}, THEIRS)
        self.assertIn(table[0], lines, "docs/performance.md: the table is to be as ci/bench --only-own prints it")
        first = lines.index(table[0])
        self.assertEqual(shape(lines[first:first + len(table)]), shape(table))
        self.assertEqual(lines[first + len(table)], "")


class Arguments(unittest.TestCase):
    def said(self, *argv, only_parse=True):
        """(status, what it printed)."""
        out = io.StringIO()
        environment = {"CAUTH_ONLY_PARSE": "yes"} if only_parse else {}
        with unittest.mock.patch.object(sys, "argv", ["ci/bench", *argv]), contextlib.redirect_stderr(out), \
                unittest.mock.patch.dict(os.environ, environment):
            try:
                return bench.main(), out.getvalue()
            except SystemExit as stopped:
                return stopped.code, out.getvalue()

    def test_what_would_not_be_heard(self):
        for argv, option in ((["--repetitions", "3"], "--repetitions"), (["--own", "--repetitions", "3"], "--repetitions"),
                             (["--seconds", "3"], "--seconds"), (["--openssl", "x"], "--openssl"),
                             (["--guided", "--openssl", "x"], "--openssl"), (["--guided", "--own"], "--guided")):
            status, said = self.said(*argv)
            self.assertEqual(status, bench.USAGE, argv)
            self.assertRegex(said, "^ci/bench: %s " % option)
        for argv in ([], ["--guided", "--repetitions", "3", "--seconds", "2"], ["--own", "--seconds", "2", "--openssl", "x"]):
            self.assertEqual(self.said(*argv), (0, ""), argv)

    def test_no_openssl(self):
        """Is said before anything is measured."""
        with tempfile.TemporaryDirectory() as place, unittest.mock.patch.object(bench, "HOME", place):
            status, said = self.said("--own", "--openssl", place, only_parse=False)
        self.assertEqual(status, bench.USAGE)
        self.assertIn("no build of OpenSSL", said)

    def test_two_at_once(self):
        with tempfile.TemporaryDirectory() as place, unittest.mock.patch.object(bench, "HOME", place), \
                bench.alone(os.path.join(place, "lock"), "another"):
            status, said = self.said(only_parse=False)
        self.assertEqual(status, 3)
        self.assertIn("ci/bench: another run is at work in", said)


if __name__ == "__main__":
    unittest.main()
