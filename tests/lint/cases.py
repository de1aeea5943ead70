"""The cases of cases.txt, read back and written to folders."""

from pathlib import Path

HERE = Path(__file__).resolve().parent


class Case:
    def __init__(self, rule, kind, name, options):
        self.rule, self.kind, self.name, self.options = rule, kind, name, options
        self.files = {}

    def __str__(self):
        return f"{self.rule} {self.kind} {self.name}"

    def write(self, folder):
        """Its files below `folder`/RULE/kind_name, which is returned."""
        root = Path(folder) / self.rule / f"{self.kind}_{self.name}"
        for path, lines in self.files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8")
        return root


def read_cases():
    cases, lines = [], None
    for line in (HERE / "cases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            _, rule, kind, name, *options = line.split(" ")
            cases.append(Case(rule, kind, name, options))
            lines = None
        elif line.startswith("-- "):
            lines = cases[-1].files.setdefault(line[3:], [])
        elif lines is not None:
            lines.append(line)
    return cases


def rules():
    """Every rule of lint/rules.def → its categories there."""
    table = (HERE.parent.parent / "lint" / "rules.def").read_text(encoding="utf-8")
    rows = [line[5:].split(",") for line in table.splitlines() if line.startswith("RULE(")]
    return {row[0]: row[1].strip() for row in rows}
