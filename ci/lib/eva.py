"""Frama-C Eva over the parsers, for ci/prove --eva: every value that is read was set before, on inputs of bounded size."""

import csv
import hashlib
import json
import os
import re
import tempfile
import time

from common import ROOT, plural, rows_of, say, table, write_json

PARSERS = os.path.join(ROOT, "parsers")
PROPS = os.path.join(ROOT, "tests", "props")
HARNESSES = os.path.join(ROOT, "tests", "eva")
VECTORS = os.path.join(ROOT, "tests", "vectors")
CORPUS = os.path.join(ROOT, "corpus")

# Of the harnesses, the one for messages; each other one is a subject of its own.
MESSAGE = "message.c"

# Every content of every length up to this, for each layout; DEFAULT for the others. Where lengths or tags are free, one
# more byte takes twice as long.
LONGEST = {"records": 10, "certreq10": 10, "certreq12": 12, "certreq13": 12, "cert12": 11, "cert13": 11, "certurl12": 12,
           "openpgp12": 20, "compressed13": 16, "certverify10": 16, "certverify12": 16}
DEFAULT = 7

# One accepted input of each message, of about so many bytes; so many of them are free, at so many places.
SEED = 200
WIDTH = 2
WINDOWS = 8
FEWER_WINDOWS = {"alerts": 3, "name": 4}

# Whole lists and strings that are free, and single fields that no other input reaches: message, seed (or "hex" and the
# input itself), first byte, number of bytes, what they are.
FILTERS = "hex 00 002E 000D 0004 0002 0403 0030 0022 0020 050603551D25 000C 300A06082B06010505070302 050603551D0F 0004 03020780"
STATUS = "hex 00 000011 000001 30 000B 0005 0007 01 000003 AABBCC"
LISTS = [
    ("certreq_tls12", "openssl-tls12-migration-both", 1, 3, "certificate_types"),
    ("certreq_tls12", "openssl-tls12-migration-both", 6, 40, "supported_signature_algorithms"),
    ("certreq_tls13", "openssl-tls13-migration-both", 9, 32, "signature_algorithms"),
    ("cert_tls12_client", "openssl-tls12-ed25519-all", 346, 64, "signatureValue"),
    ("rawkey_tls12", "gnutls-tls12-raw-rsa", 27, 270, "subjectPublicKey"),
    ("compressed_tls13", "rc-alg-unknown", 8, 100, "compressed_certificate_message"),
    ("certverify_tls12", "boringssl-openssl-dtls12-rsa-required", 4, 256, "signature"),
    ("name_tls10", "openssl-tls10-cas-several-5", 90, 14, "the last attribute's value"),
    ("x509", "openssl-tls12-no-subject-client-0", 266, 1, "critical, of subjectAltName"),
    ("certreq_tls13", FILTERS, 35, 2, "the purpose of a filter"),
    ("certreq_tls13", FILTERS, 45, 4, "the key usage of a filter"),
    ("cert_tls13_server", STATUS, 14, 7, "CertificateStatus"),
]

# The longest input of a harness of its own.
UNIT_CAPACITY = 32

# What --quick does instead.
QUICK_LONGEST = 4
QUICK_WINDOWS = 2

FLAGS = ["-machdep", "gcc_x86_64", "-warn-unsigned-overflow", "-eva", "-eva-no-print", "-eva-no-show-progress",
         "-eva-msg-key=-initial-state", "-eva-warn-key", "experimental=inactive", "-eva-slevel", "1000000",
         "-eva-split-return", "full", "-eva-split-limit", "65536", "-metrics", "-metrics-eva-cover"]

# Loops over a list at known positions, of which only flags remain: their cases are joined before the next turn.
MERGED = ["certreq_flag_types", "certreq_flag_algorithms12", "certreq_flag_schemes13", "classes_of", "der_equal", "comes_after"]

# Put into a copy, before or after a line that stands in a file once. Eva keeps no relation between a length and a
# position, so that lengths are looked at one by one. What no position depends on may be anything, after what the code
# reads there was read: flags, once they were set, and the answers of the set of seen values, which is analysed alone
# (u16set.c).
BEFORE, AFTER = "before", "after"
HINTS = [
    ("src/reader.h", BEFORE, "    r->pos = inner->end;\n", "/*@ split inner->end; */"),
    ("src/der.c", BEFORE, "    t->tag = tag;\n", "/*@ split len; */"),
    ("src/der.c", BEFORE, "    r->pos += num;\n", "/*@ split num; */"),
    ("src/der.c", BEFORE, "    t->content_end = r->pos + len;\n", "/*@ split len; */"),
    ("src/record.c", BEFORE, "    return take_record(r,", "/*@ split h.length; */"),
    ("src/record.c", BEFORE, "    it->pos = r.pos + h.length;\n", "/*@ split h.length; */"),
    ("src/record.h", BEFORE, "    return head;\n", "/*@ split head.len; */"),
    ("src/handshake.c", BEFORE, "    cauth_bytes piece = bytes_first(",
     "if (a->length <= CAPACITY) { /*@ split a->length; */ ; }"),
    ("src/flags.c", BEFORE, "    return flags;\n",
     "{ static volatile uint64_t any, was; for (size_t i = 0; i < CAUTH_FLAG_WORDS; i++) {"
     " was = flags.word[i]; flags.word[i] = any; } }"),
    ("src/flags.c", AFTER, "        flags->word[(unsigned)rule / 64u] |= (uint64_t)1 << bit;",
     "if (rule > CAUTH_RULE_NONE && rule < CAUTH_NUM_RULES) {"
     " static volatile uint64_t any; flags->word[(unsigned)rule / 64u] = any; }"),
    ("src/u16set.h", AFTER, "    unsigned high = value / 256u;",
     " static volatile uint32_t any; if (ANY_SET) { any = set->page_used[high / 32u]; return any != 0; }"),
]

# To be changed with what a kept result holds, or with how it is found.
FORMAT = "4"


class CouldNotRun(Exception):
    """The tools did not do their work; the text says why."""


class Run:
    """One analysis: a subject (a message, or a harness of its own), and which inputs it gets."""

    def __init__(self, subject, inputs, defines=(), skeleton=b""):
        self.subject, self.inputs, self.skeleton = subject, inputs, skeleton
        self.harness = MESSAGE if defines else subject + ".c"
        self.defines = [*defines, "ANY_SET=%d" % bool(defines)]
        if not defines:
            self.defines.append("CAPACITY=%d" % UNIT_CAPACITY)

    def name(self):
        return "%s, %s" % (self.subject, self.inputs)


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except UnicodeDecodeError as error:
        raise CouldNotRun("%s: byte %d: is not UTF-8" % (os.path.relpath(path, ROOT), error.start)) from None


def read_kept(path, is_whole):
    """The result that is kept there, or None where there is none, a damaged one, or one that is not whole."""
    try:
        with open(path, encoding="utf-8") as f:
            result = json.load(f)
        return dict(result, kept=True) if is_whole(result) else None
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return None


def units():
    return sorted(n[:-2] for n in os.listdir(HARNESSES) if n.endswith(".c") and n != MESSAGE)


def rows():
    return {row[0]: row for row in rows_of("parsers/messages.def", "CAUTH_MESSAGE")}


def subjects():
    return units() + list(rows())


def quick_subjects():
    """One message of each layout, and the other subjects."""
    return units() + list({row[1]: name for name, row in rows().items()}.values())


def accepted_inputs(message):
    """Inputs of a message that it accepts, [(name, captured, bytes)]: of the corpus, or else of its test vectors."""
    inputs = []
    with open(os.path.join(CORPUS, "MANIFEST.tsv"), encoding="utf-8", newline="") as f:
        seeds = [row for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)
                 if row["message"] == message and row["strict"].startswith("accept")]
    for row in seeds:
        with open(os.path.join(CORPUS, row["path"]), "rb") as f:
            inputs.append((row["path"].split("/")[1], row["origin"] == "captured", f.read()))
    path = os.path.join(VECTORS, message + ".txt")
    for case in re.split(r"^name: ", read(path), flags=re.M)[1:] if not seeds and os.path.isfile(path) else []:
        digits = "".join(re.findall(r"^hex:([^#\n]*)", case, re.M))
        if re.search(r"^strict: accept", case, re.M) and re.fullmatch(r"[0-9A-Fa-f\s]*", digits):
            inputs.append((case.split("\n")[0], False, bytes.fromhex(digits)))
    return inputs


def distance(size, captured):
    """How far an input is from SEED bytes, by ratio. What a stack sent may be further off than what was made."""
    return max(size / SEED, SEED / size) * (1 if captured else 3)


def seed_of(message):
    """The accepted input of a message that is nearest to SEED bytes: (name, bytes)."""
    inputs = [(distance(len(data), captured), name, data) for name, captured, data in accepted_inputs(message)
              if len(data) >= WIDTH]
    return min(inputs)[1:] if inputs else None


def runs_of(subject, quick):
    """What is analysed of a subject."""
    if subject not in rows():
        return [Run(subject, re.search(r"^ \* inputs: (.*?)(?: \*/)?$", read(os.path.join(HARNESSES, subject + ".c")), re.M).group(1))]
    layout = rows()[subject][1]
    longest = QUICK_LONGEST if quick else LONGEST.get(layout, DEFAULT)
    of = ["MESSAGE=" + subject]
    runs = [Run(subject, "all of 0 to %d bytes" % longest, [*of, "LONGEST=%d" % longest, "CAPACITY=%d" % longest])]
    seed = seed_of(subject)
    if seed:
        name, data = seed
        windows = min(QUICK_WINDOWS if quick else FEWER_WINDOWS.get(layout, WINDOWS), len(data) - WIDTH + 1)
        runs.append(Run(subject, "%s (%d bytes), %d free at %d places" % (name, len(data), WIDTH, windows),
                        [*of, "FIRST=0", "WIDTH=%d" % WIDTH, "NUM_WINDOWS=%d" % windows, "CAPACITY=%d" % len(data)], data))
    for message, name, first, width, what in LISTS:
        if message == subject:
            if name.startswith("hex "):
                name, data = "written for it", bytes.fromhex(name[4:])
            else:
                with open(os.path.join(CORPUS, message, name), "rb") as f:
                    data = f.read()
            if first + width > len(data):
                raise CouldNotRun("ci/lib/eva.py: corpus/%s/%s has no bytes %d to %d" % (message, name, first, first + width))
            runs.append(Run(subject, "%s (%d bytes), %s free (%d)" % (name, len(data), what, width),
                            [*of, "FIRST=%d" % first, "WIDTH=%d" % width, "NUM_WINDOWS=1", "CAPACITY=%d" % len(data)], data))
    return runs


# --- the copy that is analysed ---

def prepared(texts):
    """The sources as Eva gets them: without contracts, which are WP's, and with the hints. Lines stay where they are."""
    done = {}
    for name, text in texts.items():
        text = re.sub(r"/\*@.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)
        text = re.sub(r"//@[^\n]*", "", text)
        for file, side, line, hint in HINTS:
            if file != name:
                continue
            if text.count(line) != 1:
                raise CouldNotRun("ci/lib/eva.py: parsers/%s has the line '%s' %d times, not once"
                                  % (file, line.strip(), text.count(line)))
            text = text.replace(line, hint + line if side == BEFORE else line + hint)
        done[name] = text
    return done


def code_of(text):
    """The words of a file, without comments and without what is only declared."""
    bare = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return set(re.findall(r"\w+", re.sub(r"^[a-z][^;{}=]*\([^;{}]*\);", " ", bare, flags=re.M)))


def needed(run, texts):
    """The .c files that a run needs: those with what its harness calls, and with what these call in turn. A call that no
    file answers is seen later: Eva says so."""
    words = {name: code_of(text) for name, text in texts.items()}
    home = {}
    for name, text in texts.items():
        if name.endswith(".c"):
            home.update(dict.fromkeys(re.findall(r"^[a-z][\w *]*?\b(\w+)\([^;{}]*\)\n\{", text, re.M), name))
    layout = rows()[run.subject][1] if run.subject in rows() else None
    called = code_of(read(os.path.join(HARNESSES, run.harness)))
    if layout:
        items = re.search(r"^static cauth_result items_%s\(.*?^\}" % layout, texts["props/message.c"], re.S | re.M)
        called |= {"cauth_%s_parse" % layout, "cauth_%s_write" % layout, "describe_" + layout}
        called |= {"cauth_context_default"} | (code_of(items.group()) if items else set())
    seen = {"props/message.c"}

    def open_file(name):
        if name in seen:
            return
        seen.add(name)
        called.update(words[name])
        for header in re.findall(r'^#include "([^"]*\.h)"', texts[name], re.M):
            for folder in ("include/", "src/", "props/"):
                if folder + header in texts:
                    open_file(folder + header)

    for header in re.findall(r'^#include "([^"]*\.h)"', read(os.path.join(HARNESSES, run.harness)), re.M):
        for folder in ("src/", "props/"):
            if folder + header in texts:
                open_file(folder + header)
    while called & set(home):
        word = called.pop()
        if word in home:
            open_file(home[word])
    return seen


def texts_of(place):
    """Every source that may take part: those of the parsers at `place`, and the tests' view of messages."""
    texts = {}
    for folder, prefix in ((os.path.join(place, "src"), "src/"), (os.path.join(place, "include", "cauth"), "include/cauth/"),
                           (PROPS, "props/")):
        for name in sorted(os.listdir(folder)):
            if prefix != "props/" or re.fullmatch(r"message\.[ch]|describe\w*\.[ch]|choices\.h", name):
                texts[prefix + name] = read(os.path.join(folder, name))
    texts["messages.def"] = read(os.path.join(place, "messages.def"))
    return texts


# --- one run ---

def alarms_of(out, functions):
    """[(function, place, what)] of what Eva printed."""
    found = []
    for file, line, what in re.findall(r"^\[eva:alarm\] ([^\s:]+):(\d+): Warning:\s*(.*?)(?=^\[|\Z)", out, re.M | re.S):
        function = next((f for f, start in reversed(functions.get(file, [])) if start <= int(line)), "?")
        found.append((function, "%s:%s" % (file, line), " ".join(what.split())))
    return found


def unset_members(out):
    """The members of an accepted view that Eva found unset in some case. Padding is shown by bits and may be unset."""
    members = set()
    for text in re.findall(r"^  (\S.*) ∈[^∈]*UNINITIALIZED", out, re.M):
        members |= set(re.findall(r"\.[a-z]\w*", re.sub(r"[\w.]*\.\[bits [^\]]*\]", "", text)))
    return sorted(members)


def analyse(tools, run, functions_of, place=PARSERS):
    """One run: {"alarms": [...], "reached": [functions], "seconds": ...}. Kept by content."""
    texts = texts_of(place)
    files = needed(run, texts)
    # All messages are named in one file, which is analysed with every message; a row more does not change the others.
    key = hashlib.sha256(repr([run.name(), run.defines, run.skeleton, FLAGS, MERGED, HINTS, FORMAT, tools.versions, tools.preprocessor,
                               read(os.path.join(HARNESSES, run.harness)), rows().get(run.subject),
                               [(n, texts[n]) for n in sorted(files | {n for n in texts if n.endswith(".def")}
                                                              - {"messages.def"})]]).encode()).hexdigest()
    kept = os.path.join(tools.results, "eva-" + key + ".json")
    known = read_kept(kept, lambda r: r["reached"] and r["seconds"] > 0 and all(len(alarm) == 3 for alarm in r["alarms"]))
    if known:
        return known
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        where = {"src/": "src/", "include/": "include/", "props/": "../tests/props/", "messages.def": "messages.def"}
        copy = os.path.join(scratch, "parsers")
        for name, text in prepared(texts).items():
            prefix = next(p for p in where if name.startswith(p))
            path = os.path.normpath(os.path.join(copy, where[prefix] + name[len(prefix):]))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        with open(os.path.join(copy, "skeleton.inc"), "w", encoding="ascii") as f:
            f.write(",".join(str(b) for b in run.skeleton))
        sources = [where["props/"] + "message.c"] if run.harness == MESSAGE else []
        sources += sorted(where[n.split("/")[0] + "/"] + n.split("/", 1)[1] for n in files if n.endswith(".c")
                          and n != "props/message.c")
        cpp = "-I. -Iinclude -Isrc -I../tests/props " + " ".join("-D" + d for d in run.defines)
        merged = [f for f in MERGED if any(re.search(r"\b%s\(.*\n\{" % f, texts[n]) for n in files)]
        args = ["-cpp-extra-args=" + cpp, *FLAGS, *(["-eva-slevel-merge-after-loop", ",".join(merged)] if merged else [])]
        status, out = tools.frama_c([*args, os.path.join(HARNESSES, run.harness), *sources], copy, [])
        if status != 0 or "[eva] done for function main" not in out:
            raise CouldNotRun("%s: frama-c: %s" % (run.name(), "\n".join(out.strip().splitlines()[-8:])))
        # What Eva had no code for, and what it gave up on, would leave a hole.
        odd = re.search(r"^\[(?!eva:alarm)[^\]]*\][^\n]*Warning:.*?(?=^\[|\Z)", out, re.M | re.S)
        where_of = {n: functions_of(os.path.join(place, n)) for n in texts if n.startswith(("src/", "include/"))}
        alarms = alarms_of(out, where_of)
        if odd and not alarms:
            raise CouldNotRun("%s: frama-c: %s" % (run.name(), " ".join(odd.group().split())))
        said = re.search(r"^  (\d+) alarms? generated", out, re.M)
        if not said or (int(said.group(1)) == 0) != (not alarms):
            raise CouldNotRun("%s: frama-c counts %s alarms, %d were read" % (run.name(), said and said.group(1), len(alarms)))
    if run.harness == MESSAGE:
        parse = "cauth_%s_parse" % rows()[run.subject][1]
        at = next("%s:%d" % (n, line) for n in where_of for f, line in where_of[n] if f == parse)
        alarms += [(parse, at, "accepted without setting %s of the view" % member) for member in unset_members(out)]
    # An inline function that stands in several files has a number behind its name.
    reached = {re.sub(r"_\d+$", "", f) for f in re.findall(r"^ +(\w+): \d+ stmts? out of", out, re.M)}
    result = {"alarms": alarms, "reached": sorted(reached), "seconds": time.monotonic() - began}
    write_json(kept, result)
    return result


def alarms_with(tools, place, changed, message, functions_of):
    """The alarms of the first run that has any, of those that a change of some files of a copy concerns."""
    texts = texts_of(place)
    for run in [r for subject in [*units(), message] for r in runs_of(subject, True)]:
        if needed(run, texts) & set(changed):
            alarms = analyse(tools, run, functions_of, place)["alarms"]
            if alarms:
                return alarms
    return []


# --- all of them ---

def analyse_all(tools, names, args, functions_of, prove_all):
    """Runs everything about these subjects: the number of alarms and of runs that show nothing."""
    runs = [run for name in names for run in runs_of(name, args.quick)]
    lines, reached, bad = {}, set(), 0

    def done(run, result):
        nonlocal bad
        # A seed is accepted as it stands; a run that never gets there would find nothing.
        vacuous = bool(run.skeleton) and "accepted" not in result["reached"]
        bad += len(result["alarms"]) + vacuous
        reached.update(result["reached"])
        lines[runs.index(run)] = [run.subject, run.inputs, len(result["alarms"]), "%.0f s" % result["seconds"],
                                  "kept" if result.get("kept") else ""]
        say("ci/prove: %-24s %s: %s in %.0f s%s" % (run.subject, run.inputs, plural(len(result["alarms"]), "alarm"),
                                                   result["seconds"], " (kept)" if result.get("kept") else ""))
        for function, place, what in result["alarms"]:
            say("ci/prove: alarm: %s in %s, %s" % (place, function, what))
        if vacuous:
            say("ci/prove: alarm: %s: no input is accepted, so that hardly anything was analysed" % run.name())

    prove_all(tools, args.jobs, [(run, (analyse, tools, run, functions_of)) for run in runs], done)
    say("")
    for line in table(["subject", "inputs", "alarms", "time", ""], [lines[i] for i in sorted(lines)]):
        say(line)
    return bad, reached, [dict(zip(("subject", "inputs", "alarms", "time"), lines[i])) for i in sorted(lines)]
