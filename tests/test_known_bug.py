"""ci/known-bug: what it takes out of a source, what it takes for the bug, how it ends. OpenSSL itself is ci/test known-bug's."""

import argparse
import contextlib
import importlib.util
import io
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ci", "lib")
sys.path.insert(0, LIB)
SPEC = importlib.util.spec_from_file_location("known_bug", os.path.join(LIB, "known-bug.py"))
known_bug = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(known_bug)

BEFORE = """MSG_PROCESS_RETURN tls_process_other(SSL_CONNECTION *s, PACKET *pkt)
{
    for (;;) {
        push(sk, x);
        x = NULL;
    }
}

"""
READER = """MSG_PROCESS_RETURN tls_process_client_certificate(SSL_CONNECTION *s,
    PACKET *pkt)
{
    X509 *x = NULL;

    for (;;) {
        push(sk, x);
        x = NULL;
    }
    return tls_process_client_certificate(s, pkt);
}
"""

REPORT = """==7==ERROR: AddressSanitizer: %s on address 0x5020000004f0 at pc 0x55d5 bp 0x7ffe sp 0x7ffe
    #0 0x55d5a1 in X509_free crypto/x509/x_x509.c:99:5
    #1 0x55d5a2 in %s ssl/statem/statem_srvr.c:3999:5
    #2 0x55d5a3 in read_state_machine ssl/statem/statem.c:660:19

0x5020000004f0 is located 0 bytes inside of 16-byte region
freed by thread T0 here:
    #0 0x55d5a4 in free
    #1 0x55d5a5 in tls_process_client_certificate ssl/statem/statem_srvr.c:3998:5
stat::number_of_executed_units: 28
"""
USE, TWICE = "heap-use-after-free", "attempting double-free"
THEIRS = "tls_process_client_certificate"


class Source(unittest.TestCase):
    def test_one_line_of_one_function(self):
        lost = known_bug.lose(BEFORE + READER)
        self.assertTrue(lost.startswith(BEFORE))
        self.assertEqual(lost, BEFORE + READER.replace("        x = NULL;\n", ""))
        self.assertIn("    X509 *x = NULL;\n", lost)

    def test_not_there_once(self):
        for text, why in ((BEFORE, "no place where tls_process_client_certificate is defined once"),
                          (READER + READER, "no place where tls_process_client_certificate is defined once"),
                          ("", "is no place"),
                          (BEFORE + known_bug.lose(READER), "has the line 'x = NULL;' 0 times, not once"),
                          (READER.replace("        x = NULL;\n", "        x = NULL;\n        push(sk, y);\n        x = NULL;\n"),
                           "2 times, not once")):
            with self.assertRaisesRegex(ValueError, "^ssl/statem/statem_srvr.c: .*" + why):
                known_bug.lose(text)


class Reports(unittest.TestCase):
    def test_the_bug(self):
        self.assertEqual(known_bug.judge(1, REPORT % (USE, THEIRS)),
                         (True, "heap-use-after-free in X509_free < tls_process_client_certificate < read_state_machine"))
        self.assertTrue(known_bug.judge(77, REPORT % (TWICE, THEIRS))[0])

    def test_others(self):
        for status, text in ((1, REPORT % ("heap-buffer-overflow", THEIRS)), (1, REPORT % (USE, "tls_process_server_certificate")),
                             (77, "cauth: finding: openssl cert_tls12_client: another verdict\n"), (0, ""),
                             (-signal.SIGKILL, "")):
            found, what = known_bug.judge(status, text)
            self.assertFalse(found)
            self.assertRegex(what, "^ended with status %d: " % status)

    def test_the_limit(self):
        self.assertEqual(known_bug.judge(-signal.SIGXCPU, "#28 NEW cov: 1\n"), (False, "nothing"))


class Runs(unittest.TestCase):
    """With programs in place of fuzz targets."""

    def setUp(self):
        self.place = tempfile.mkdtemp(prefix="cauth-known-bug-")
        self.addCleanup(subprocess.run, ["rm", "-r", self.place], check=True)
        self.addCleanup(setattr, known_bug, "HOME", known_bug.HOME)
        known_bug.HOME = self.place
        self.args = argparse.Namespace(seed=1, seconds=1, json=os.path.join(self.place, "json"))

    def fuzz(self, script, number=1, build="altered"):
        os.makedirs(os.path.join(self.place, build, "fuzz"), exist_ok=True)
        program = os.path.join(self.place, build, "fuzz", "diff_x")
        with open(program, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n" + script)
        os.chmod(program, 0o755)
        return known_bug.fuzz(os.path.join(self.place, build), "diff_x", None, number, self.args)

    def report(self, runs, controls, stopped=False):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = known_bug.report("3.6.3", runs, controls, stopped, self.args)
        return status, out.getvalue()

    def test_end(self):
        finds = "cat >&2 <<'END'\n%sEND\nexit 1\n" % (REPORT % (USE, THEIRS))
        found, missed = self.fuzz(finds), self.fuzz("while :; do :; done\n", 2)
        other = self.fuzz("echo 'cauth: finding: another verdict' >&2; exit 77\n", 3)
        self.assertEqual((found.found, missed.found, other.found), (True, False, False))
        self.assertEqual((missed.what, found.executions), ("nothing", 28))
        self.assertNotEqual(found.seed, missed.seed)
        control = missed._replace(start="corpus")
        self.assertEqual(self.report([found], [control])[0], 0)
        status, said = self.report([found, missed], [control])
        self.assertEqual(status, 1)
        self.assertRegex(said, r"diff_x +nothing +1 of 2 ")
        self.assertIn("diff_x from nothing, run 2: did not find it: nothing", said)
        self.assertEqual(self.report([found, other], [control])[0], 1)
        for bad in (found, other):
            status, said = self.report([found], [bad])
            self.assertEqual(status, 1)
            self.assertIn("the unaltered build: ", said)
        self.assertEqual(self.report([found], [], True)[0], 130)
        self.assertEqual(self.report([missed], [], True)[0], 1)

    def test_stopped(self):
        """A run that is interrupted leaves no process."""
        started = []

        class Interrupted(subprocess.Popen):
            def wait(self, timeout=None):
                if self not in started:
                    started.append(self)
                    raise KeyboardInterrupt
                return super().wait(timeout)

        with unittest.mock.patch.object(known_bug.subprocess, "Popen", Interrupted), self.assertRaises(KeyboardInterrupt):
            self.fuzz("exec sleep 1000\n")
        self.assertEqual([process.returncode for process in started], [-signal.SIGKILL])


class Arguments(unittest.TestCase):
    def refused(self, *args):
        out = io.StringIO()
        with unittest.mock.patch.object(sys, "argv", ["ci/known-bug", *args]), contextlib.redirect_stderr(out), \
                unittest.mock.patch.dict(os.environ, CAUTH_ONLY_PARSE="yes"), self.assertRaises(SystemExit) as stopped:
            sys.exit(known_bug.main())
        self.assertEqual(stopped.exception.code, 2)
        return out.getvalue()

    def test_wrong(self):
        self.assertIn("take positive numbers", self.refused("--runs", "0"))
        self.assertIn("no target 'diff_openssl_x509'", self.refused("diff_openssl_x509"))
        self.assertIn("no source tree", self.refused("--source", LIB))
        self.assertIn("no suite of Debian", self.refused("--debian", "../x"))

    def test_a_source_without_the_line(self):
        with tempfile.TemporaryDirectory() as tree:
            os.makedirs(os.path.join(tree, "ssl", "statem"))
            for name, text in (("VERSION.dat", "MAJOR=3\nMINOR=6\nPATCH=3\n"), ("Configure", ""),
                               (known_bug.FILE, known_bug.lose(READER))):
                with open(os.path.join(tree, name), "w", encoding="utf-8") as f:
                    f.write(text)
            self.assertIn(tree + ": ssl/statem/statem_srvr.c: tls_process_client_certificate has the line",
                          self.refused("--source", tree))

    def test_two_at_once(self):
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stderr(io.StringIO()) as out, \
                unittest.mock.patch.object(known_bug, "HOME", place), unittest.mock.patch.object(sys, "argv", ["ci/known-bug"]), \
                unittest.mock.patch.object(known_bug.openssl, "build", side_effect=AssertionError("goes on")), \
                known_bug.alone(os.path.join(place, "lock"), "another"):
            with self.assertRaises(SystemExit) as stopped:
                known_bug.main()
            self.assertEqual(os.listdir(place), ["lock"])
        self.assertEqual(stopped.exception.code, 3)
        self.assertIn("ci/known-bug: another run is at work in", out.getvalue())

    def test_targets(self):
        self.assertLessEqual(set(known_bug.USUAL), set(known_bug.targets()))
        self.assertNotIn("diff_openssl_cert_tls12_server", known_bug.targets())


if __name__ == "__main__":
    unittest.main()
