"""ci/prove: Frama-C WP and Eva over the parsers."""

import argparse
import concurrent.futures
import contextlib
import glob
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time

import eva
import planted
from eva import CouldNotRun, read, read_kept
from common import CLEAN, COULD_NOT_RUN, FINDING, ROOT, USAGE, check_writable, cores, die, only_parse, plural, run
from common import say, seconds, table, write_json

HELP = """Proves, with Frama-C WP, that the functions of parsers/src have no undefined behaviour and no unsigned
wrap-around for inputs of any length, that they end, and that they keep the contracts written before them. Files
are proved one by one, several at a time. Results are kept by the content of what they depend on (source, headers,
flags, tool versions) under the user's cache folder, so that only what changed is proved again. parsers/proofs.tsv
says which files are proved and which are not yet. With --eva, Frama-C Eva looks for values that are read before they
were set, message by message, on inputs of bounded size."""

EPILOG = """exit status: 0 every goal proved and no alarm, 1 a goal unproved or an alarm, 2 usage, 3 could not run, 130 stopped with Ctrl-C"""

PARSERS = os.path.join(ROOT, "parsers")
LEDGER = os.path.join(PARSERS, "proofs.tsv")
COLUMNS = ["file", "state", "functions", "goals", "tools", "content"]
CONTROLS = os.path.join(ROOT, "tests", "power", "proof-controls.txt")
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "cauth-prove")

FLAGS = ["-machdep", "gcc_x86_64", "-cpp-extra-args=-Iinclude -Isrc", "-warn-unsigned-overflow", "-wp", "-wp-rte",
         "-wp-prover", "cvc4", "-wp-warn-key", "pedantic-assigns=inactive", "-wp-no-warn-memory-model"]

# WP idles for a moment around every call of the prover: two at a time keep a processor busy. What is proved is the same.
PROVERS = ["-wp-par", "2"]

# Steps of the prover and not seconds decide when a goal is given up, so that a busy machine proves the same. The
# hardest goals of open_record in handshake.c need less than half of them.
STEPS = 1500000

# A smoke test is good when false cannot be proved, so that each takes all the steps it is given. A contradiction in
# a contract shows at once.
SMOKE_STEPS = 200000
QUICK_SMOKE_STEPS = 60000

# To be changed with what a kept result holds, or with how it is found.
FORMAT = "4"

# What ci/test proves even when nothing changed.
ALWAYS = {"src/reader.h", "src/writer.c", "src/alert.c"}


# --- sources ---

def without_comments(text):
    """The same text with comments blanked out, so that positions stay."""
    return re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def without_words(text):
    """The same text with plain comments, strings and characters blanked out: annotations and code."""
    return re.sub(r"""'(?:\\.|[^'\\\n])'|"(?:\\.|[^"\\\n])*"|/\*(?!@).*?\*/|//(?!@)[^\n]*""",
                  lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def functions_of(path):
    """The functions that a file defines, as [(name, line)]. Every { in column 0 opens one (.clang-format says so)."""
    text = without_comments(read(path))
    found = [(m.group(1), text.count("\n", 0, m.end()) + 1)
             for m in re.finditer(r"^[a-z][\w *]*?\b(\w+)\([^;{}]*\)\n\{", text, re.M)]
    if len(found) != len(re.findall(r"^\{", text, re.M)):
        raise CouldNotRun("%s: not every function was recognised" % path)
    return found


def parts(place):
    """Every file of the parsers."""
    paths = sorted(glob.glob(os.path.join(place, "**", "*.*"), recursive=True))
    return [os.path.relpath(p, place) for p in paths if p.endswith((".c", ".h", ".def"))]


def sources(place):
    """Those that define a function, inline ones of the public headers included."""
    return [name for name in parts(place) if not name.endswith(".def") and functions_of(os.path.join(place, name))]


def included(path, place, seen, deep=True):
    """The files of the project that a file includes, and (if deep) they in turn."""
    for name in re.findall(r'^\s*#\s*include\s*"([^"]*)"', read(path), re.M):
        for folder in ("include", "src"):
            target = os.path.join(place, folder, name)
            if os.path.isfile(target) and target not in seen:
                seen.add(target)
                if deep:
                    included(target, place, seen)
    return seen


def constants_of(path):
    """What a table means where only its constants are used: nothing of a row but the numbers it spells out. Those that
    are counted up may be any; but how many words their set takes is the size of an object."""
    rows = re.findall(r"^CAUTH_\w+\(([^\"\n]*)", without_comments(read(path)), re.M)
    spelled = [row for row in rows if re.search(r"\b\d", row)]
    return repr(spelled or len(rows) // 64)


def content_of(name, place=PARSERS, tables=True):
    """A hash of everything of the project that the proof of a file depends on. Without `tables`, those of rules, fields,
    extensions and alerts count in full for the files alone that include them themselves, and so have their rows as data;
    elsewhere their constants do."""
    path = os.path.join(place, name)
    digest = hashlib.sha256("\0".join([*FLAGS, str(STEPS), ""]).encode())
    own = included(path, place, set(), deep=False)
    for part in [path] + sorted(included(path, place, set())):
        text = read(part) if tables or part in own or not part.endswith(".def") else constants_of(part)
        digest.update(os.path.relpath(part, place).encode() + b"\0" + text.encode() + b"\0")
    return digest.hexdigest()


# --- what WP does not look at ---

ASSUMED = (r"\b(admit|assume|axiom|axiomatic|inductive|import|asm|__asm__|goto|__FRAMAC__|__FC_\w+)\b"
           r"|\b(?:variant|decreases)\b[^;]*\b(for)\b")


def assumptions(place, proved):
    """What WP would take as given, whatever is proved: [(function, place, what)]. `proved` are the files whose lemmas
    are."""
    faults = []
    for name in parts(place):
        text = without_words(read(os.path.join(place, name)))  # with code: a macro may stand in an annotation
        found = [(m.start(), "an assumption (%s)" % (m.group(1) or m.group(2))) for m in re.finditer(ASSUMED, text)]
        if name not in proved:
            found += [(m.start(), "a lemma where nothing is proved") for m in re.finditer(r"\blemma\b", text)]
        defined = list(re.finditer(r"\b(?:logic\b[\w\s*]*?[\s*]|predicate\s+)(\w+)\s*(?:\{[^}]*\}\s*)?(?:\([^)]*\)\s*)?"
                                   r"(=|;|reads\b)([^;]*)", text))
        if len(defined) != len(re.findall(r"\b(?:logic|predicate)\b", text)):
            raise CouldNotRun("%s: not every logic function was recognised" % name)
        for m in defined:
            if m.group(2) != "=":
                found.append((m.start(), "an assumption (%s, which is not defined)" % m.group(1)))
            elif re.search(r"\b%s\b" % m.group(1), m.group(3)):
                found.append((m.start(), "an assumption (%s, which is defined by itself)" % m.group(1)))
        lines = [(text.count("\n", 0, at) + 1, what) for at, what in found]
        if not functions_of(os.path.join(place, name)):  # a loop in a macro
            lines += loops_without_variant(name, place)
        faults += [("?", "%s:%d" % (name, line), what) for line, what in sorted(lines)]
    return faults


def loops_without_variant(name, place):
    """[(line, text)]"""
    text = read(os.path.join(place, name))
    bare = without_comments(without_words(text))
    faults = []
    for loop in re.finditer(r"\b(for|while|do)\b", bare):
        before = bare[:loop.start()].rstrip()
        if loop.group() == "while" and before.endswith("}") and closes_do(bare, len(before) - 1):
            continue
        above = text[:loop.start()].rstrip()
        note = above[above.rfind("/*@"):] if above.endswith("*/") else ""
        if "loop variant" not in note or "*/" in note[:-2]:
            faults.append((text.count("\n", 0, loop.start()) + 1, "a loop without a variant"))
    return faults


def closes_do(text, at):
    """Whether the } at `at` closes the body of a do."""
    depth = 0
    for i in range(at, -1, -1):
        depth += {"}": 1, "{": -1}.get(text[i], 0)
        if depth == 0:
            return re.search(r"\bdo\s*$", text[:i]) is not None
    return False


def cycle(place):
    """A chain of calls that comes back to where it began, or None: that there is none is part of termination."""
    bodies = {}
    for name in sources(place):
        path = os.path.join(place, name)
        lines = without_comments(read(path)).splitlines()
        for function, line in functions_of(path):
            end = next(i for i in range(line, len(lines)) if lines[i] == "}")
            bodies[name, function] = "\n".join(lines[line:end])
    calls = {}
    for (name, function), body in bodies.items():
        callees = calls[name, function] = set()
        for called in set(re.findall(r"\b(\w+)\(", body)):
            # A function of the same file goes before one of the same name elsewhere.
            own = {(name, called)} & set(bodies)
            callees |= own or {key for key in bodies if key[1] == called}
    done = set()

    def visit(function, chain):
        if function in chain:
            return chain[chain.index(function):] + [function]
        if function in done:
            return None
        for callee in sorted(calls[function]):
            found = visit(callee, chain + [function])
            if found:
                return found
        done.add(function)
        return None

    for function in sorted(calls):
        found = visit(function, [])
        if found:
            return found
    return None


# --- the prover ---

class Tools:
    """Frama-C and its prover, with a configuration of their own under the cache folder."""

    def __init__(self):
        for program in ("frama-c", "why3", "cvc4", "gcc"):
            if shutil.which(program) is None:
                raise CouldNotRun("%s is not installed" % program)
        versions = [self.version("frama-c", "-version"), self.version("why3", "--version"), self.version("cvc4", "--version")]
        self.versions = "frama-c %s, why3 %s, cvc4 %s" % tuple(versions)
        self.preprocessor = "gcc " + self.version("gcc", "-dumpfullversion")  # Frama-C's, if it is not told otherwise
        self.home = os.path.join(CACHE, "home-" + "-".join(versions))  # why3.conf names the versions of the provers
        self.goals = os.path.join(CACHE, "goals")
        self.results = os.path.join(CACHE, "results")
        for place in (self.home, self.goals, self.results):
            os.makedirs(place, exist_ok=True)
        self.env = dict(os.environ, HOME=self.home)
        if not os.path.isfile(os.path.join(self.home, ".why3.conf")):
            done = subprocess.run(["why3", "config", "detect"], env=self.env, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise CouldNotRun("why3 config detect: " + (done.stderr.strip() or "failed"))
        self.running = set()
        self.stopped = False
        self.lock = threading.Lock()

    def version(self, *command):
        out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        number = re.search(r"\d+(\.\d+)+", out)
        if not number:
            raise CouldNotRun("%s says no version" % " ".join(command))
        return number.group()

    def frama_c(self, args, place, flags=FLAGS):
        """Runs Frama-C. What it and the prover leave behind when they are stopped goes with the scratch folder."""
        with tempfile.TemporaryDirectory(prefix="cauth-prove-") as scratch:
            env = dict(self.env, TMPDIR=scratch, PWD=place)  # Frama-C finds relative paths from PWD
            with self.lock:
                if self.stopped:
                    raise CouldNotRun("stopped")
                process = subprocess.Popen(["nice", "frama-c", *flags, *args], cwd=place, env=env, text=True,
                                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                           start_new_session=True)
                self.running.add(process)
            out = process.communicate()[0]
            with self.lock:
                self.running.discard(process)
            return process.returncode, out

    def stop(self):
        with self.lock:
            self.stopped = True
            for process in self.running:
                os.killpg(process.pid, 15)


def parse(out, name, functions, smoke=False):
    """What WP printed of the goals, or of the smoke tests alone, as {function: [goals, proved]} and the unproved goals as
    [(function, place, what)]."""
    names = sorted([f for f, _ in functions], key=len, reverse=True)
    counts, open_goals = {}, []
    proved = {goal: verdict == "Valid" for goal, verdict in
              re.findall(r"^\[wp\] \[[^\]]*\] Goal \w+?_(\w+) : (\w+)", out, re.M)}
    passed = {goal: verdict == "Passed" for verdict, goal in
              re.findall(r"^\[wp\] \[(\w+)\] Smoke-test \w+?_(\w+)", out, re.M)}
    said = re.search(r"^\[wp\] Proved goals: +(\d+) / (\d+)$", out, re.M)
    seen = [sum(proved.values()) + sum(passed.values()), len(proved) + len(passed)]
    if [int(number) for number in said.groups()] != seen:
        raise CouldNotRun("%s: frama-c counts %s of %s goals proved, %d of %d were read" % (name, *said.groups(), *seen))
    for goal, is_good in (passed if smoke else proved).items():
        function = next((f for f in names if goal.startswith(f + "_")), "(calls)" if smoke else "(lemmas)")
        counts.setdefault(function, [0, 0])
        counts[function][0] += 1
        counts[function][1] += is_good
    for block in re.split(r"^-{20,}$", out, flags=re.M):
        head = re.search(r"^Goal ([^\n]*)$", block, re.M)
        # A smoke test asks for a proof of false: what is good elsewhere is bad there.
        if not head or head.group(1).startswith("Wp_smoke") != smoke or \
                bool(re.search(r"^Prover \S+.* returns Valid", block, re.M)) != smoke:
            continue
        what = head.group(1).rstrip(":")
        # A goal about a call names the contract first, and then where the call stands, which is where it fails.
        at = re.search(r"^(.*) in '(\w+)' at ([^()]*) \(file ([^,]+), line (\d+)\)$", what)
        if at:
            what, function, call, file, line = at.groups()
            what = "%s, at %s" % (re.sub(r" \(file ([^,]+), line (\d+)\)", r" (\1:\2)", what), call)
        else:
            at = re.search(r" ?\(file ([^,]+), line (\d+)\)", what)
            file, line = at.groups() if at else (None, None)
            function = re.search(r"in '(\w+)'", what)
            function = function.group(1) if function else "(lemmas)" if what.startswith("Lemma") else None
            if function is None and line and os.path.normpath(file) == name:
                function = next((f for f, start in reversed(functions) if start <= int(line)), None)
            what = re.sub(r" ?\(file [^)]*\)| in '\w+'", "", what)
        open_goals.append((function or "?", "%s:%s" % (file, line) if line else name, what))
    return counts, open_goals


def wp(tools, name, args, place):
    """The output of one run of WP."""
    status, out = tools.frama_c([*args, *PROVERS], place)
    if status != 0 or not re.search(r"^\[wp\] Proved goals: ", out, re.M):
        raise CouldNotRun("%s: frama-c: %s" % (name, "\n".join(out.strip().splitlines()[-8:])))
    # What Frama-C warns of it has put up with: a function without a contract is given one that it invents.
    odd = re.search(r"^\[[^\]]*\] .*Warning:(?! Failed smoke-test).*(\n  .*)*", out, re.M)
    if odd:
        raise CouldNotRun("%s: frama-c: %s" % (name, " ".join(odd.group().split())))
    return out


def is_whole(result, wanted, smoke):
    """Whether a result has everything proved, and something of every function. A function that asks for nothing and has
    no branch has no smoke test."""
    counts = result["functions"]
    return not result["open"] and result["seconds"] > 0 and set(wanted) <= set(counts) and \
        all(good == all_ >= (0 if smoke else 1) for all_, good in counts.values())


def prove(tools, name, place=PARSERS, only=None, smoke=False, quick=False):
    """Proves one file, or looks for contradictions in it. Returns {"functions": {name: [goals, proved]}, "open": [...], "seconds": ...}."""
    functions = functions_of(os.path.join(place, name))
    wanted = [f for f, _ in functions if only is None or f in only]
    steps = str(QUICK_SMOKE_STEPS if smoke and quick else SMOKE_STEPS if smoke else STEPS)
    args = ["-wp-print", "-wp-steps", steps, "-wp-timeout", "600", "-wp-cache", "update", "-wp-cache-dir", tools.goals]
    if smoke:
        args += ["-wp-smoke-tests", "-wp-smoke-timeout", "600"]
    if quick:
        args += ["-wp-no-smoke-dead-" + what for what in ("assumes", "call", "code", "loop")]
    content = content_of(name, place), content_of(name, place, tables=False)
    key = hashlib.sha256("\0".join([content[0], tools.versions, tools.preprocessor, " ".join(args), " ".join(wanted),
                                    FORMAT]).encode()).hexdigest()
    kept = os.path.join(tools.results, key + ".json")
    known = read_kept(kept, lambda result: is_whole(result, wanted, smoke))
    if known:
        return dict(known, content=content[1])
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        source = name
        if name.endswith(".h"):
            source = os.path.join(scratch, "header.c")
            with open(source, "w", encoding="utf-8") as f:
                f.write('#include "%s"\n' % name.split("/", 1)[1])
        selections = [["-wp-fct", ",".join(wanted)]]
        if only is None and re.search(r"\blemma\b", read(os.path.join(place, name))):
            selections.append(["-wp-prop", "@lemma"])
        counts, open_goals = {}, []
        for selection in selections:
            more, still_open = parse(wp(tools, name, [source, *args, *selection], place), name, functions, smoke)
            counts.update(more)
            open_goals += still_open
        # Where a goal with many cases is too much at once, its parts one by one often are not.
        hard = [f for f in wanted if f in counts and counts[f][0] > counts[f][1]]
        if hard and not smoke:
            more, still_open = parse(wp(tools, name, [source, *args, "-wp-split", "-wp-fct", ",".join(hard)], place), name,
                                     functions)
            counts.update(more)
            open_goals = [o for o in open_goals if o[0] == "(lemmas)"] + still_open
    for f in wanted:
        if counts.setdefault(f, [0, 0])[0] == 0 and not smoke:
            raise CouldNotRun("%s: %s has no goal; has it a contract?" % (name, f))
    if len(selections) > 1 and not smoke and "(lemmas)" not in counts:
        raise CouldNotRun("%s: no goal of its lemmas was seen" % name)
    for line, what in loops_without_variant(name, place):
        function = next((f for f, at in reversed(functions) if at <= line), "?")
        if function in [*wanted, "?"]:
            open_goals.append((function, "%s:%d" % (name, line), what))
    if content[0] != content_of(name, place):
        raise CouldNotRun("%s: changed while it was being proved" % name)
    result = {"functions": counts, "open": open_goals, "seconds": time.monotonic() - began, "content": content[1]}
    goals = sum(c[0] - c[1] for c in counts.values())
    if goals and not open_goals:
        open_goals.append(("?", name, plural(goals, "goal") + " unproved"))
    if is_whole(result, wanted, smoke):  # what failed is tried again; the goals have a cache of their own
        write_json(kept, result)
    return result


# --- the ledger ---

def read_ledger():
    """{file: row as dict}; every file with functions must have a row."""
    rows = {}
    lines = read(LEDGER).splitlines()
    if not lines or lines[0].split("\t") != COLUMNS:
        raise CouldNotRun("parsers/proofs.tsv: line 1: the columns are %s" % ", ".join(COLUMNS))
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or cells[1] not in ("proved", "not-yet"):
            raise CouldNotRun("parsers/proofs.tsv: line %d: %d cells, the second proved or not-yet, are wanted"
                              % (number, len(COLUMNS)))
        if cells[0] in rows:
            raise CouldNotRun("parsers/proofs.tsv: line %d: %s has a row already" % (number, cells[0]))
        rows[cells[0]] = dict(zip(COLUMNS, cells))
    have = set(sources(PARSERS))
    if have != set(rows):
        raise CouldNotRun("parsers/proofs.tsv: has no row, or one too many, for: " + ", ".join(sorted(have ^ set(rows))))
    return rows


def write_ledger(rows):
    text = "\n".join("\t".join(r) for r in [COLUMNS] + [[rows[f][c] for c in COLUMNS] for f in sorted(rows)]) + "\n"
    with open(LEDGER + ".part", "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(LEDGER + ".part", LEDGER)


def row_of(name, result, tools):
    """The row of a file that is proved."""
    counts = result["functions"]
    return dict(zip(COLUMNS, [name, "proved", str(len([f for f in counts if f != "(lemmas)"])),
                              str(sum(c[0] for c in counts.values())), tools.versions, result["content"]]))


def changed(rows, tools_versions):
    """The proved files whose proof the ledger does not have as they are now."""
    return [f for f, row in rows.items() if row["state"] == "proved"
            and (row["content"] != content_of(f, tables=False) or row["tools"] != tools_versions)]


# --- the controls ---

def body_of(path, function, line):
    lines = read(path).splitlines()
    return "\n".join(lines[line - 1:next(i for i in range(line, len(lines)) if lines[i] == "}")])


@contextlib.contextmanager
def planted_in_copy(bug):
    """A copy of the parsers with a planted bug."""
    with tempfile.TemporaryDirectory() as scratch:
        place = os.path.join(scratch, "parsers")
        shutil.copytree(PARSERS, place)
        for path, text in bug.apply().items():
            with open(os.path.join(scratch, path), "w", encoding="utf-8") as f:
                f.write(text)
        yield place


def analyse_bug(tools, bug):
    """What Eva says of a planted bug."""
    with planted_in_copy(bug) as place:
        changed_files = [os.path.relpath(path, "parsers") for path in bug.apply()]
        return eva.alarms_with(tools, place, changed_files, bug.message, functions_of)


def prove_bug(tools, bug):
    """Proves the functions that a planted bug changes, in a copy: the open goals."""
    with planted_in_copy(bug) as place:
        loop = cycle(place)  # WP cannot even begin with such a function
        if loop:
            return [(loop[0][1], loop[0][0], "a function that calls itself")]
        open_goals = []
        for path in bug.apply():
            name = os.path.relpath(path, "parsers")
            before = {f: body_of(os.path.join(PARSERS, name), f, at)
                      for f, at in functions_of(os.path.join(PARSERS, name))}
            after = {f: body_of(os.path.join(place, name), f, at) for f, at in functions_of(os.path.join(place, name))}
            differ = [f for f in after if after[f] != before.get(f)]
            if differ:
                open_goals += prove(tools, name, place, differ)["open"]
        return open_goals


def controls(tools, rows, jobs):
    """Every planted bug of the list makes goals fail, and every one that leaves a value unset makes Eva raise an alarm."""
    bugs = {bug.name: bug for bug in planted.planted()}
    names = read(CONTROLS).split()
    unknown = [n for n in names if n not in bugs]
    if unknown:
        raise CouldNotRun("tests/power/proof-controls.txt: tests/power/bugs.txt has no bug " + ", ".join(unknown))
    unset = [name for name in bugs if bugs[name].cls == "uninitialised"]
    missed = []

    def done(name, open_goals):
        if not open_goals:
            missed.append(name)
            say("ci/prove: %-24s MISSED: %s" % (name, "Eva raises no alarm" if name in unset else "every goal is proved with it"))
        for function, place, what in open_goals[:1]:
            say("ci/prove: %-24s fails at %s in %s, %s%s" % (name, place, function, what, " and %s more" %
                                                            (len(open_goals) - 1) if len(open_goals) > 1 else ""))

    work = [(n, (analyse_bug if n in unset else prove_bug, tools, bugs[n])) for n in dict.fromkeys(names + unset)]
    prove_all(tools, jobs, work, done)
    say("\nci/prove: %d of %d planted bugs make a goal fail, or Eva raise an alarm" % (len(work) - len(missed), len(work)))
    return missed


# --- runs ---

def prove_all(tools, jobs, work, on_done):
    """Runs work(item) for each item, `jobs` at a time, and calls on_done(item, result) as they end."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = {}
        try:
            for item in work:
                futures[pool.submit(*item[1])] = item[0]
            for future in concurrent.futures.as_completed(futures):
                on_done(futures[future], future.result())
        except BaseException:
            for future in futures:
                future.cancel()
            tools.stop()
            raise


def report(results):
    rows = []
    for name in sorted(results):
        counts = results[name]["functions"]
        rows.append([name, len([f for f in counts if f != "(lemmas)"]), sum(c[0] for c in counts.values()),
                     sum(c[1] for c in counts.values()), "%.0f s" % results[name]["seconds"],
                     "kept" if results[name].get("kept") else ""])
    rows.append(["total", *[sum(r[i] for r in rows) for i in (1, 2, 3)], "", ""])
    for line in table(["file", "functions", "goals", "proved", "time", ""], rows):
        say(line)


def say_open(open_goals):
    for function, place, what in open_goals:
        say("ci/prove: unproved: %s%s, %s" % (place, "" if function == "?" else " in " + function, what))


def prove_files(tools, names, args):
    results = {}

    def done(name, result):
        results[name] = result
        goals = [sum(c[i] for c in result["functions"].values()) for i in (0, 1)]
        say("ci/prove: %-16s %d of %d goals proved%s" % (name, goals[1], goals[0],
                                                        " (kept)" if result.get("kept") else ""))
        say_open(result["open"])

    # The longest first, as far as size tells.
    names = sorted(names, key=lambda n: -os.path.getsize(os.path.join(PARSERS, n)))
    prove_all(tools, args.jobs, [(n, (prove, tools, n, PARSERS, args.function and [args.function], args.smoke,
                                            args.quick)) for n in names],
              done)
    return results


def main():
    parser = argparse.ArgumentParser(prog="ci/prove", description=HELP, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("--file", action="append", metavar="FILE", help="only this file; may be repeated")
    parser.add_argument("--function", metavar="NAME", help="only this function")
    parser.add_argument("--changed", action="store_true",
                        help="only reader.h, writer.c, alert.c and what changed since parsers/proofs.tsv was written")
    parser.add_argument("--all", action="store_true", help="the files not yet proved, too")
    parser.add_argument("--smoke", action="store_true", help="look for assumptions that contradict each other, instead of proving")
    parser.add_argument("--controls", action="store_true",
                        help="show that proofs fail: put each planted bug of tests/power/proof-controls.txt into a copy "
                             "and prove the functions it changes, or analyse it with Eva where a value is left unset; "
                             "then --smoke --quick for all files")
    parser.add_argument("--eva", action="store_true",
                        help="analyse every message with Eva instead of proving: no value is read before it was set, on "
                             "every content of small lengths and on seeds of the corpus with free bytes")
    parser.add_argument("--message", action="append", metavar="NAME", help="with --eva: only this message; may be repeated")
    parser.add_argument("--quick", action="store_true",
                        help="with --eva: one message of each layout, smaller lengths, fewer places; with --smoke: only "
                             "what functions require")
    parser.add_argument("--update", action="store_true", help="write what was proved into parsers/proofs.tsv")
    parser.add_argument("--jobs", type=int, default=min(2, cores()), metavar="N", help="files at a time (%(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.jobs < 1:
        die("ci/prove: --jobs is at least 1", USAGE)
    args.quick = args.quick or args.controls and not args.smoke
    args.smoke = args.smoke or args.controls
    if args.update and (args.function or args.smoke):
        die("ci/prove: --update wants whole files, without --function, --smoke and --controls", USAGE)
    if args.message and not args.eva or args.quick and not (args.eva or args.smoke):
        die("ci/prove: --message goes with --eva, --quick with --eva or --smoke", USAGE)
    if sum(map(bool, (args.file or args.function, args.changed, args.all))) > 1:
        die("ci/prove: of --file and --function, --changed, and --all, one can be wanted", USAGE)
    if args.eva and (args.file or args.function or args.changed or args.all or args.smoke or args.update):
        die("ci/prove: --eva goes with --message, --quick, --jobs and --json only", USAGE)
    for name in args.message or []:
        if name not in eva.subjects():
            die("ci/prove: parsers/messages.def has no message %s" % name, USAGE)
    try:
        have = {f: [n for n, _ in functions_of(os.path.join(PARSERS, f))] for f in sources(PARSERS)}
        for name in args.file or []:
            if as_listed(name, have) is None:
                die("ci/prove: the parsers have no file %s that defines functions" % name, USAGE)
        for name in [as_listed(f, have) for f in args.file or []] if args.function else []:
            if args.function not in have[name]:
                die("ci/prove: %s defines no function %s" % (name, args.function), USAGE)
        if args.function and not any(args.function in functions for functions in have.values()):
            die("ci/prove: the parsers define no function %s" % args.function, USAGE)
        if args.json:
            check_writable(args.json)
        if only_parse():
            return CLEAN
        return analyse(args, have) if args.eva else prove_what(args, have)
    except (CouldNotRun, planted.Broken) as why:
        die("ci/prove: %s" % why)


def analyse(args, have):
    """ci/prove --eva."""
    began = time.monotonic()
    tools = Tools()
    names = list(dict.fromkeys(args.message or (eva.quick_subjects() if args.quick else eva.subjects())))
    bad, reached, rows = eva.analyse_all(tools, names, args, functions_of, prove_all)
    if not args.message and not args.quick:
        unreached = sorted(f for functions in have.values() for f in functions if f not in reached)
        if unreached:
            say("\nnot reached: " + ", ".join(unreached))
    if args.json:
        write_json(args.json, rows)
    say("\nci/prove: Eva, %s, %s, %s, in %s" % (plural(len(names), "subject"), plural(len(rows), "run"),
                                                plural(bad, "alarm") if bad else "no alarm", seconds(began)))
    return FINDING if bad else CLEAN


def as_listed(name, have):
    """A file as parsers/proofs.tsv spells it: its own name is enough."""
    return next((f for f in have if f == name or name in (os.path.basename(f), "parsers/" + f)), None)


def prove_what(args, have):
    began = time.monotonic()
    rows = read_ledger()
    tools = Tools()
    proved = [f for f in rows if rows[f]["state"] == "proved"]
    if args.file:
        names = [as_listed(f, have) for f in args.file]
    elif args.changed:
        names = sorted(set(changed(rows, tools.versions)) | (ALWAYS & set(proved)))
    else:
        names = list(rows) if args.all or args.function else proved
    names = [n for n in dict.fromkeys(names) if args.function is None or args.function in have[n]]
    faults = assumptions(PARSERS, {*proved, *names})
    loop = cycle(PARSERS)
    if loop:
        faults.append((loop[0][1], loop[0][0], "which calls itself: " + " -> ".join("%s:%s" % f for f in loop)))
    say_open(faults)
    missed = controls(tools, rows, args.jobs) if args.controls else []
    results = prove_files(tools, names, args)
    say("")
    report(results)
    not_yet = sorted(f for f in rows if rows[f]["state"] == "not-yet" and f not in results)
    if not_yet:
        say("\nnot yet proved: " + ", ".join(not_yet))
    if args.json:
        write_json(args.json, results)
    if args.update and faults:
        say("\nci/prove: parsers/proofs.tsv is left as it is")
    elif args.update:
        rows.update({f: row_of(f, results[f], tools) for f in results if not results[f]["open"]})
        write_ledger(rows)
    elif not args.smoke and not args.function:
        for f in results:
            row = row_of(f, results[f], tools)
            # A proof of the same content by the same tools has the same goals.
            if rows[f] != row and all(rows[f][c] == row[c] for c in ("state", "tools", "content")):
                faults.append(("?", f, "%s functions and %s goals, of which parsers/proofs.tsv has %s and %s"
                               % (row["functions"], row["goals"], rows[f]["functions"], rows[f]["goals"])))
                say_open(faults[-1:])
    goals = sum(c[0] for r in results.values() for c in r["functions"].values())
    unproved = sum(len(r["open"]) for r in results.values()) + len(faults)
    say("\nci/prove: %s, %s, %s unproved, in %s" % (plural(len(results), "file"), plural(goals, "goal"),
                                                   unproved or "none", seconds(began)))
    return FINDING if unproved or missed else CLEAN


if __name__ == "__main__":
    run("ci/prove", main)
