"""Mutants of a C file: each is the file with one operator, constant, condition or statement changed. libclang reads it."""

import collections
import re
import sys


class Mutant(collections.namedtuple("Mutant", "file function line column operator before after edit")):
    """function: or the table where the change is; line, column: of what changes; before, after: the expression or
    statement; edit: (the file's octets, from, to, what stands there instead)."""

    @property
    def text(self):
        """The whole file as it is then. Made when it is asked for: there are thousands of mutants."""
        octets, start, end, instead = self.edit
        return (octets[:start] + instead.encode() + octets[end:]).decode()

BINARY = {
    "relational": {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",)},
    "arithmetic": {"+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("*",), "<<": (">>",), ">>": ("<<",),
                   "&": ("|",), "|": ("&",), "^": ("&",)},
    "logical": {"&&": ("||",), "||": ("&&",)},
}
ASSIGNMENT = {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "%=": "*=", "<<=": ">>=", ">>=": "<<=", "&=": "|=", "|=": "&=",
              "^=": "&="}
STEP = {"++": "--", "--": "++"}
SWAPPED = {"true": "false", "false": "true"}


class CannotRead(Exception):
    """libclang is not there, or does not take the file."""


def libclang():
    """The module clang.cindex. Debian keeps it for its own python3; another one finds it there too."""
    if "/usr/lib/python3/dist-packages" not in sys.path:
        sys.path.append("/usr/lib/python3/dist-packages")
    try:
        from clang import cindex
        cindex.Index.create()
    except Exception as error:  # LibclangError has no base of its own
        raise CannotRead("libclang cannot be used (Debian and Ubuntu: python3-clang-19): %s" % error) from None
    return cindex


def in_one_line(code):
    return " ".join(re.sub(rb"/\*.*?\*/", b"", code, flags=re.S).decode().split())


class Reader:
    """Collects the mutants of one file. Offsets are of octets, as libclang counts them."""

    def __init__(self, path, name, includes):
        self.cindex = libclang()
        self.kind = self.cindex.CursorKind
        self.path, self.name = path, name
        with open(path, "rb") as f:
            self.text = f.read()
        unit = self.cindex.Index.create().parse(path, ["-x", "c", "-std=c11", "-ffreestanding"] + ["-I" + i for i in includes])
        faults = [d for d in unit.diagnostics if d.severity >= self.cindex.Diagnostic.Error]
        if faults:
            raise CannotRead("%s:%d: %s" % (path, faults[0].location.line, faults[0].spelling))
        self.found = {}
        for cursor in unit.cursor.get_children():
            if cursor.location.file is None or cursor.location.file.name != path:
                continue
            if cursor.kind == self.kind.VAR_DECL or cursor.kind == self.kind.FUNCTION_DECL and cursor.is_definition():
                self.function = cursor.spelling
                self.visit(cursor)

    # --- where things are ---

    def span(self, cursor):
        return cursor.extent.start.offset, cursor.extent.end.offset

    def code(self, cursor):
        start, end = self.span(cursor)
        return self.text[start:end]

    def is_here(self, cursor):
        """Whether a cursor is text of this file, and not of a table that is included into it."""
        return cursor.extent.start.file is not None and cursor.extent.start.file.name == self.path

    def between(self, left, right):
        """The operator between two operands and its offset; nothing where a macro hides it."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = re.sub(rb"/\*.*?\*/", lambda m: b" " * len(m.group()), self.text[start:end], flags=re.S)
        return gap.strip().decode(), start + len(gap) - len(gap.lstrip())

    def add(self, operator, at, start, end, after, shown=None):
        """The mutant that has `after` instead of the text from start to end."""
        if (start, end, after) in self.found:
            return
        line = self.text.count(b"\n", 0, at) + 1
        column = at - (self.text.rfind(b"\n", 0, at) + 1) + 1
        self.found[start, end, after] = Mutant(self.name, self.function, line, column, operator,
                                               in_one_line(self.text[start:end]),
                                               in_one_line((after if shown is None else shown).encode()),
                                               (self.text, start, end, after))

    # --- operators ---

    def visit(self, cursor):
        if self.is_here(cursor):
            handler = {
                self.kind.BINARY_OPERATOR: self.binary, self.kind.COMPOUND_ASSIGNMENT_OPERATOR: self.assignment,
                self.kind.UNARY_OPERATOR: self.unary, self.kind.INTEGER_LITERAL: self.constant,
                self.kind.CHARACTER_LITERAL: self.constant, self.kind.IF_STMT: self.branch, self.kind.WHILE_STMT: self.branch,
                self.kind.CONDITIONAL_OPERATOR: self.condition_of, self.kind.COMPOUND_STMT: self.block,
                self.kind.FOR_STMT: self.body, self.kind.DO_STMT: self.body, self.kind.CASE_STMT: self.body,
                self.kind.DEFAULT_STMT: self.body,
            }.get(cursor.kind)
            if handler:
                handler(cursor)
        is_array = cursor.kind == self.kind.VAR_DECL and "[" in cursor.type.spelling
        for child in cursor.get_children():
            # The size of an array is not a constant that the code computes with.
            if not (is_array and child.kind != self.kind.INIT_LIST_EXPR):
                self.visit(child)

    def binary(self, cursor):
        left, right = cursor.get_children()
        sign, at = self.between(left, right)
        start, end = self.span(cursor)
        for operator, table in BINARY.items():
            for other in table.get(sign, ()):
                operands = self.code(left).decode(), other, self.code(right).decode()
                self.add(operator, at, start, end, "((%s) %s (%s))" % operands, "%s %s %s" % operands)
        if sign in BINARY["logical"]:
            self.negate(left)
            self.negate(right)

    def assignment(self, cursor):
        left, right = cursor.get_children()
        sign, at = self.between(left, right)
        if sign in ASSIGNMENT:
            start, end = self.span(cursor)
            self.add("arithmetic", at, start, end,
                     "%s %s %s" % (self.code(left).decode(), ASSIGNMENT[sign], self.code(right).decode()))

    def unary(self, cursor):
        start, end = self.span(cursor)
        code = self.text[start:end].decode()
        if code.startswith("!"):
            self.add("condition", start, start, end, "!" + code, code[1:])
        for sign, other in STEP.items():
            if code.startswith(sign):
                self.add("arithmetic", start, start, end, other + code[2:])
            elif code.endswith(sign):
                self.add("arithmetic", end - 2, start, end, code[:-2] + other)

    def constant(self, cursor):
        start, end = self.span(cursor)
        code = self.text[start:end].decode()
        if code in SWAPPED:
            self.add("constant", start, start, end, SWAPPED[code])
        elif code != "NULL":
            for sign in "+-":
                self.add("constant", start, start, end, "(%s %s 1)" % (code, sign), "%s %s 1" % (code, sign))

    def innermost(self, cursor):
        """The expression under parentheses and conversions that are not written."""
        while cursor.kind in (self.kind.PAREN_EXPR, self.kind.UNEXPOSED_EXPR):
            inside = list(cursor.get_children())
            if len(inside) != 1:
                break
            cursor = inside[0]
        return cursor

    def negate(self, cursor):
        """A condition that has no operator of its own to be changed."""
        inner = self.innermost(cursor)
        start, end = self.span(cursor)
        code = self.text[start:end].decode()
        if inner.kind == self.kind.UNARY_OPERATOR and self.code(inner).startswith(b"!") or code in SWAPPED:
            return
        if inner.kind == self.kind.BINARY_OPERATOR:
            sign = self.between(*inner.get_children())[0]
            if sign in BINARY["relational"] or sign in BINARY["logical"]:
                return
        self.add("condition", start, start, end, "!(%s)" % code)

    def condition_of(self, cursor):
        condition = next(cursor.get_children())
        if self.is_here(condition):
            self.negate(condition)

    def branch(self, cursor):
        self.condition_of(cursor)
        self.body(cursor)

    # --- statements ---

    def body(self, cursor):
        """What stands where a statement stands, without braces."""
        inside = list(cursor.get_children())
        first = 0 if cursor.kind == self.kind.DEFAULT_STMT else 1
        for child in inside[-1:] if cursor.kind == self.kind.FOR_STMT else inside[first:]:
            # That of a default is the last one, too.
            if not (cursor.kind == self.kind.DEFAULT_STMT and child.kind == self.kind.RETURN_STMT):
                self.delete(child)

    def block(self, cursor):
        inside = list(cursor.get_children())
        for child in inside:
            # Without its last return a function would give whatever is there.
            if not (child.kind == self.kind.RETURN_STMT and child == inside[-1] and self.function):
                self.delete(child)

    def delete(self, cursor):
        inner = self.innermost(cursor)
        is_expression = inner.kind in (self.kind.CALL_EXPR, self.kind.BINARY_OPERATOR, self.kind.UNARY_OPERATOR,
                                       self.kind.COMPOUND_ASSIGNMENT_OPERATOR)
        is_jump = inner.kind in (self.kind.RETURN_STMT, self.kind.BREAK_STMT, self.kind.CONTINUE_STMT)
        start, end = self.span(cursor)
        if self.is_here(cursor) and start < end and (is_expression or is_jump):
            self.add("statement", start, start, end, "", "(deleted)")

    def mutants(self):
        return sorted(self.found.values(), key=lambda m: (m.line, m.column, m.after))


def mutants_of(path, name, includes):
    """The mutants of one file, in reading order."""
    return Reader(path, name, includes).mutants()
