"""ci/compare-builds against workers that do what the test wants: answer, crash, hang."""

import contextlib
import importlib.util
import io
import os
import stat
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ci", "lib")
sys.path.insert(0, LIB)
SPEC = importlib.util.spec_from_file_location("compare_builds", os.path.join(LIB, "compare-builds.py"))
compare_builds = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(compare_builds)

# Accepts everything; a message that begins with C makes it crash, with S kill itself, with H hang, with M take 4 GB, with F
# read another field. A mutated copy is the message with the seed before it.
WORKER = """#!%s
import os, sys, time
while True:
    head = sys.stdin.buffer.readline()
    if not head:
        break
    seed, length = [int(word) for word in head.split()[2:]]
    data = sys.stdin.buffer.read(length)
    print((bytes([seed]) + data).hex() if seed else "", end="\\t", flush=True)
    if data[:1] == b"C":
        sys.exit("it broke")
    if data[:1] == b"S":
        print("ERROR: \\x1b[1mSanitizer", file=sys.stderr, flush=True)
        os.abort()
    if data[:1] == b"H":
        time.sleep(3600)
    if data[:1] == b"M":
        data = bytes(4 << 30)
    if data[:1] == b"R":
        print("accept\\trefuses\\t50\\tbad packet\\twrong tag\\t", flush=True)
    else:
        print("accept\\taccepts\\t-1\\t\\t\\tcertificate_types=%%s" %% ("2" if data[:1] == b"F" else "1"), flush=True)
""" % sys.executable


def question(data):
    return compare_builds.Question("openssl", "certreq_tls12", 0, data, "file")


class Workers(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        program = os.path.join(self.place.name, "worker")
        with open(program, "w", encoding="utf-8") as f:
            f.write(WORKER)
        os.chmod(program, stat.S_IRWXU)
        self.workers = [compare_builds.Worker(program), compare_builds.Worker(program)]
        self.addCleanup(lambda: [w.stop() for w in self.workers])

    def answers(self, *data):
        return [(a.verdict, b.verdict) for a, b in compare_builds.ask(self.workers, [question(d) for d in data])]

    def test_answers_come_in_order(self):
        self.assertEqual(self.answers(b"a", b"R", b""), [("accepts",) * 2, ("refuses",) * 2, ("accepts",) * 2])

    def test_crash_is_told_and_the_rest_is_asked_again(self):
        self.assertEqual(self.answers(b"a", b"C", b"R", b"C", b"a"),
                         [(v, v) for v in ("accepts", "CRASH", "refuses", "CRASH", "accepts")])
        self.assertEqual([w.restarts for w in self.workers], [2, 2])

    def test_both_fall(self):
        """Neither is passed over, nor is what they were asked: the mutated copy, how they ended, what they said last."""
        with tempfile.TemporaryDirectory() as place:
            found = compare_builds.Changes(place)
            for data, seed in ((b"C", 0), (b"S", 7), (b"S!", 7), (b"a", 0)):
                asked = question(data)._replace(seed=seed, name=None)
                [(before, after)] = compare_builds.ask(self.workers, [asked])
                found.take(asked, before, after)
            rows = found.keep()
            self.assertEqual([(row[0], row[1]) for row in rows], [
                ("openssl certreq_tls12: CRASH (SIGABRT) -> CRASH (SIGABRT)", 2),
                ("openssl certreq_tls12: CRASH (exit status 1) -> CRASH (exit status 1)", 1)])
            for row, data, said in zip(rows, (b"\x07S", b"C"), ("ERROR: \x1b[1mSanitizer", "it broke")):
                with open(os.path.join(compare_builds.ROOT, row[2]), "rb") as f:
                    self.assertEqual(f.read(), data)
                self.assertEqual([answer.said for answer in row[3:]], [said, said])
            junit = os.path.join(place, "junit.xml")
            compare_builds.write_junit(junit, "title", rows, set(), 4)
            failure = xml.parse(junit).getroot().find(".//failure")
            self.assertIn("ERROR: ?[1mSanitizer", failure.text)
            self.assertTrue(failure.get("message").startswith("both fall: 2 times"))
            self.assertEqual([compare_builds.heading(row, set()) for row in rows], ["both fall:"] * 2)
            self.assertEqual(compare_builds.totals(rows, {rows[0][0]}), "0 changes, 1 fall of both and 1 allowed")
            # How a worker ends is part of what it does: that one build falls, or that they fall otherwise, is a change.
            _, times, file, before, after = rows[0]
            for other in (after._replace(reason="SIGSEGV"), after._replace(verdict="HANG"), after._replace(verdict="accepts")):
                for pair in ((before, other), (other, before)):
                    row = ("a signature", times, file, *pair)
                    self.assertEqual(compare_builds.heading(row, set()), "changed:")
                    self.assertEqual(compare_builds.totals([row], set()), "1 change")

    def test_too_much_memory_is_a_crash(self):
        self.assertEqual(self.answers(b"M", b"a"), [("CRASH",) * 2, ("accepts",) * 2])

    def test_large_messages_do_not_block(self):
        large = [question(b"a" * size) for size in (1 << 20, 10, 1 << 15, 1 << 15, 1 << 20)]
        count = 0
        for some in compare_builds.batches(large):
            count += len(compare_builds.ask(self.workers, some))
        self.assertEqual(count, len(large))

    def test_hang(self):
        compare_builds.PATIENCE, patience = 0.5, compare_builds.PATIENCE
        try:
            self.assertEqual(self.answers(b"H")[0], ("HANG", "HANG"))
        finally:
            compare_builds.PATIENCE = patience
        self.assertEqual(self.workers[0].restarts, 1)


class Signatures(unittest.TestCase):
    ACCEPTS = compare_builds.Answer("", "accept", "accepts", "-1", "", "", "a=1;b=2")
    REFUSES = compare_builds.Answer("", "accept", "refuses", "50", "bad packet", "wrong tag", "")

    def changes(self, before, after):
        return compare_builds.changes(question(b""), before, after)

    def test_no_change(self):
        self.assertEqual(self.changes(self.ACCEPTS, self.ACCEPTS), [])
        self.assertEqual(self.changes(self.REFUSES, self.REFUSES._replace(cause="other words")), [])

    def test_verdict_and_alert(self):
        self.assertEqual(self.changes(self.ACCEPTS, self.REFUSES),
                         ["openssl certreq_tls12: accepts -> refuses, alert 50 (bad packet: wrong tag)"])
        self.assertEqual(len(self.changes(self.REFUSES, self.REFUSES._replace(alert="47"))), 1)
        self.assertEqual(len(self.changes(self.ACCEPTS, self.ACCEPTS._replace(verdict="CRASH"))), 1)

    def test_alert_of_a_refusal_by_policy(self):
        understands = self.REFUSES._replace(verdict="understands", alert="116")
        self.assertEqual(self.changes(understands, understands), [])
        self.assertEqual(self.changes(understands, understands._replace(alert="40")),
                         ["openssl certreq_tls12: understands, alert 116 -> understands, alert 40"])
        self.assertEqual(self.changes(understands, understands._replace(fields="a=1")),
                         ["openssl certreq_tls12: a reads otherwise"])

    def test_every_field(self):
        self.assertEqual(self.changes(self.ACCEPTS, self.ACCEPTS._replace(fields="a=1;b=3")),
                         ["openssl certreq_tls12: b reads otherwise"])
        self.assertEqual(self.changes(self.ACCEPTS, self.ACCEPTS._replace(fields="a=1")),
                         ["openssl certreq_tls12: b reads otherwise"])

    def test_the_smallest_message_is_kept(self):
        with tempfile.TemporaryDirectory() as place:
            found = compare_builds.Changes(place)
            for data in (b"long", b"s", b"longer"):
                found.take(question(data)._replace(name=None), self.ACCEPTS, self.REFUSES)
            [(_, times, _, _, _)] = found.keep()
            self.assertEqual(times, 3)
            [folder] = os.listdir(place)
            [name] = os.listdir(os.path.join(place, folder))
            with open(os.path.join(place, folder, name), "rb") as f:
                self.assertEqual(f.read(), b"s")


class Lists(unittest.TestCase):
    def test_what_either_build_can_be_asked(self):
        with tempfile.TemporaryDirectory() as place:
            programs = []
            for number, names in enumerate((("a", "b"), ("b", "c"))):
                programs.append(os.path.join(place, str(number)))
                with open(programs[-1], "w", encoding="utf-8") as f:
                    f.write("#!/bin/sh\nprintf 'openssl\\t%%s\\t%d\\n' %s\n" % (number, " ".join(names)))
                os.chmod(programs[-1], stat.S_IRWXU)
            for some in (programs, programs[::-1]):
                compared, versions = compare_builds.lists(some)
                self.assertEqual(compared, {("openssl", name) for name in "abc"})
                self.assertEqual(versions, [os.path.basename(program) for program in some])


class Arguments(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = place.name

    def write(self, path, data):
        path = os.path.join(self.place, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def header(self, major, minor):
        self.write("include/openssl/opensslv.h",
                   b"# define OPENSSL_VERSION_MAJOR  %d\n# define OPENSSL_VERSION_MINOR  %d\n" % (major, minor))

    def said(self, function, *args, status=None):
        """What it prints; it must stop with that status, or go on."""
        out = io.StringIO()
        with contextlib.redirect_stderr(out), contextlib.redirect_stdout(out):
            if status is None:
                function(*args)
            else:
                with self.assertRaises(SystemExit) as stopped:
                    function(*args)
                self.assertEqual(stopped.exception.code, status)
        return out.getvalue()

    def test_prefix(self):
        def refused():
            return self.said(compare_builds.check_prefix, self.place, status=compare_builds.USAGE)
        self.assertIn("no installed OpenSSL", refused())
        self.header(1, 1)
        self.assertIn("older than OpenSSL 3.0", refused())
        self.header(3, 0)
        self.assertRegex(refused(), "no libssl in lib or lib64$")
        self.write("lib/x86_64-linux-gnu/libssl.so", b"")
        self.assertRegex(refused(), "in lib or lib64; that in .*/lib/x86_64-linux-gnu is the machine's own, which is called system")
        self.write("lib64/libssl.a", b"")
        self.assertEqual(self.said(compare_builds.check_prefix, self.place), "")
        self.header(4, 0)
        self.assertIn("OpenSSL 4.0 is newer than the oracle and its catalogue know", self.said(compare_builds.check_prefix, self.place))

    def test_allow_file(self):
        path = self.write("allow", "# ours\none: a -> b # why\n\ntwo §\n".encode())
        self.assertEqual(compare_builds.read_allowed(path), {"one: a -> b", "two §"})
        path = self.write("allow", b"one\ntwo \xff\n")
        self.assertIn("byte 8 (0xff, line 2) is not UTF-8",
                      self.said(compare_builds.read_allowed, path, status=compare_builds.USAGE))


if __name__ == "__main__":
    unittest.main()
