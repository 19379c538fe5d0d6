"""ci/findings-doc: what docs/findings/versions.md must say of the versions that rows begin and end with."""

import contextlib
import importlib.machinery
import importlib.util
import io
import os
import re
import sys
import unittest
import unittest.mock

sys.dont_write_bytecode = True
SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ci", "findings-doc")
LOADER = importlib.machinery.SourceFileLoader("findings_doc", SCRIPT)
findings_doc = importlib.util.module_from_spec(importlib.util.spec_from_loader(LOADER.name, LOADER))
LOADER.exec_module(findings_doc)

READ = findings_doc.read
ENDS = r"(?s)\nAll rows that speak of them were true of .*"


class Versions(unittest.TestCase):
    def check(self, pattern=None):
        """(status, what --check says) with what matches left out of versions.md."""
        def read(path):
            text = READ(path)
            if path != findings_doc.VERSIONS or pattern is None:
                return text
            self.assertRegex(text, pattern)
            return re.sub(pattern, "", text)

        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), self.assertRaises(SystemExit) as stopped, \
                unittest.mock.patch.object(findings_doc, "read", read), \
                unittest.mock.patch.object(sys, "argv", ["ci/findings-doc", "--check"]):
            findings_doc.main()
        return stopped.exception.code, out.getvalue()

    def test_nothing_wrong(self):
        self.assertEqual(self.check()[0], 0)

    def test_no_line_of_what_changed(self):
        """Be it one of several between two versions, or the only one."""
        for pattern, bound in ((r"(?m)^\| 3\.0\.22 \| 3\.5\.7 \| Certificate, every version and role \| a General.*\n", "3.3.0"),
                               (r"(?m)^\| 3\.0\.20 \| 3\.0\.22 \|.*\n", "3.0.21"),
                               (r"(?m)^\| 3\.5\.7 \| 3\.6\.3 \|.*\n", "3.6.0")):
            status, said = self.check(pattern)
            self.assertEqual(status, 1, pattern)
            self.assertIn("versions.md: no line says what changed with %s about " % bound, said)

    def test_not_between_those_that_debian_has(self):
        """3.0.9 and 4.0.0, which rows begin with, need a line of how they are known alone."""
        lowest, highest = findings_doc.tried()
        self.assertLess((3, 0, 9), lowest)
        self.assertLess(highest, (4, 0, 0))
        table = list(findings_doc.rows())
        without = {bound for _, bound in findings_doc.rows_without_a_line(table, (3, 0, 0), (999, 0, 0))}
        self.assertEqual(without, {(3, 0, 9), (4, 0, 0)})

    def test_no_line_of_how_it_is_known(self):
        status, said = self.check(r"(?m)^\| 3\.0\.21 \|.*\n")
        self.assertEqual(status, 1)
        self.assertIn("versions.md: no line says how 3.0.21 is known", said)

    def test_no_versions(self):
        status, said = self.check(ENDS)
        self.assertEqual(status, 1)
        self.assertIn("versions.md: no sentence says which versions Debian has", said)


if __name__ == "__main__":
    unittest.main()
