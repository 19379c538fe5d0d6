"""Findings of fuzz targets: what names one, how it is made smaller, where it is kept."""

import hashlib
import os
import re
import shutil
import subprocess
import threading

from common import ROOT, read_json, rows_of, write_json

# What libFuzzer calls an input that failed: a kind, and the SHA-1 of its bytes.
RAW = re.compile(r"(?:crash|timeout|oom|leak)-[0-9a-f]{40}")

FRAMES = "fuzz/grammar/frames.def"
PASSED_OVER, ALL_PASSED_OVER = (tuple(row[0].strip('"') for row in rows_of(FRAMES, macro))
                                for macro in ("PASSED_OVER", "ALL_PASSED_OVER"))
FRAME = re.compile(r"^\s*#(\d+) 0x[0-9a-f]+ (?:in )?(\S+)", re.M)


def sanitizer_environment():
    """What every target is run with."""
    env = dict(os.environ)
    # A small quarantine, and no filling of fresh memory: a third of the time of a differential target is allocation.
    env["ASAN_OPTIONS"] = ("quarantine_size_mb=16:thread_local_quarantine_size_kb=64:max_malloc_fill_size=0:"
                           + env.get("ASAN_OPTIONS", ""))
    env["UBSAN_OPTIONS"] = "print_stacktrace=1:" + env.get("UBSAN_OPTIONS", "")
    symbolizer = shutil.which("llvm-symbolizer-19")
    if symbolizer:
        env.setdefault("ASAN_SYMBOLIZER_PATH", symbolizer)
    return env


def without_numbers(text):
    """Sizes, offsets, shifts and values, with their signs, change from input to input; digits in names do not. As
    fuzz/grammar/reduce_end.c has it."""
    return re.sub(r"(?<![\w-])-?(?:0x[\w-]+|\d+(?![\w-]))", "N", text, flags=re.ASCII)


def frames(text, most=3):
    """The innermost functions of the first stack that tell where it happened."""
    found = []
    for number, (depth, name) in enumerate(FRAME.findall(text)):
        if int(depth) != number:
            break  # another stack: where the memory came from
        if name not in PASSED_OVER and not name.startswith((*ALL_PASSED_OVER, "0x")) and "(" not in name:
            found.append(name)
            if len(found) == most:
                break
    return found


def signature(text):
    """One line that is the same for every input with the same fault: no sizes, offsets, addresses or line numbers."""
    ours = re.search(r"^cauth: (?:finding|signature): (.*)$", text, re.M)
    if ours:  # of a divergence without the flags of the input, which come in any combination
        return re.sub(r" where flagged .*$", "", ours.group(1).strip())
    undefined = re.search(r"^\S+?:\d+:\d+: runtime error: (.*)$", text, re.M)
    if undefined:
        kind, stack = without_numbers(undefined.group(1).split(":")[0].strip()), text[undefined.start():]
    else:
        report = re.search(r"ERROR: (\w+): (.*?)(?: on | after | \(|:|$)", text, re.M)
        if report is None:
            return "no signature; see the log"
        kind, stack = report.group(2), text[report.start():]
        if kind.startswith(("timeout", "out-of-memory")):
            return kind  # the stack is where it happened to be
    where = frames(stack)
    return kind + (" in " + " < ".join(where) if where else "")


BROKEN = re.compile(r"broken: (?P<property>\w+) of (?P<message>\w+) \((?P<profile>strict|interop)\): ")


def of_decisions(name):
    """What a signature says, if it is that of a property whose input is decisions, from which it builds a message: property,
    message and profile. Else None."""
    said = BROKEN.match(name)
    takes = {row[0] for row in rows_of("tests/props/properties.def", "CAUTH_PROPERTY") if row[2] == "CHOICES"}
    return said if said and said["property"] in takes else None


def output_of(binary, path):
    """What a target prints about one input, or None when it passes."""
    try:
        done = subprocess.run([binary, "-timeout=25", "-rss_limit_mb=2560", path], capture_output=True, stdin=subprocess.DEVNULL,
                              env=sanitizer_environment(), cwd=ROOT, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return "ERROR: libFuzzer: timeout"
    return None if done.returncode == 0 else done.stderr.decode(errors="replace")


def signature_of(binary, path):
    text = output_of(binary, path)
    return None if text is None else signature(text)


def reduced(content, same, tries):
    """A smaller input that still is the same finding: chunks taken out, large ones first, then bytes made zero."""
    size = max(1, len(content) // 2)
    while size >= 1 and tries > 0:
        at = 0
        while at < len(content) and tries > 0:
            shorter = content[:at] + content[at + size:]
            tries -= 1
            if same(shorter):
                content = shorter
            else:
                at += size
        size //= 2
    for at in range(len(content)):
        if tries <= 0:
            break
        if content[at] != 0:
            tries -= 1
            simpler = content[:at] + b"\0" + content[at + 1:]
            if same(simpler):
                content = simpler
    return content


def reduced_along_grammar(command, path, trial, same, tries):
    """The same by cauth-reduce, which knows what a message is made of: it writes candidates to `trial` and asks."""
    with subprocess.Popen([*command, path, trial], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reducer:
        for line in reducer.stdout:
            if line.strip() != "?":
                break
            tries -= 1
            with open(trial, "rb") as f:
                answer = "q" if tries < 0 else "y" if same(f.read()) else "n"
            reducer.stdin.write(answer + "\n")
            reducer.stdin.flush()
    if reducer.returncode != 0:
        raise OSError(None, "could not reduce", path)
    with open(trial, "rb") as f:
        return f.read()


class Store:
    """The findings of all targets, one per signature. findings/<target>/ holds crash-<digest>, the first input that showed
    it; reduced-<digest>, the same made smaller; and log-<digest>, what the target said. Where the input is decisions,
    message-<digest> is the message that the reduced ones give. findings.json is the list."""

    def __init__(self, home, binary, reducer=lambda target: None):
        """binary(target) is what to run; reducer(target) the command of cauth-reduce for it, or None to reduce bytes."""
        self.home, self.binary, self.reducer = home, binary, reducer
        self.path = os.path.join(home, "findings.json")
        self.lock = threading.Lock()
        self.hurry = False  # set from elsewhere: nothing more is reduced
        self.rows = {(row["target"], row["signature"]): row for row in read_json(self.path)}

    def save(self):
        with self.lock:  # a finding may be reduced beside the fuzzing
            write_json(self.path, list(self.rows.values()))

    def folder(self, target):
        return os.path.join(self.home, "findings", target)

    def artifacts(self, target):
        """Inputs that failed and were not taken yet, as when a run was killed."""
        place = self.folder(target)
        names = sorted(os.listdir(place)) if os.path.isdir(place) else []
        return [os.path.join(place, name) for name in names if RAW.fullmatch(name)]

    def program(self, row):
        """What fails on the input of a finding: the target as it is usually built, or as another engine has it."""
        return self.binary(row["target"], row["preset"]) if row.get("preset") else self.binary(row["target"])

    def take(self, target, artifact, text, reduce=None, preset=None, job=None):
        """Takes an input that failed, and calls reduce(row) of one that is new. Returns its row, and whether it is new; of
        one that is known only the count is kept. The preset is that of the build it fails in, when it is not the usual; the
        job is who found it, the target under an engine."""
        name = signature(text)
        row = self.rows.get((target, name))
        if row is not None:
            row["times"] += 1
            os.remove(artifact)
            self.save()
            return row, False
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        place = self.folder(target)
        kept = os.path.join(place, "crash-" + digest)
        with open(os.path.join(place, "log-" + digest), "w", encoding="utf-8") as f:
            f.write(text[-20000:])
        shutil.copyfile(artifact, kept)
        row = {"target": target, "signature": name, "file": os.path.relpath(kept, self.home), "reduced": None, "times": 1}
        if preset:
            row["preset"] = preset
        if job:
            row["job"] = job
        self.rows[(target, name)] = row
        self.save()
        os.remove(artifact)  # not before: a kill between these lines must leave one or the other to be found
        (reduce or self.reduce)(row)
        return row, True

    def reduce(self, row, tries=400):
        """Makes the input of a finding smaller; none when it does not fail alone."""
        if self.reduce_decisions(row):
            return
        original = os.path.join(self.home, row["file"])
        trial, smallest = original.replace("/crash-", "/trial-"), original.replace("/crash-", "/reduced-")
        with open(original, "rb") as f:
            content = f.read()

        def same(shorter):
            if self.hurry:
                return False
            with open(trial, "wb") as f:
                f.write(shorter)
            return signature_of(self.program(row), trial) == row["signature"]

        try:
            if same(content):
                smaller = self.smaller(row, original, content, trial + "-next", same, tries)
                with open(trial, "wb") as f:
                    f.write(smaller)
                os.replace(trial, smallest)
                row["reduced"] = os.path.relpath(smallest, self.home)
                self.save()
        finally:
            for left in (trial, trial + "-next"):
                if os.path.exists(left):
                    os.remove(left)

    def reduce_decisions(self, row):
        """A target runs the properties that take decisions on some of its inputs only, which its input picks: of others
        nothing is to be learned from it. cauth-reduce runs the one property, in its own process. False when it cannot."""
        said, command = of_decisions(row["signature"]), self.reducer(row["target"])
        if not said or not command:
            return False
        original = os.path.join(self.home, row["file"])
        smallest, built = original.replace("/crash-", "/reduced-"), original.replace("/crash-", "/message-")
        command = [command[0], "--fault", "--property", said["property"], "--profile", said["profile"], "--built", built,
                   *command[1:], original, smallest]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=sanitizer_environment()) as reducer:
            output = b""
            while reducer.returncode is None and not self.hurry:
                try:
                    output, _ = reducer.communicate(timeout=0.5)
                except subprocess.TimeoutExpired:
                    pass
            reducer.kill()
        same = reducer.returncode == 0 and signature(output.decode(errors="replace")) == row["signature"]
        if same and os.path.isfile(built):
            row["reduced"], row["message"] = (os.path.relpath(path, self.home) for path in (smallest, built))
            self.save()
            return True
        for left in (smallest, built):
            if os.path.exists(left):
                os.remove(left)
        return False

    def command(self, row):
        """What shows the finding again. Decisions are for cauth-replay, which says what was built from them."""
        said = of_decisions(row["signature"])
        program = os.path.join(os.path.dirname(self.binary(row["target"])), "cauth-replay")
        if said and os.path.isfile(program):
            return [program, "--message", said["message"], "--property", said["property"], "--profile", said["profile"],
                    self.best(row)]
        return [self.program(row), self.best(row)]

    def smaller(self, row, original, content, trial, same, tries):
        """Along the grammar; without it, where cauth-reduce is not there or does not survive the input itself."""
        command = self.reducer(row["target"])
        if command:
            try:
                return reduced_along_grammar(command, original, trial, same, tries)
            except OSError:
                pass
        return reduced(content, same, tries)

    def best(self, row):
        """The file to start from."""
        return os.path.join(self.home, row["reduced"] or row["file"])

    def retry(self, targets):
        """Tries earlier findings again and takes what a killed run left. Returns those that no longer fail; their files
        are in fixed/ now."""
        gone = []
        for target in targets:
            for artifact in self.artifacts(target):
                text = output_of(self.binary(target), artifact)
                if text is None:
                    os.remove(artifact)
                else:
                    self.take(target, artifact, text)
        for key, row in list(self.rows.items()):
            path = os.path.join(self.home, row["file"])
            if row["target"] not in targets:
                continue
            if os.path.exists(path) and output_of(self.program(row), path) is not None:
                if row["reduced"] is None:
                    self.reduce(row)
                continue
            fixed = os.path.join(self.home, "fixed", row["target"])
            os.makedirs(fixed, exist_ok=True)
            digest = os.path.basename(path).split("-")[-1]
            for kind in ("crash-", "reduced-", "message-", "log-"):
                source = os.path.join(os.path.dirname(path), kind + digest)
                if os.path.exists(source):
                    os.replace(source, os.path.join(fixed, kind + digest))
            gone.append(self.rows.pop(key))
        self.save()
        return gone
