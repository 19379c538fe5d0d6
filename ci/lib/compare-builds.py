"""ci/compare-builds: what two builds of OpenSSL read differently."""

import argparse
import collections
import glob
import hashlib
import os
import random
import re
import resource
import selectors
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree as xml

from common import BUILD, CLEAN, FINDING, ROOT, STOPPED, USAGE, check_writable, cmake_with_openssl, cores, die
from common import newer_than_known, only_parse, openssl_versions, plural, run, run_logged, say, tail, too_old, write_json

HELP = """Asks two builds of OpenSSL about every message of the corpus that they are compared on, and about mutated ones for
--seconds more, and says where verdict, alert or a decoded field changed: grouped by what changed, with the smallest
message that shows it. Each build answers in a process of its own, which is started again when it crashes, hangs or takes
too much memory: that is a finding, and the message is kept. Where both of them fall alike, nothing changed: this is said as
`both fall`, not as `changed`. A build is the folder that `make install` filled, such as those of ci/openssl; `system` is the
OpenSSL of this machine."""

EPILOG = """An allow-file holds signatures as they are printed, one per line; # begins a comment.

exit status: 0 nothing changed or fell but what the allow-file has, 1 something changed, or both builds fall, 2 usage, 3 could
not run, 130 stopped with Ctrl-C"""

CORPUS = os.path.join(ROOT, "corpus")
HOME = os.path.join(BUILD, "compare")
MEMORY = 2 << 30  # of a worker
PATIENCE = 10     # seconds for one answer
BATCH = 32 << 10  # bytes of questions that are sent before answers are read
LAST_WORDS = 2000  # bytes of what a worker wrote before it fell
NEW = ("CRASH", "HANG")

Answer = collections.namedtuple("Answer", "input rule verdict alert reason cause fields said", defaults=[""])
Question = collections.namedtuple("Question", "oracle message seed data name")


def relative(path):
    inside = os.path.relpath(path, ROOT)
    return path if inside.startswith("..") else inside


def check_prefix(prefix):
    """Says what is wrong with the folder of a build before anything is built with it."""
    if prefix == "system":
        return
    header = os.path.join(prefix, "include", "openssl", "opensslv.h")
    try:
        with open(header, encoding="utf-8", errors="replace") as f:
            text = f.read()
    except OSError as error:
        die("ci/compare-builds: %s: no installed OpenSSL (%s: %s)" % (prefix, header, error.strerror), USAGE)
    version = ".".join(re.findall(r"^#\s*define OPENSSL_VERSION_(?:MAJOR|MINOR)\s+(\d+)", text, re.M))
    if "." not in version or too_old(version):
        die("ci/compare-builds: %s: older than OpenSSL %s, which the oracle needs" % (prefix, openssl_versions()[0]), USAGE)
    if not any(os.path.exists(os.path.join(prefix, lib, "libssl" + end))
               for lib in ("lib", "lib64") for end in (".a", ".so")):
        elsewhere = glob.glob(os.path.join(glob.escape(prefix), "lib", "*-linux-*", "libssl.*"))
        die("ci/compare-builds: %s: has headers, but no libssl in lib or lib64%s" % (
            prefix, "; that in %s is the machine's own, which is called system here" % os.path.dirname(elsewhere[0])
            if elsewhere else ""), USAGE)
    if newer_than_known(version) and not only_parse():
        say("ci/compare-builds: %s: %s" % (prefix, newer_than_known(version)))


def read_allowed(path):
    """The signatures of an allow-file."""
    try:
        with open(path, "rb") as f:
            data = f.read()
        text = data.decode("utf-8")
    except OSError as error:
        die("ci/compare-builds: %s: %s" % (path, error.strerror), USAGE)
    except UnicodeDecodeError as error:
        die("ci/compare-builds: %s: byte %d (0x%02x, line %d) is not UTF-8" % (
            path, error.start, data[error.start], data.count(b"\n", 0, error.start) + 1), USAGE)
    return {line.split("#")[0].strip() for line in text.splitlines()} - {""}


def build_worker(prefix, log):
    """cauth-observe, linked with that OpenSSL; its path."""
    real = prefix if prefix == "system" else os.path.realpath(prefix)
    build = os.path.join(HOME, hashlib.sha256(real.encode()).hexdigest()[:12])
    configure = ["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_C_COMPILER=gcc", "-DCMAKE_C_FLAGS=-O2",
                 "-DCAUTH_TESTS=OFF"]
    if prefix != "system":
        configure += cmake_with_openssl(real)
    if (run_logged(configure, log) != 0
            or run_logged(["cmake", "--build", build, "-j", str(cores()), "--target", "cauth-observe"], log) != 0):
        print(tail(log, 30), end="")
        die("ci/compare-builds: no worker could be built with %s (all of it: %s)" % (prefix, relative(log)))
    return os.path.join(build, "fuzz", "cauth-observe")


def lists(programs):
    """What any of the builds can be asked about, as {(oracle, message)}, and their versions. What one of them lacks is
    undecided there."""
    compared, versions = set(), []
    for program in programs:
        listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=False).stdout
        rows = [line.split("\t") for line in listed.splitlines()]
        if not rows:
            die("ci/compare-builds: %s does not run" % relative(program))
        compared |= {(row[0], row[1]) for row in rows}
        versions.append(rows[0][2])
    return compared, versions


class Worker:
    """One build, answering."""

    def __init__(self, program):
        self.program = program
        self.process = None
        self.restarts = 0

    def start(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        preexec_fn=limit, start_new_session=True)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.pending = b""

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.selector.close()
            self.process.stdout.close()
            self.errors.close()
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
            self.process = None

    def send(self, questions):
        if self.process is None:
            self.start()
        data = b"".join(b"%s %s %d %d\n%s" % (q.oracle.encode(), q.message.encode(), q.seed, len(q.data), q.data)
                        for q in questions)
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # read finds out

    def read(self):
        """The next answer; CRASH or HANG when there is none."""
        until = time.monotonic() + PATIENCE
        while b"\n" not in self.pending:
            left = until - time.monotonic()
            if left <= 0 or not self.selector.select(timeout=left):
                return self.fell("HANG", "no answer in %g s" % PATIENCE)
            data = self.process.stdout.read()
            if data == b"":
                return self.fell("CRASH", self.end())
            self.pending += data or b""
        line, self.pending = self.pending.split(b"\n", 1)
        return Answer(*line.decode(errors="replace").split("\t"))

    def end(self):
        """How a process that closed its output ended."""
        try:
            status = self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return "closed its output, and went on"
        return signal.Signals(-status).name if status < 0 else "exit status %d" % status

    def fell(self, how, why):
        """The answer of a worker that gave none: the mutated message comes first in an answer, so that it is known."""
        data = self.pending.split(b"\t")[0].decode(errors="replace") if b"\t" in self.pending else ""
        self.errors.seek(max(0, self.errors.seek(0, os.SEEK_END) - LAST_WORDS))
        said = self.errors.read().decode(errors="replace").strip()
        self.stop()
        self.restarts += 1
        return Answer(data, "", how, "", why, "", "", said)


def ask(workers, questions):
    """Pairs of answers. A few at a time go out at once; when a worker falls, what it had not answered is asked again."""
    columns = []
    for worker in workers:
        worker.send(questions)
    for worker in workers:
        answers = []
        while len(answers) < len(questions):
            answers.append(worker.read())
            if answers[-1].verdict in NEW and len(answers) < len(questions):
                worker.send(questions[len(answers):])
        columns.append(answers)
    return list(zip(*columns))


def batches(questions):
    """Some at a time: no more than a pipe holds, or a single one, so that neither side waits for the other to read."""
    some, size = [], 0
    for question in questions:
        if some and (size + len(question.data) > BATCH or len(some) == 50):
            yield some
            some, size = [], 0
        some.append(question)
        size += len(question.data) + 100
    if some:
        yield some


def alert_text(answer):
    return "no alert" if answer.alert == "-1" else "alert " + answer.alert


def state(answer):
    return "%s, %s" % (answer.verdict, alert_text(answer)) if answer.verdict in ("refuses", "understands") else answer.verdict


def words(answer):
    """The library's own, of a refusal: its reason, and what it met first. Of a worker that fell, how."""
    if answer.verdict not in ("refuses", *NEW):
        return ""
    return " (%s)" % ": ".join(dict.fromkeys(w for w in (answer.reason, answer.cause) if w))


def both_fall(before, after):
    """Whether both workers fell in the same way, which is no change."""
    return before.verdict in NEW and (state(before), words(before)) == (state(after), words(after))


def fields_of(answer):
    return dict(f.split("=", 1) for f in answer.fields.split(";") if f)


def changes(question, before, after):
    """Signatures of what changed: one line each, the same for every message with the same change."""
    head = "%s %s:" % (question.oracle, question.message)
    if state(before) != state(after) or before.verdict in NEW:  # both fell: no change, but nothing to pass over either
        return ["%s %s%s -> %s%s" % (head, state(before), words(before), state(after), words(after))]
    if before.verdict not in ("accepts", "understands"):
        return []
    old, new = fields_of(before), fields_of(after)
    return ["%s %s reads otherwise" % (head, name) for name in sorted(set(old) | set(new)) if old.get(name) != new.get(name)]


class Changes:
    """What changed so far: by signature how often, and the smallest message that shows it."""

    def __init__(self, place):
        self.place = place
        self.found = {}

    def take(self, question, before, after):
        for signature in changes(question, before, after):
            data = bytes.fromhex(before.input or after.input) if question.seed and (before.input or after.input) else question.data
            times, smallest, *_ = self.found.get(signature, (0, None))
            if smallest is None or len(data) < len(smallest[0]):
                smallest = (data, question, before, after)
            self.found[signature] = (times + 1, smallest)

    def keep(self):
        """Writes the smallest messages; gives rows (signature, times, file, before, after)."""
        rows = []
        for signature, (times, (data, question, before, after)) in sorted(self.found.items()):
            if question.seed == 0 and question.name:
                path = question.name
            else:
                folder = os.path.join(self.place, question.message)
                os.makedirs(folder, exist_ok=True)
                path = os.path.join(folder, hashlib.sha256(signature.encode()).hexdigest()[:16])
                with open(path, "wb") as f:
                    f.write(data)
            rows.append((signature, times, relative(path), before, after))
        return rows


def heading(row, allowed):
    """What a row of Changes.keep is called where it is printed."""
    signature, _, _, before, after = row
    return "allowed:" if signature in allowed else "both fall:" if both_fall(before, after) else "changed:"


def totals(rows, allowed):
    """How many of each there are, in words."""
    some = collections.Counter(heading(row, allowed) for row in rows)
    return (plural(some["changed:"], "change")
            + (", %s of both" % plural(some["both fall:"], "fall") if some["both fall:"] else "")
            + (" and %d allowed" % some["allowed:"] if some["allowed:"] else ""))


def questions_of(compared, paths):
    """Every corpus file for every oracle that is asked about its message."""
    by_message = collections.defaultdict(list)
    for oracle, name in compared:
        by_message[name].append(oracle)
    found = []
    for path in paths:
        for name in sorted(by_message):
            folder = os.path.join(path, name)
            if os.path.basename(os.path.abspath(path)) == name:
                folder = path
            files = [os.path.join(folder, f) for f in sorted(os.listdir(folder))] if os.path.isdir(folder) else []
            if os.path.isfile(path) and os.path.basename(os.path.dirname(os.path.abspath(path))) == name:
                files = [path]
            for file in files:
                with open(file, "rb") as f:
                    data = f.read()
                found += [Question(oracle, name, 0, data, file) for oracle in by_message[name]]
    return found


def mutated(questions, source):
    """The next fifty questions about mutated messages."""
    return [q._replace(seed=source.randrange(1, 1 << 31), name=None) for q in source.choices(questions, k=50)]


def write_junit(path, title, rows, allowed, asked):
    suite = xml.Element("testsuite", name=title, tests=str(len(rows) or 1),
                        failures=str(sum(r[0] not in allowed for r in rows)))
    if not rows:
        xml.SubElement(suite, "testcase", name="%d questions, no change" % asked)
    for row in rows:
        signature, times, file, before, after = row
        case = xml.SubElement(suite, "testcase", name=signature)
        if signature not in allowed:
            failure = xml.SubElement(case, "failure", message="%s %d times; %s" % (heading(row, allowed), times, file))
            failure.text = "baseline: %s%s\ncandidate: %s%s" % (
                state(before), words(before), state(after), words(after))
            for which, answer in (("baseline", before), ("candidate", after)):
                if answer.said:  # XML has no place for most control characters
                    failure.text += "\n%s said last:\n%s" % (which, re.sub(r"[^\n\t -\uD7FF\uE000-\uFFFD]", "?", answer.said))
    xml.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def main():
    parser = argparse.ArgumentParser(prog="ci/compare-builds", description=HELP, epilog=EPILOG, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", metavar="PATH", default=[CORPUS],
                        help="files or folders of messages, in folders of the messages' names (default: corpus)")
    parser.add_argument("--baseline", required=True, metavar="PREFIX", help="the build as it was")
    parser.add_argument("--candidate", required=True, metavar="PREFIX", help="the build as it is now")
    parser.add_argument("--seconds", type=int, default=10, metavar="N", help="how long to go on with mutated messages (default 10)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 31), metavar="N",
                        help="where the random choices start (default: a new one each run, printed)")
    parser.add_argument("--allow", metavar="FILE", help="signatures that are no finding")
    parser.add_argument("--json", metavar="FILE", help="write what changed there too")
    parser.add_argument("--junit", metavar="FILE", help="write it there as JUnit XML")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.seconds < 0:
        die("ci/compare-builds: --seconds %d: takes 0 or more" % args.seconds, USAGE)
    if args.seed < 1:
        die("ci/compare-builds: --seed %d: takes a positive number" % args.seed, USAGE)
    for path in args.paths:
        if not os.path.exists(path):
            die("ci/compare-builds: %s: no such file or folder" % path, USAGE)
    for prefix in (args.baseline, args.candidate):
        check_prefix(prefix)
    for path in (args.json, args.junit):
        if path:
            check_writable(path)
    allowed = set()
    if args.allow:
        allowed = read_allowed(args.allow)
    if only_parse():
        return CLEAN

    os.makedirs(HOME, exist_ok=True)
    log = os.path.join(HOME, "build.log")
    open(log, "wb").close()
    say("ci/compare-builds: building the workers")
    programs = [build_worker(prefix, log) for prefix in (args.baseline, args.candidate)]
    compared, versions = lists(programs)
    say("ci/compare-builds: baseline %s (%s), candidate %s (%s)" % (versions[0], args.baseline, versions[1], args.candidate))

    questions = questions_of(sorted(compared), args.paths)
    if not questions:
        die("ci/compare-builds: no message that is compared in %s" % " ".join(args.paths))
    workers = [Worker(program) for program in programs]
    found = Changes(os.path.join(HOME, "found"))
    source = random.Random(args.seed)
    asked, said, stopped = 0, time.monotonic(), False
    try:
        for some in batches(questions):
            for question, (before, after) in zip(some, ask(workers, some)):
                found.take(question, before, after)
            asked += len(some)
        say("ci/compare-builds: %s asked; mutated ones for %d s, --seed %d" % (
            plural(asked, "question"), args.seconds, args.seed))
        until = time.monotonic() + args.seconds
        while time.monotonic() < until:
            for some in batches(mutated(questions, source)):
                for question, (before, after) in zip(some, ask(workers, some)):
                    found.take(question, before, after)
                asked += len(some)
            if time.monotonic() - said >= 10:
                said = time.monotonic()
                say("ci/compare-builds: %d questions, %s found, %d s left" % (asked, plural(len(found.found), "signature"), until - said))
    except KeyboardInterrupt:
        stopped = True
    finally:
        for worker in workers:
            worker.stop()

    rows = found.keep()
    fresh = [row for row in rows if row[0] not in allowed]
    for row in rows:
        signature, times, file, before, after = row
        say("%s %s\n  %s, smallest: %s (cauth: %s)" % (
            heading(row, allowed), signature, plural(times, "time"), file, before.rule or after.rule or "not judged"))
        for which, answer in (("baseline", before), ("candidate", after)):
            if answer.said:
                say("  the %s said last: %s" % (which, answer.said.splitlines()[-1]))
    for signature in sorted(allowed - {row[0] for row in rows}):
        say("ci/compare-builds: allowed, but not met: %s" % signature)
    if args.json:
        write_json(args.json, {
            "baseline": {"prefix": args.baseline, "version": versions[0], "restarts": workers[0].restarts},
            "candidate": {"prefix": args.candidate, "version": versions[1], "restarts": workers[1].restarts},
            "questions": asked, "seed": args.seed,
            "changes": [{"signature": s, "times": t, "file": f, "allowed": s in allowed, "both_fall": both_fall(b, a),
                         "baseline": state(b), "candidate": state(a), "baseline_stderr": b.said, "candidate_stderr": a.said}
                        for s, t, f, b, a in rows]})
    if args.junit:
        write_junit(args.junit, "%s against %s" % (versions[1], versions[0]), rows, allowed, asked)
    say("ci/compare-builds: %s, %s%s" % (plural(asked, "question"), totals(rows, allowed), "; stopped" if stopped else ""))
    return FINDING if fresh else STOPPED if stopped else CLEAN


if __name__ == "__main__":
    run("ci/compare-builds", main)
