"""The planted bugs of tests/power/bugs.txt: reading them, and putting one into a copy of a file."""

import os
import re

from common import ROOT, messages

BUGS = os.path.join(ROOT, "tests", "power", "bugs.txt")
KEYS = ("class", "origin", "message", "what")


class Broken(Exception):
    """The list, or one of its bugs, is not as it should be. The text names file, line and reason."""


class Change:
    def __init__(self, path, line):
        self.path, self.line, self.old, self.new = path, line, [], []

    def position(self, lines):
        """Where the old lines stand in a file; they must stand there once."""
        wanted, there = [text.strip() for text in self.old], [text.strip() for text in lines]
        at = [i for i in range(len(there) - len(wanted) + 1) if there[i:i + len(wanted)] == wanted]
        if len(at) != 1:
            raise Broken("tests/power/bugs.txt:%d: the lines it looks for stand in %s %s, not once" % (
                self.line, self.path, "nowhere" if not at else "%d times" % len(at)))
        return at[0]


class Bug:
    def __init__(self, name, line):
        self.name, self.line, self.about, self.changes = name, line, {}, []

    def __getattr__(self, key):
        if key == "cls":
            return self.about["class"]
        if key in KEYS:
            return self.about[key]
        raise AttributeError(key)

    def text(self):
        """All that decides what the bug is; a measurement holds as long as it stays."""
        return repr([(c.path, c.old, c.new) for c in self.changes] + [self.message])

    def apply(self):
        """The files that it changes: path -> new text."""
        files = {}
        for change in self.changes:
            if change.path not in files:
                path = os.path.join(ROOT, change.path)
                if not os.path.isfile(path):
                    raise Broken("tests/power/bugs.txt:%d: there is no file %s" % (change.line, change.path))
                with open(path, encoding="utf-8") as f:
                    files[change.path] = f.read().split("\n")
            lines = files[change.path]
            at = change.position(lines)
            lines[at:at + len(change.old)] = change.new
        return {path: "\n".join(lines) for path, lines in files.items()}


def finish(bug):
    for key in KEYS:
        if not bug.about.get(key):
            raise Broken("tests/power/bugs.txt:%d: %s has no '%s'" % (bug.line, bug.name, key))
    if not bug.changes or any(not change.old for change in bug.changes):
        raise Broken("tests/power/bugs.txt:%d: %s changes nothing" % (bug.line, bug.name))
    if bug.message not in messages():
        raise Broken("tests/power/bugs.txt:%d: '%s' is no message of parsers/messages.def" % (bug.line, bug.message))


def planted():
    """All bugs, in the order of the list."""
    bugs, names = [], set()
    try:
        with open(BUGS, encoding="utf-8") as f:
            lines = f.read().split("\n")
    except UnicodeDecodeError as error:
        raise Broken("tests/power/bugs.txt: byte %d: is not UTF-8" % error.start) from None
    for number, line in enumerate(lines, 1):
        key, _, value = line.partition(" ")
        if line.startswith("#") or not line.strip():
            continue
        if key == "bug":
            bugs.append(Bug(value.strip(), number))
            if not re.fullmatch(r"[a-z0-9-]+", value.strip()) or value.strip() in names:
                raise Broken("tests/power/bugs.txt:%d: '%s' is no name, or is taken" % (number, value.strip()))
            names.add(value.strip())
        elif not bugs:
            raise Broken("tests/power/bugs.txt:%d: this belongs to no bug" % number)
        elif key == "@":
            bugs[-1].changes.append(Change(value.strip(), number))
        elif line[0] in "-+" and bugs[-1].changes:
            (bugs[-1].changes[-1].old if line[0] == "-" else bugs[-1].changes[-1].new).append(line[1:])
        elif key in KEYS and not bugs[-1].changes:
            bugs[-1].about[key] = value.strip()
        else:
            raise Broken("tests/power/bugs.txt:%d: '%s' is neither a key nor a change" % (number, key))
    for bug in bugs:
        finish(bug)
    return bugs


def check():
    """Whether every bug still applies: one line for each that does not."""
    wrong = []
    try:
        bugs = planted()
    except Broken as error:
        return [], [str(error)]
    for bug in bugs:
        try:
            bug.apply()
        except Broken as error:
            wrong.append("%s (%s)" % (error, bug.name))
    return bugs, wrong
