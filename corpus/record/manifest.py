"""corpus/MANIFEST.tsv: one row per seed, sorted by path."""

import hashlib
import os
import re
from typing import NamedTuple

from cli import ROOT, Stop, shown

CORPUS = os.path.join(ROOT, "corpus")
MESSAGES = os.path.join(ROOT, "parsers", "messages.def")
RULES = os.path.join(ROOT, "parsers", "include", "cauth", "rules.def")
WRITTEN = ("captured", "breaker")  # origins whose rows are written by tools alone
ORIGINS = (*WRITTEN, "made", "vector", "regression", "fuzz", "import")
VERSIONS = ("SSL30", "TLS10", "TLS11", "TLS12", "TLS13", "DTLS12")
ROLES = ("client", "server", "either")
SENDER = re.compile(rf"[^ ,][^,]* \(({'|'.join(VERSIONS)})\)")
VERDICT = re.compile(r"accept(:[A-Z0-9-]+(,[A-Z0-9-]+)*)?|reject:[A-Z0-9-]+@\d+")


class Malformed(Stop):
    """The manifest cannot be read; the text begins with its path and line."""


class Row(NamedTuple):
    path: str  # relative to corpus/
    sha256: str
    message: str  # a row of messages.def, and the folder
    version: str  # that was spoken, where it was captured; else that of the message
    role: str  # who sent it: one of ROLES
    origin: str  # one of ORIGINS
    stacks: str  # "openssl 3.0.17 (server) / openssl 3.0.17 (client)", or -
    senders: str  # every stack that has sent these very bytes in one of captures/: "go 1.19.8 (TLS12)", and more behind a
    # comma; or -
    scenario: str
    capture: str  # "captures/NAME.pcapng", or -
    frame: str  # of the capture, in which the message ends or the stream begins; or -
    source: str  # what is not captured: "breaker CR-12-02", or by what it was made and why; else -
    strict: str  # accept, accept:ID,ID or reject:ID@offset
    interop: str


class Message(NamedTuple):
    """A row of messages.def, as text."""
    name: str
    layout: str
    version: str
    sender: str
    phase: str
    certificate_type: str
    handshake_type: str
    form: str
    items: str

    @property
    def role(self):
        return self.sender.lower()

    def row(self, name, data, **columns):
        """A row of the manifest for bytes of this message; what is not said is -."""
        known = dict.fromkeys(Row._fields, "-")
        known.update(path=f"{self.name}/{name}", sha256=digest(data), message=self.name, version=self.version,
                     role=self.role)
        return Row(**{**known, **columns})


def sender(stack, version):
    """One of a row's senders."""
    return f"{stack} ({version})"


def senders(row):
    """(stack without its version, version that was spoken) of each of a row's senders that has a name."""
    found = re.findall(r"([^ ,]+)[^,]* \((\w+)\)(?:, |$)", row.senders)
    return {(stack, version) for stack, version in found if stack != "unknown"}


def messages():
    with open(MESSAGES, encoding="utf-8") as file:
        rows = re.findall(r"^CAUTH_MESSAGE\(([^)]*)\)", file.read(), re.MULTILINE)
    return [Message(*(column.strip() for column in row.split(","))) for row in rows]


def rules():
    """The ids of all rules."""
    with open(RULES, encoding="utf-8") as file:
        return set(re.findall(r'^CAUTH_RULE\(\w+, "([^"]*)"', file.read(), re.MULTILINE))


class Rule(NamedTuple):
    """A row of rules.def whose breach shows: the versions that it speaks about, and those that refuse a breach."""
    versions: frozenset
    refused: frozenset


def _version_set(text):
    """TLS11_TLS13 is a range."""
    ends = text.split("_")
    if text == "NONE":
        return frozenset()
    if text == "ALL":
        return frozenset(VERSIONS) - {"DTLS12"}
    return frozenset(VERSIONS[VERSIONS.index(ends[0]):VERSIONS.index(ends[-1]) + 1])


def rule_table():
    """id -> Rule, of those that are refused or flagged."""
    with open(RULES, encoding="utf-8") as file:
        found = re.findall(r'^CAUTH_RULE\(\w+, "([^"]*)", \w+, (\w+), (\w+), (\w+),', file.read(), re.MULTILINE)
    return {rule: Rule(_version_set(versions), _version_set(refused))
            for rule, disposition, versions, refused in found if disposition in ("REJECT", "PARTLY", "FLAG")}


def rules_shown(row):
    """The rules that a seed breaks, under either profile."""
    return {rule for verdict in (row.strict, row.interop)
            for rule in re.findall(r"[A-Z][A-Z0-9-]*", verdict.partition(":")[2].partition("@")[0])}


def lacking(rows, rules):
    """(Message, rule) that no row shows, although the rule holds in the version and has a breaker for its layout."""
    known, shown, layouts = {message.name: message for message in messages()}, {}, {}
    for row in rows:
        shown.setdefault(row.message, set()).update(rules_shown(row))
        if row.origin == "breaker":
            layouts.setdefault(known[row.message].layout, set()).update(rules_shown(row))
    for name, message in known.items():
        for rule in sorted(layouts.get(message.layout, set()) - shown.get(name, set())):
            if rule in rules and message.version in rules[rule].versions:
                yield message, rule


def verdict_fault(verdict, known_rules):
    """What is wrong with the text of a verdict, or None."""
    if not VERDICT.fullmatch(verdict):
        return f"{verdict!r} is no verdict: accept, accept:ID,ID or reject:ID@OFFSET"
    unknown = set(re.findall(r"[A-Z][A-Z0-9-]*", verdict)) - known_rules
    return f"no rule is called {' or '.join(sorted(unknown))}" if unknown else None


def read(path):
    """The rows of a manifest; none when there is no such file. Raises Malformed."""
    if not os.path.lexists(path):
        return []
    with open(path, "rb") as file:
        data = file.read()
    rows = []
    for number, line in enumerate(data.removesuffix(b"\n").split(b"\n"), 1):
        try:
            columns = line.decode().split("\t")
        except UnicodeDecodeError:
            raise Malformed(f"{shown(path)}:{number}: not UTF-8") from None
        if number == 1:
            if tuple(columns) != Row._fields:
                raise Malformed(f"{shown(path)}:1: not the header {' '.join(Row._fields)}")
        elif len(columns) != len(Row._fields):
            raise Malformed(f"{shown(path)}:{number}: {len(columns)} columns instead of {len(Row._fields)}")
        else:
            rows.append(Row(*columns))
    return rows


def order_faults(path, rows):
    """Rows that are not where they belong, as file:line: what."""
    for number, (above, row) in enumerate(zip(rows, rows[1:]), 3):
        if row.path == above.path:
            yield f"{shown(path)}:{number}: a second row for {row.path}"
        elif row.path < above.path:
            yield (f"{shown(path)}:{number}: out of order: {row.path} belongs above {above.path} "
                   "(ci/seeds sorts the rows)")


def write(path, rows):
    text = ["\t".join(row) for row in [Row._fields, *sorted(rows)]]
    with open(path + ".new", "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(text) + "\n")
    os.replace(path + ".new", path)


def digest(data):
    return hashlib.sha256(data).hexdigest()
