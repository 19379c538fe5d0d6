"""ci/compare-builds against workers that do what the test wants: answer, crash, hang."""

import importlib.util
import os
import stat
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ci", "lib")
sys.path.insert(0, LIB)
SPEC = importlib.util.spec_from_file_location("compare_builds", os.path.join(LIB, "compare-builds.py"))
compare_builds = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(compare_builds)

# Accepts everything; a message that begins with C makes it crash, with H hang, with M take 4 GB, with F read another field.
WORKER = """#!%s
import sys, time
while True:
    head = sys.stdin.buffer.readline()
    if not head:
        break
    data = sys.stdin.buffer.read(int(head.split()[3]))
    if data[:1] == b"C":
        sys.exit(1)
    if data[:1] == b"H":
        time.sleep(3600)
    if data[:1] == b"M":
        data = bytes(4 << 30)
    if data[:1] == b"R":
        print("accept\\trefuses\\t50\\tbad packet\\twrong tag\\t\\t", flush=True)
    else:
        print("accept\\taccepts\\t-1\\t\\t\\tcertificate_types=%%s\\t" %% ("2" if data[:1] == b"F" else "1"), flush=True)
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


class Signatures(unittest.TestCase):
    ACCEPTS = compare_builds.Answer("accept", "accepts", "-1", "", "", "a=1;b=2", "")
    REFUSES = compare_builds.Answer("accept", "refuses", "50", "bad packet", "wrong tag", "", "")

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


class Prefixes(unittest.TestCase):
    def refused(self, major):
        with tempfile.TemporaryDirectory() as place:
            if major is not None:
                os.makedirs(os.path.join(place, "include", "openssl"))
                with open(os.path.join(place, "include", "openssl", "opensslv.h"), "w", encoding="utf-8") as f:
                    f.write("# define OPENSSL_VERSION_MAJOR  %d\n" % major)
            with self.assertRaises(SystemExit) as stopped:
                with open(os.devnull, "w", encoding="utf-8") as null:
                    sys.stderr, stderr = null, sys.stderr
                    try:
                        compare_builds.check_prefix(place)
                    finally:
                        sys.stderr = stderr
            self.assertEqual(stopped.exception.code, compare_builds.USAGE)

    def test_no_openssl_too_old_too_new_without_library(self):
        for major in (None, 1, 4, 3):
            self.refused(major)


if __name__ == "__main__":
    unittest.main()
