"""ci/compare-builds: what two builds of OpenSSL read differently."""

import argparse
import collections
import glob
import hashlib
import math
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

from common import BUILD, CLEAN, COULD_NOT_RUN, FINDING, ROOT, STOPPED, USAGE, alone, check_writable, cmake_with_openssl, cores
from common import die, die_with_us, newer_than_known, only_parse, openssl_versions, plural, run, run_logged, say, tail, too_old
from common import write_json

HELP = """Asks two builds of OpenSSL about every message of the corpus that they are compared on, and about mutated ones for
--seconds or --mutated more, and says where verdict, alert or a decoded field changed: grouped by what changed, with the smallest
message that shows it. Each build answers in a process of its own, which is started again when it crashes, hangs or takes
too much memory: that is a finding, and the message is kept. Where both of them fall alike, nothing changed: this is said as
`both fall`, not as `changed`. Either counts once fresh processes show it for the message alone; what only those show that were
asked others before is said as that. A build is the folder that `make install` filled, such as those of ci/openssl; `system` is
the OpenSSL of this machine."""

EPILOG = """An allow-file holds signatures as they are printed, one per line; # begins a comment.

exit status: 0 nothing changed or fell but what the allow-file has, 1 something changed, or both builds fall, 2 usage, 3 could
not run, or not to the end, 130 stopped with Ctrl-C or SIGTERM"""

CORPUS = os.path.join(ROOT, "corpus")
HOME = os.path.join(BUILD, "compare")
MEMORY = 2 << 30  # that a worker may take
LIMIT = 4 << 30   # where the system gives it no more, so that one which takes more is still there to be asked
PATIENCE = 10     # seconds for one answer, in which it works or waits
GLANCE = 0.2      # seconds, after which one that is awaited is looked at
BATCH = 32 << 10  # bytes of questions that are sent before answers are read
LAST_WORDS = 2000  # bytes of what a worker wrote before it fell
WORDS = 1 << 20   # bytes of what it wrote that are kept until then
NEW = ("CRASH", "HANG")
VERDICTS = ("accepts", "understands", "refuses", "undecided")
MEMORY_GONE = "memory limit"
PEAK = re.compile(rb"VmPeak:\s*(\d+) kB")  # as /proc has it, and the last word of a worker that ends otherwise than it should
AFTER_OTHERS = "after other messages:"  # where a signature else names oracle and message

Answer = collections.namedtuple("Answer", "input rule verdict alert reason cause fields said", defaults=[""])
Question = collections.namedtuple("Question", "oracle message seed data name")


class NoAnswer(Exception):
    """A worker wrote something else; the text says which, and what."""


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
                 "-DCAUTH_TESTS=OFF", *cmake_with_openssl(None if prefix == "system" else real)]
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
        listed = subprocess.run([program, "--list"], capture_output=True, text=True, errors="replace", check=False)
        rows = [line.split("\t") for line in listed.stdout.splitlines()]
        if listed.returncode != 0 or not rows or any(len(row) != 3 for row in rows):
            print(listed.stdout + listed.stderr, end="")
            die("ci/compare-builds: %s does not say what it can be asked about" % relative(program))
        compared |= {(row[0], row[1]) for row in rows}
        versions.append(rows[0][2])
    return compared, versions


class Worker:
    """One build, answering."""

    def __init__(self, program, name="a worker"):
        self.program = program
        self.name = name
        self.process = None
        self.restarts = 0

    def start(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([*die_with_us(), self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
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

    def read(self, question):
        """The next answer, which is about that question; CRASH or HANG when there is none."""
        began, worked_before = time.monotonic(), None
        while b"\n" not in self.pending:
            if not self.selector.select(timeout=GLANCE):
                if self.outgrew():
                    return self.fell("CRASH", MEMORY_GONE)
                waits, worked = self.state()
                worked_before = worked if worked_before is None else worked_before
                waited = time.monotonic() - began
                if waited >= PATIENCE and (waits or worked - worked_before >= PATIENCE or waited >= 10 * PATIENCE):
                    return self.fell("HANG", "no answer in %g s" % PATIENCE)
                continue
            data = self.process.stdout.read()
            if data == b"":
                return self.fell("CRASH", MEMORY_GONE if is_too_much(self.pending) else self.end())
            self.pending += data or b""
        line, self.pending = self.pending.split(b"\n", 1)
        cells = line.decode(errors="replace").split("\t")
        if len(cells) != len(Answer._fields) - 1 or cells[2] not in VERDICTS or not is_hex(cells[0]):
            raise NoAnswer("%s wrote %r where it was asked about %s of %s: that is no answer" % (
                self.name, line[:200].decode(errors="replace"), question.name or "a mutated message", question.message))
        return Answer(*cells)

    def state(self):
        """Whether it waits for something, and how many seconds it worked: on a busy machine it may get to do neither."""
        with open("/proc/%d/stat" % self.process.pid, encoding="utf-8", errors="replace") as f:
            cells = f.read().rpartition(")")[2].split()
        return cells[0] not in "RD", (int(cells[11]) + int(cells[12])) / os.sysconf("SC_CLK_TCK")

    def outgrew(self):
        """Whether it has ever taken more memory than it may. What it was refused, and what it never wrote to, counts."""
        try:
            with open("/proc/%d/status" % self.process.pid, "rb") as f:
                return is_too_much(f.read())
        except (AttributeError, OSError):  # it fell
            return False

    def forget_words(self):
        """Empties the file of what it wrote, when that is long; for when it waits."""
        if self.process is not None and os.fstat(self.errors.fileno()).st_size > WORDS:
            self.errors.seek(0)  # for both: what it was started with is this file
            self.errors.truncate()

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
        if not is_hex(data):
            data = ""
        self.errors.seek(max(0, self.errors.seek(0, os.SEEK_END) - LAST_WORDS))
        said = self.errors.read().decode(errors="replace").strip()
        self.stop()
        self.restarts += 1
        return Answer(data, "", how, "", why, "", "", said)


def is_too_much(text):
    """Whether the memory that it tells of is more than a worker may take."""
    peak = PEAK.search(text)
    return peak is not None and int(peak.group(1)) << 10 > MEMORY


def is_hex(text):
    return re.fullmatch("([0-9a-f]{2})*", text) is not None


def is_late(until):
    return until is not None and time.monotonic() >= until


def ask(workers, questions, until=None, columns=None):
    """Pairs of answers: to all, or to as many as there was time for, but one. A few at a time go out at once; when a worker
    falls, what it had not answered is asked again. Where one took too much memory its last answer says so: it was one of them.
    The answers of each worker are added to the columns as they come, for who does not get the pairs."""
    columns, outgrown, wanted = [] if columns is None else columns, [], len(questions)
    for worker in workers:
        worker.send(questions)
    for worker in workers:
        answers = []
        columns.append(answers)
        while len(answers) < wanted:
            answers.append(worker.read(questions[len(answers)]))
            if is_late(until):
                break
            if answers[-1].verdict in NEW and len(answers) < wanted:
                worker.send(questions[len(answers):])
        wanted = len(answers)
        outgrown.append(worker.outgrew())
        if wanted < len(questions) or outgrown[-1]:  # it has more to say, or no memory left
            worker.stop()
        else:
            worker.forget_words()
    for answers, outgrew in zip(columns, outgrown):
        if outgrew:
            answers[wanted - 1] = answers[wanted - 1]._replace(verdict="CRASH", alert="-1", reason="", cause=MEMORY_GONE, fields="")
    return list(zip(*columns))


def ask_alone(workers, question):
    """The answers of fresh workers."""
    for worker in workers:
        worker.stop()
    return ask(workers, [question])[0]


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


def differences(before, after):
    """What changed, in words."""
    if state(before) != state(after) or before.verdict in NEW:  # both fell: no change, but nothing to pass over either
        return ["%s%s -> %s%s" % (state(before), words(before), state(after), words(after))]
    if before.verdict not in ("accepts", "understands"):
        return []
    old, new = fields_of(before), fields_of(after)
    return ["%s reads otherwise" % name for name in sorted(set(old) | set(new)) if old.get(name) != new.get(name)]


def changes(question, before, after):
    """Signatures of what changed: one line each, the same for every message with the same change."""
    return ["%s %s: %s" % (question.oracle, question.message, what) for what in differences(before, after)]


def changes_after_others(before, after):
    """The same for what the message does not do alone: whichever it is. Where one falls, any answer is no more than that."""
    if before.verdict in NEW or after.verdict in NEW:
        before, after = [a if a.verdict in NEW else a._replace(verdict="answers") for a in (before, after)]
    return ["%s %s" % (AFTER_OTHERS, what) for what in differences(before, after)]


class Changes:
    """What changed so far: by signature how often, and the smallest message that shows it."""

    def __init__(self, place):
        self.place = place
        self.found = {}

    def take(self, question, before, after, signatures=None):
        for signature in changes(question, before, after) if signatures is None else signatures:
            data = message_of(question, before, after)
            times, smallest, *_ = self.found.get(signature, (0, None))
            if smallest is None or len(data) < len(smallest[0]):
                smallest = (data, question, before, after)
            self.found[signature] = (times + 1, smallest)

    def has(self, question, before, after):
        """Whether there is nothing new in it but that it was met once more."""
        size = len(message_of(question, before, after))
        return all(signature in self.found and len(self.found[signature][1][0]) <= size
                   for signature in changes(question, before, after))

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


def message_of(question, before, after):
    """The message that was asked about, mutated or not."""
    return bytes.fromhex(before.input or after.input) if question.seed and (before.input or after.input) else question.data


def took_too_much(pair):
    return any(answer.verdict == "CRASH" and MEMORY_GONE in (answer.reason, answer.cause) for answer in pair)


def compare(workers, questions, found, until=None):
    """Asks both, and takes what changed; how many questions there was time for. What is new must be there again when fresh
    workers are asked nothing else: it may be that the messages before it did something to a worker. To find which, each of them
    is then asked alone; so they are where a worker took too much memory, after which its answers are worth nothing. Where it is
    stopped before that, what was answered is taken for what it is: answers after other messages."""
    columns = []
    try:
        return compare_asked(workers, list(zip(questions, ask(workers, questions, until, columns))), found, until)
    except KeyboardInterrupt:
        for question, pair in zip(questions, zip(*columns) if len(columns) == len(workers) else ()):
            if not found.has(question, *pair):
                found.take(question, *pair, changes_after_others(*pair))
        raise


def compare_asked(workers, asked, found, until):
    """The same for what was answered."""
    doubtful = asked[-1:] if took_too_much(asked[-1][1]) else []
    for question, pair in asked if not doubtful else []:
        if found.has(question, *pair):
            found.take(question, *pair)
        elif changes(question, *pair) == changes(question, *(by_itself := ask_alone(workers, question))):
            found.take(question, *by_itself)
        else:
            doubtful.append((question, pair))
    if doubtful:
        rest = [one for one in asked if one not in doubtful]
        take_alone(workers, doubtful + rest, found, len(doubtful), until)
    return len(asked)


def take_alone(workers, asked, found, at_least, until):
    """Takes what each of the messages does alone, and what they did otherwise when they were asked after others."""
    otherwise, outgrown = [], False
    for number, (question, pair) in enumerate(asked):
        if number >= at_least and is_late(until):
            break
        by_itself = ask_alone(workers, question)
        outgrown |= took_too_much(by_itself)
        if not found.has(question, *by_itself):
            found.take(question, *by_itself)
        if changes(question, *pair) != changes(question, *by_itself):
            otherwise.append((question, pair))
    for question, pair in otherwise if not outgrown else []:  # else they lacked the memory that one of them took
        found.take(question, *pair, changes_after_others(*pair))


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


def mutated(questions, source, most):
    """The next questions about mutated messages, fifty at most."""
    return [q._replace(seed=source.randrange(1, 1 << 31), name=None) for q in source.choices(questions, k=min(50, most))]


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
    more = parser.add_mutually_exclusive_group()
    more.add_argument("--seconds", type=int, default=10, metavar="N", help="how long to go on with mutated messages (default 10)")
    more.add_argument("--mutated", type=int, metavar="N", help="go on with so many, however long it takes")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 31), metavar="N",
                        help="where the random choices start (default: a new one each run, printed)")
    parser.add_argument("--allow", metavar="FILE", help="signatures that are no finding")
    parser.add_argument("--json", metavar="FILE", help="write what changed there too")
    parser.add_argument("--junit", metavar="FILE", help="write it there as JUnit XML")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.seconds < 0:
        die("ci/compare-builds: --seconds %d: takes 0 or more" % args.seconds, USAGE)
    if args.mutated is not None and args.mutated < 0:
        die("ci/compare-builds: --mutated %d: takes 0 or more" % args.mutated, USAGE)
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

    _lock = alone(os.path.join(HOME, "lock"), "ci/compare-builds")
    log = os.path.join(HOME, "build.log")
    open(log, "wb").close()
    say("ci/compare-builds: building the workers")
    programs = [build_worker(prefix, log) for prefix in (args.baseline, args.candidate)]
    compared, versions = lists(programs)
    say("ci/compare-builds: baseline %s (%s), candidate %s (%s)" % (versions[0], args.baseline, versions[1], args.candidate))

    questions = questions_of(sorted(compared), args.paths)
    if not questions:
        die("ci/compare-builds: no message that is compared in %s" % " ".join(args.paths))
    workers = [Worker(program, "the %s (%s)" % (which, prefix)) for program, which, prefix in zip(
        programs, ("baseline", "candidate"), (args.baseline, args.candidate))]
    found = Changes(os.path.join(HOME, "found"))
    source = random.Random(args.seed)
    asked, said, stopped, failed = 0, time.monotonic(), False, None

    def progress(what):
        nonlocal said
        if time.monotonic() - said >= 10:
            said = time.monotonic()
            say("ci/compare-builds: %s, %s found, %s" % (plural(asked, "question"), plural(len(found.found), "signature"), what))

    try:
        for some in batches(questions):
            asked += compare(workers, some, found)
            progress("%d to go" % (len(questions) - asked))
        rest = "mutated ones for %d s" % args.seconds if args.mutated is None else "%d mutated ones" % args.mutated
        say("ci/compare-builds: %s asked; %s, --seed %d" % (plural(asked, "question"), rest, args.seed))
        until = time.monotonic() + args.seconds if args.mutated is None else None
        whole = asked + args.mutated if args.mutated is not None else math.inf
        while asked < whole and not is_late(until):
            for some in batches(mutated(questions, source, whole - asked)):
                if is_late(until):
                    break
                asked += compare(workers, some, found, until)
                progress("%d to go" % (whole - asked) if until is None else "%d s left" % max(0, until - time.monotonic()))
    except KeyboardInterrupt:
        stopped = True
    except NoAnswer as error:
        failed = str(error)
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
            "questions": asked, "seed": args.seed, "failed": failed,
            "changes": [{"signature": s, "times": t, "file": f, "allowed": s in allowed, "both_fall": both_fall(b, a),
                         "baseline": state(b), "candidate": state(a), "baseline_stderr": b.said, "candidate_stderr": a.said}
                        for s, t, f, b, a in rows]})
    if args.junit:
        write_junit(args.junit, "%s against %s" % (versions[1], versions[0]), rows, allowed, asked)
    say("ci/compare-builds: %s, %s%s" % (plural(asked, "question"), totals(rows, allowed), "; stopped" if stopped else ""))
    if failed is not None:
        die("ci/compare-builds: %s; what was found until then is above" % failed, COULD_NOT_RUN)
    return FINDING if fresh else STOPPED if stopped else CLEAN


if __name__ == "__main__":
    run("ci/compare-builds", main)
