"""Writes the answers of students who use wrong formulas: three students each.

  make.py TRACER > wrong-formulas.txt
  make.py TRACER --later > later-formulas.txt

Reads only the printed sheets (tracer exercise start). One line a formula, then one a student:

  formula EXERCISE KIND | NAME | ACCEPTED
  STUDENT NUMBER NUMBER ...            rounded to what the sheet asks for

An answer that cannot be told from the right one on this student's numbers is left out.
"""
import math
import subprocess
import sys
from matrices import M
import formulas
import more_formulas
if "--later" in sys.argv:
    import later_formulas

STUDENTS = ("anna", "ben", "cara")


class Sheet:
    """The given values of a printed sheet by name, the decimals of every `?`, the token ids."""

    def __init__(self, text):
        self.values, self.decimals, self.ids = {}, [], []
        name, decimals, rows, words, vocabulary = None, 0, 0, [], []
        listed = headed = False
        for line in text.splitlines():
            at = line.split()
            if line.startswith("# given") and "id and token" in line:
                listed = True
            elif listed:
                vocabulary, listed = at[2::2], False
            elif line.startswith("# given"):
                name, rows, cols = at[2], int(at[3]), int(at[5])
                self.values[name], headed = [], False
            elif line.startswith("# text"):
                words = line[len("# text"):line.index("(")].split()
            elif line.startswith("# asked"):
                name, decimals = None, int(line.split(" with ")[1].split()[0]) if " with " in line else 0
            elif line.startswith("#") and name and len(self.values[name]) < rows and not headed:
                headed = True
            elif line.startswith("#") and name and len(self.values[name]) < rows:
                self.values[name].append([float(v.replace("−", "-")) if is_number(v) else 0 for v in at[-cols:]])
            elif line.startswith("  row"):
                self.decimals += [decimals] * line.count("?")
        self.values = {key: M(rows) for key, rows in self.values.items() if rows}
        self.ids = [vocabulary.index(word) for word in words] if vocabulary else []
        if "tokens" in self.values:
            self.ids = [int(v) for v in self.values["tokens"].rows[0]]

    def __getitem__(self, name):
        return self.values[name]


def is_number(word):
    try:
        float(word.replace("−", "-"))
        return True
    except ValueError:
        return False


def number(value, decimals):
    if math.isnan(value) or math.isinf(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    text = f"{value:.{decimals}f}"
    return "0" if float(text) == 0 else text


def main(tracer):
    sheets, truths = {}, {}
    for exercise, name, kind, accepted, function in formulas.LIST:
        print(f"formula {exercise} {kind} | {name} | {accepted}")
        for student in STUDENTS:
            if (exercise, student) not in sheets:
                done = subprocess.run([tracer, "exercise", "start", exercise, "--student", student], check=True,
                                      capture_output=True, text=True)
                sheets[exercise, student] = Sheet(done.stdout)
            sheet = sheets[exercise, student]
            try:
                cells = function(sheet)
            except (OverflowError, ValueError, ZeroDivisionError):
                continue
            assert len(cells) == len(sheet.decimals), (exercise, name, len(cells), len(sheet.decimals))
            if kind == "right":
                truths[exercise, student] = cells
            same = all(a == b or abs(a - b) <= 1.0001 * 10 ** -d for a, b, d in
                       zip(cells, truths[exercise, student], sheet.decimals))
            if not any(math.isnan(v) for v in cells) and (kind == "right" or not same):
                print(student, *[number(v, d) for v, d in zip(cells, sheet.decimals)])


main(sys.argv[1])
