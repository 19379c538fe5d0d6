"""ci/compare-builds against workers that do what the test wants: answer, crash, hang. The argument, if any, is cauth-observe."""

import contextlib
import importlib.util
import io
import json
import math
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ci", "lib")
sys.path[:0] = [LIB, os.path.dirname(os.path.abspath(__file__))]
from test_common import wait_for  # noqa: E402
SPEC = importlib.util.spec_from_file_location("compare_builds", os.path.join(LIB, "compare-builds.py"))
compare_builds = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(compare_builds)

OBSERVE = os.path.abspath(sys.argv.pop(1)) if sys.argv[1:] and os.path.isfile(sys.argv[1]) else None

# Accepts everything; a message that begins with C makes it crash, with S kill itself, with H hang, with M take 8 GB, with F
# read another field, with E write 2 MB to standard error, with P print a line of its own. G takes memory until there is no
# more, and keeps it, as what comes after that notices; A does the same and then aborts, saying as cauth-observe does what it
# had; L keeps 900 MB. W works for ever, once it made the file that it names. After O it reads another field, whatever it is asked
# then. A mutated copy is the message with the seed before it.
WORKER = """#!%s
import mmap, os, sys, time
if sys.argv[1:] == ["--list"]:
    print("openssl\\tcertreq_tls12\\tfake")
    sys.exit()
kept = []
field = "1"
while True:
    head = sys.stdin.buffer.readline()
    if not head:
        break
    seed, length = [int(word) for word in head.split()[2:]]
    data = sys.stdin.buffer.read(length)
    print((bytes([seed %% 256]) + data).hex() if seed else "", end="\\t", flush=True)
    first = data[:1]
    if first == b"C":
        sys.exit("it broke")
    if first == b"S":
        print("ERROR: \\x1b[1mSanitizer", file=sys.stderr, flush=True)
        os.abort()
    if first == b"H":
        time.sleep(3600)
    if first == b"M":
        data = bytes(8 << 30)
    if first == b"E":
        sys.stderr.write("words\\n" * 400000)
        sys.stderr.flush()
    if first == b"P":
        print("debug")
    if first == b"L":
        kept.append(mmap.mmap(-1, 900 << 20))
    if first == b"W":
        open(data[1:], "wb").close()
    while first == b"W":
        pass
    refused = first == b"R"
    try:
        kept.append(mmap.mmap(-1, 64 << 20))
        while first == b"G" or first == b"A":
            kept.append(mmap.mmap(-1, 64 << 20))
        kept.pop()
    except OSError:
        refused = True
    if first == b"A":
        with open("/proc/self/status") as f:
            print([line.strip() for line in f if line.startswith("VmPeak")][0], end="", flush=True)
        os.abort()
    if refused:
        print("accept\\trefuses\\t50\\tbad packet\\twrong tag\\t", flush=True)
    else:
        print("accept\\taccepts\\t-1\\t\\t\\tcertificate_types=%%s" %% ("2" if first == b"F" else field), flush=True)
    if first == b"O":
        field = "3"
""" % sys.executable


def write_worker(place, without=None):
    """The program, or one to which a letter says nothing."""
    program = os.path.join(place, "worker-without-%s" % without)
    with open(program, "w", encoding="utf-8") as f:
        f.write(WORKER.replace('== b"%s"' % without, '== b"none"'))
    os.chmod(program, stat.S_IRWXU)
    return program


def question(data):
    return compare_builds.Question("openssl", "certreq_tls12", 0, data, "file")


class Workers(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.workers = [compare_builds.Worker(write_worker(self.place.name)) for _ in range(2)]
        self.addCleanup(lambda: [w.stop() for w in self.workers])

    def compared(self, *data):
        """{signature: (how often, the message kept)} of what both are asked at once."""
        found = compare_builds.Changes(self.place.name)
        compare_builds.compare(self.workers, [question(d) for d in data], found)
        return {signature: (times, smallest[0]) for signature, (times, smallest) in found.found.items()}

    def baseline_without(self, letter):
        """Lets the baseline take that letter for any other."""
        self.workers[0].stop()
        self.workers[0] = compare_builds.Worker(write_worker(self.place.name, letter))

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

    def test_memory_that_is_kept(self):
        """A worker that takes what it is refused for an answer: the message is kept, not those that came after it."""
        self.assertEqual(self.compared(b"a", b"R", b"G", b"a", b"aa"), {
            "openssl certreq_tls12: CRASH (memory limit) -> CRASH (memory limit)": (1, b"G")})
        self.baseline_without("G")
        self.assertEqual(self.compared(b"a", b"R", b"G", b"a", b"aa"), {
            "openssl certreq_tls12: accepts -> CRASH (memory limit)": (1, b"G")})
        self.assertEqual(self.compared(b"a", b"F", b"R"), {})

    def test_memory_before_a_crash(self):
        """How a worker ends that got no more memory says nothing of it: that it had too much does."""
        self.assertEqual(self.compared(b"a", b"A", b"R", b"S"), {
            "openssl certreq_tls12: CRASH (memory limit) -> CRASH (memory limit)": (1, b"A"),
            "openssl certreq_tls12: CRASH (SIGABRT) -> CRASH (SIGABRT)": (1, b"S")})
        asked = question(b"A")._replace(seed=7, name=None)
        [(answer, _)] = compare_builds.ask(self.workers, [asked])
        self.assertEqual((answer.input, answer.reason), (b"\x07A".hex(), "memory limit"))

    def test_cauth_observe_says_what_it_had(self):
        if not OBSERVE:
            self.skipTest("nothing is compared here")
        with unittest.mock.patch.object(compare_builds, "LIMIT", compare_builds.resource.RLIM_INFINITY), \
                unittest.mock.patch.object(compare_builds, "MEMORY", math.inf):  # as sanitizers want
            worker = compare_builds.Worker(OBSERVE)
            self.addCleanup(worker.stop)
            worker.send([question(b"")])
            self.assertIn(worker.read(question(b"")).verdict, compare_builds.VERDICTS)
            os.kill(worker.process.pid, signal.SIGABRT)  # the others belong to sanitizers, where there is one
            worker.process.wait()
            with unittest.mock.patch.object(compare_builds, "MEMORY", 1):
                self.assertEqual(worker.read(question(b""))[2:5], ("CRASH", "", "memory limit"))

    def test_memory_that_many_keep(self):
        """None of them alone is too much."""
        self.assertEqual(self.compared(b"a", b"L1"), {})
        self.assertEqual(self.compared(b"L2", b"L3", b"a"), {
            "after other messages: CRASH (memory limit) -> CRASH (memory limit)": (1, b"a")})
        self.baseline_without("L")
        self.assertEqual(self.compared(b"L1", b"L2", b"L3", b"R"), {
            "after other messages: answers -> CRASH (memory limit)": (1, b"R")})

    def test_slow_memory_is_no_hang(self):
        """One that is still taking it when time is over."""
        program = write_worker(self.place.name)
        with open(program, encoding="utf-8") as f:
            text = f.read()
        with open(program, "w", encoding="utf-8") as f:
            f.write(text.replace("    refused = first", '    if first == b"T":\n        kept.append(mmap.mmap(-1, 3 << 30))\n'
                                 "        time.sleep(3600)\n    refused = first"))
        self.assertEqual(self.compared(b"a", b"T", b"R"), {
            "openssl certreq_tls12: CRASH (memory limit) -> CRASH (memory limit)": (1, b"T")})

    def test_what_others_did_to_a_worker(self):
        """Is no change of the message that shows it, and is not passed over."""
        self.baseline_without("O")
        self.assertEqual(self.compared(b"a", b"O", b"a", b"R"), {
            "after other messages: certificate_types reads otherwise": (1, b"a")})

    def test_lines_that_are_no_answers(self):
        """Where they come from is said, and where in them."""
        said = "^a worker wrote '.*debug' where it was asked about file of certreq_tls12"
        with self.assertRaisesRegex(compare_builds.NoAnswer, said):
            self.answers(b"a", b"P", b"a")

    def test_much_that_is_written(self):
        """Does not fill the disk, and the last words are still had."""
        self.assertEqual(self.answers(b"E", b"a"), [("accepts",) * 2] * 2)
        self.assertEqual(os.fstat(self.workers[0].errors.fileno()).st_size, 0)
        [(answer, _)] = compare_builds.ask(self.workers, [question(b"C")])
        self.assertEqual(answer.said, "it broke")

    def test_time_is_over(self):
        """One question is answered; what the workers had been sent beyond it is not taken for answers to what follows."""
        over = time.monotonic() - 1
        self.assertEqual(len(compare_builds.ask(self.workers, [question(b"a")] * 50, over)), 1)
        self.assertEqual(self.answers(b"R", b"a"), [("refuses",) * 2, ("accepts",) * 2])

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


class Command(unittest.TestCase):
    """ci/compare-builds as a whole, but for the building of the workers."""

    def run_main(self, files, *more, without=None):
        """(status, what it printed, what --json wrote); the baseline is without a letter."""
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.redirect_stderr(out):
            folder = os.path.join(place, "certreq_tls12")
            os.mkdir(folder)
            for name, data in files.items():
                with open(os.path.join(folder, name), "wb") as f:
                    f.write(data)
            programs = [write_worker(place, without), write_worker(place)]
            written = os.path.join(place, "json")
            argv = ["ci/compare-builds", "--baseline", "system", "--candidate", "system", "--seed", "1", "--json", written,
                    *more, folder]
            with unittest.mock.patch.object(compare_builds, "build_worker", lambda prefix, log: programs.pop(0)), \
                    unittest.mock.patch.object(compare_builds, "HOME", place), unittest.mock.patch.object(sys, "argv", argv):
                try:
                    status = compare_builds.main()
                except SystemExit as stopped:
                    status = stopped.code
            with open(written, encoding="utf-8") as f:
                return status, out.getvalue(), json.load(f)

    def test_so_many(self):
        for more, questions in (("0", 2), ("1", 3), ("120", 122)):
            status, _, data = self.run_main({"1": b"a", "2": b"R"}, "--mutated", more)
            self.assertEqual((status, data["questions"]), (0, questions))

    def test_nothing_changed(self):
        status, _, data = self.run_main({"1": b"a", "2": b"R"}, "--seconds", "0")
        self.assertEqual((status, data["changes"], data["questions"], data["failed"]), (0, [], 2, None))

    def test_a_line_that_is_no_answer(self):
        """Nothing that was found until then is lost."""
        status, said, data = self.run_main({"1": b"F", "2": b"a" * compare_builds.BATCH, "3": b"P"}, "--seconds", "0", without="F")
        self.assertEqual(status, 3)
        self.assertIn("changed: openssl certreq_tls12: certificate_types reads otherwise", said)
        self.assertIn("the baseline (system) wrote", said)
        self.assertIn("debug", data["failed"])
        self.assertEqual(len(data["changes"]), 1)

    def test_two_at_once(self):
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stderr(io.StringIO()) as out, \
                unittest.mock.patch.object(compare_builds, "HOME", place), \
                unittest.mock.patch.object(compare_builds, "build_worker", side_effect=AssertionError("goes on")), \
                unittest.mock.patch.object(sys, "argv", ["ci/compare-builds", "--baseline", "system", "--candidate", "system"]), \
                compare_builds.alone(os.path.join(place, "lock"), "another"):
            log = os.path.join(place, "build.log")
            with open(log, "w", encoding="utf-8") as f:
                f.write("the other's")
            with self.assertRaises(SystemExit) as stopped:
                compare_builds.main()
            with open(log, encoding="utf-8") as f:
                self.assertEqual(f.read(), "the other's")
        self.assertEqual(stopped.exception.code, 3)
        self.assertIn("ci/compare-builds: another run is at work in", out.getvalue())

    def test_the_clock(self):
        """Time ends a run where a message hangs, and not only behind fifty of them."""
        with unittest.mock.patch.object(compare_builds, "PATIENCE", 0.6):
            status, _, data = self.run_main({"1": b"H"}, "--seconds", "1", without="H")
        self.assertEqual((status, [c["signature"] for c in data["changes"]]), (1, [
            "openssl certreq_tls12: accepts -> HANG (no answer in 0.6 s)"]))
        self.assertLessEqual(data["questions"], 1 + 2)


# The command in a process of its own, in a folder; it says who answers. The baseline is without a letter, the next argument;
# so many questions go out at once as the last one says.
STOPPED = """
import os, sys
sys.path.insert(0, %r)
import test_compare_builds as tests
compare_builds, (place, without, size), prefixes = tests.compare_builds, sys.argv[1:], []
class Worker(compare_builds.Worker):
    def start(self):
        super().start()
        print("worker", self.process.pid, flush=True)
def build_worker(prefix, log):
    prefixes.append(prefix)
    return tests.write_worker(place, without if len(prefixes) == 1 else None)
compare_builds.Worker, compare_builds.build_worker, compare_builds.HOME = Worker, build_worker, place
compare_builds.batches = lambda questions: [questions[i:i + int(size)] for i in range(0, len(questions), int(size))]
sys.argv[1:] = ["--baseline", "system", "--candidate", "system", "--seed", "1", "--json", os.path.join(place, "json"),
                os.path.join(place, "certreq_tls12")]
compare_builds.run("ci/compare-builds", compare_builds.main)
""" % os.path.dirname(os.path.abspath(__file__))


class Ends(unittest.TestCase):
    """While a worker works for ever."""

    def end(self, first, number, without="F", size=1):
        """(status, what was printed, what --json wrote) where one message came before that; no worker may be left."""
        with tempfile.TemporaryDirectory() as place:
            begun, written = os.path.join(place, "begun"), os.path.join(place, "json")
            os.mkdir(os.path.join(place, "certreq_tls12"))
            for name, data in (("1", first), ("2", b"W" + begun.encode())):
                with open(os.path.join(place, "certreq_tls12", name), "wb") as f:
                    f.write(data)
            process = subprocess.Popen([sys.executable, "-B", "-c", STOPPED, place, without, str(size)], stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, text=True)
            while not os.path.exists(begun) and process.poll() is None:
                time.sleep(0.05)
            process.send_signal(number)
            said = process.communicate()[0]
            workers = [int(line.split()[1]) for line in said.splitlines() if line.startswith("worker ")]
            self.assertGreaterEqual(len(workers), 2)
            left = wait_for(workers)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            self.assertEqual(left, [])
            with open(written, encoding="utf-8") as f:
                return process.returncode, said, json.loads(f.read() or "null")

    def test_what_was_found_is_told(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            status, said, data = self.end(b"F", number)
            self.assertEqual(status, 1)  # as ever where something changed
            self.assertIn("changed: openssl certreq_tls12: certificate_types reads otherwise", said)
            self.assertIn("ci/compare-builds: 1 question, 1 change; stopped", said)
            self.assertEqual([c["signature"] for c in data["changes"]], ["openssl certreq_tls12: certificate_types reads otherwise"])

    def test_nothing_was_found(self):
        status, said, data = self.end(b"a", signal.SIGTERM)
        self.assertEqual((status, data["changes"]), (130, []))
        self.assertIn("ci/compare-builds: 1 question, 0 changes; stopped", said)

    def test_what_was_not_asked_again(self):
        """Is told as what came after other messages: here a crash of both, from the batch that is broken off."""
        status, said, data = self.end(b"C", signal.SIGTERM, without="W", size=2)
        self.assertEqual(status, 1)
        crash = "after other messages: CRASH (exit status 1) -> CRASH (exit status 1)"
        self.assertIn("both fall: " + crash, said)
        self.assertEqual([c["signature"] for c in data["changes"]], [crash])

    def test_killed(self):
        status, _, data = self.end(b"F", signal.SIGKILL)
        self.assertEqual((status, data), (-signal.SIGKILL, None))


class Lists(unittest.TestCase):
    def test_what_is_no_list(self):
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(io.StringIO()), \
                contextlib.redirect_stderr(io.StringIO()):
            program = os.path.join(place, "worker")
            for text in ("echo openssl", "printf 'openssl\\ta\\t1\\n'; exit 1", "true"):
                with open(program, "w", encoding="utf-8") as f:
                    f.write("#!/bin/sh\n%s\n" % text)
                os.chmod(program, stat.S_IRWXU)
                with self.assertRaises(SystemExit):
                    compare_builds.lists([program])

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
