"""ci/compare-builds: what two builds of OpenSSL read differently."""

import argparse
import collections
import hashlib
import os
import random
import re
import resource
import selectors
import subprocess
import time
import xml.etree.ElementTree as xml

from common import BUILD, CLEAN, FINDING, ROOT, STOPPED, USAGE, check_writable, cores, die, only_parse, plural
from common import run, run_logged, say, tail, write_json

HELP = """Asks two builds of OpenSSL about every message of the corpus that they are compared on, and about mutated ones for
--seconds more, and says where verdict, alert or a decoded field changed: grouped by what changed, with the smallest
message that shows it. Each build answers in a process of its own; one that crashes, hangs or takes too much memory is a
finding, the message is kept, and it is started again. A build is the folder that `make install` filled, such as those of
ci/openssl; `system` is the OpenSSL of this machine."""

EPILOG = """An allow-file holds signatures as they are printed, one per line; # begins a comment.

exit status: 0 nothing changed but what the allow-file has, 1 something changed, 2 usage, 3 could not run, 130 stopped with
Ctrl-C"""

CORPUS = os.path.join(ROOT, "corpus")
HOME = os.path.join(BUILD, "compare")
MEMORY = 2 << 30  # of a worker
PATIENCE = 10     # seconds for one answer
BATCH = 32 << 10  # bytes of questions that are sent before answers are read
NEW = ("CRASH", "HANG")

Answer = collections.namedtuple("Answer", "rule verdict alert reason cause fields input")
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
    major = re.search(r"^#\s*define OPENSSL_VERSION_MAJOR\s+(\d+)", text, re.M)
    if major is None or int(major.group(1)) < 3:
        die("ci/compare-builds: %s: older than OpenSSL 3.0, which the oracle needs" % prefix, USAGE)
    if int(major.group(1)) > 3:
        die("ci/compare-builds: %s: OpenSSL %s, newer than the oracle knows (3.x)" % (prefix, major.group(1)), USAGE)
    if not any(os.path.exists(os.path.join(prefix, lib, "libssl" + end))
               for lib in ("lib", "lib64") for end in (".a", ".so")):
        die("ci/compare-builds: %s: has headers, but no libssl in lib or lib64" % prefix, USAGE)


def build_worker(prefix, log):
    """cauth-observe, linked with that OpenSSL; its path."""
    real = prefix if prefix == "system" else os.path.realpath(prefix)
    build = os.path.join(HOME, hashlib.sha256(real.encode()).hexdigest()[:12])
    configure = ["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_C_COMPILER=gcc", "-DCMAKE_C_FLAGS=-O2",
                 "-DCAUTH_TESTS=OFF"]
    if prefix != "system":
        configure.append("-DOPENSSL_ROOT_DIR=" + real)
    if (run_logged(configure, log) != 0
            or run_logged(["cmake", "--build", build, "-j", str(cores()), "--target", "cauth-observe"], log) != 0):
        print(tail(log, 30), end="")
        die("ci/compare-builds: no worker could be built with %s (all of it: %s)" % (prefix, relative(log)))
    return os.path.join(build, "fuzz", "cauth-observe")


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
        self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, preexec_fn=limit, start_new_session=True)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.pending = b""

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.selector.close()
            self.process.stdin.close()
            self.process.stdout.close()
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
                return self.fell("HANG")
            data = self.process.stdout.read()
            if data == b"":
                return self.fell("CRASH")
            self.pending += data or b""
        line, self.pending = self.pending.split(b"\n", 1)
        return Answer(*line.decode(errors="replace").split("\t"))

    def fell(self, how):
        self.stop()
        self.restarts += 1
        return Answer("", how, "", "", "", "", "")


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
    """The library's own, of a refusal: its reason, and what it met first."""
    if answer.verdict != "refuses":
        return ""
    return " (%s)" % ": ".join(dict.fromkeys(w for w in (answer.reason, answer.cause) if w))


def fields_of(answer):
    return dict(f.split("=", 1) for f in answer.fields.split(";") if f)


def changes(question, before, after):
    """Signatures of what changed: one line each, the same for every message with the same change."""
    head = "%s %s:" % (question.oracle, question.message)
    if state(before) != state(after):
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
    for signature, times, file, before, after in rows:
        case = xml.SubElement(suite, "testcase", name=signature)
        if signature not in allowed:
            failure = xml.SubElement(case, "failure", message="%d times; %s" % (times, file))
            failure.text = "baseline: %s%s\ncandidate: %s%s" % (
                state(before), words(before), state(after), words(after))
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
    if args.seconds < 0 or args.seed < 1:
        die("ci/compare-builds: --seconds and --seed take positive numbers", USAGE)
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
        try:
            with open(args.allow, encoding="utf-8") as f:
                allowed = {line.split("#")[0].strip() for line in f} - {""}
        except OSError as error:
            die("ci/compare-builds: %s: %s" % (args.allow, error.strerror), USAGE)
    if only_parse():
        return CLEAN

    os.makedirs(HOME, exist_ok=True)
    log = os.path.join(HOME, "build.log")
    open(log, "wb").close()
    say("ci/compare-builds: building the workers")
    programs = [build_worker(prefix, log) for prefix in (args.baseline, args.candidate)]
    compared, versions = set(), []
    for program in programs:
        listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=False).stdout
        rows = [line.split("\t") for line in listed.splitlines()]
        if not rows:
            die("ci/compare-builds: %s does not run" % relative(program))
        compared = {(r[0], r[1]) for r in rows}
        versions.append(rows[0][2])
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
                say("ci/compare-builds: %d questions, %s, %d s left" % (asked, plural(len(found.found), "change"), until - said))
    except KeyboardInterrupt:
        stopped = True
    finally:
        for worker in workers:
            worker.stop()

    rows = found.keep()
    fresh = [row for row in rows if row[0] not in allowed]
    for signature, times, file, before, after in rows:
        say("%s %s\n  %s, smallest: %s (cauth: %s)" % (
            "changed:" if signature not in allowed else "allowed:", signature, plural(times, "time"), file,
            before.rule or after.rule or "not judged"))
    for signature in sorted(allowed - {row[0] for row in rows}):
        say("ci/compare-builds: allowed, but not met: %s" % signature)
    if args.json:
        write_json(args.json, {
            "baseline": {"prefix": args.baseline, "version": versions[0], "restarts": workers[0].restarts},
            "candidate": {"prefix": args.candidate, "version": versions[1], "restarts": workers[1].restarts},
            "questions": asked, "seed": args.seed,
            "changes": [{"signature": s, "times": t, "file": f, "allowed": s in allowed, "baseline": state(b),
                         "candidate": state(a)} for s, t, f, b, a in rows]})
    if args.junit:
        write_junit(args.junit, "%s against %s" % (versions[1], versions[0]), rows, allowed, asked)
    say("ci/compare-builds: %s, %s%s%s" % (
        plural(asked, "question"), plural(len(fresh), "change"),
        " and %d allowed" % (len(rows) - len(fresh)) if len(rows) > len(fresh) else "",
        "; stopped" if stopped else ""))
    return FINDING if fresh else STOPPED if stopped else CLEAN


if __name__ == "__main__":
    run("ci/compare-builds", main)
