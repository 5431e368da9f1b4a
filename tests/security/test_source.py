"""What the source may not say. Rules that ruff has are asked of ruff; the others are read from the syntax."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
OURS = ("louisville_ice", "requests_app")

# Injection, execution of words, weak hashes, guessable numbers, shells, unpickling, unchecked certificates.
RULES = (
    "S102,S103,S104,S108,S113,S301,S302,S307,S311,S323,S324,S501,S506,S602,S604,S605,S608,S609,S610,S611,S612"
)
FORMATS = {"format_html", "format_html_join"}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in OURS:
        for path in sorted((BASE / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last word of its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            yield name, node


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def test_no_rule_of_safe_code_is_broken():
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", RULES, *OURS, "manage.py"]

    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_rules_find_what_they_are_for(tmp_path):
    """Or the test above would show nothing."""
    bad = tmp_path / "bad.py"
    bad.write_text(
        "import hashlib, pickle, random, subprocess\n"
        "def f(word, cursor):\n"
        "    eval(word); exec(word); pickle.loads(word); hashlib.md5(word); random.random()\n"
        "    subprocess.run(word, shell=True)\n"
        "    cursor.execute(f'SELECT * FROM a WHERE b = {word}')\n"
    )
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--isolated", "--select", RULES, str(bad)]

    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout

    for rule in ("S102", "S301", "S307", "S311", "S324", "S602", "S608"):
        assert rule in found


def test_no_pattern_is_built_from_what_people_type():
    """Each argument of re.compile and the like is a constant, or made of constants of the module."""
    wrong = []
    for path, tree in sources():
        constants = {
            target.id
            for node in tree.body
            if isinstance(node, (ast.Assign, ast.AnnAssign))
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and target.id.isupper()
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                constants |= {one.asname or one.name for one in node.names if one.name.isupper()}
        for name, call in calls(tree):
            is_of_re = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "re"
            if is_of_re and name != "escape" and not is_constant(call.args[0], constants):
                wrong.append(f"{path.name}:{call.lineno}")
        wrong += [f"{path.name}: a lookup by regex" for word in lookups(tree) if word.endswith("regex")]
    assert wrong == []


def is_constant(node: ast.expr, constants: set[str]) -> bool:
    return all(
        one.id in constants or one.id == "re" for one in ast.walk(node) if isinstance(one, ast.Name)
    ) and not any(isinstance(one, ast.Call) for one in ast.walk(node))


def lookups(tree: ast.Module) -> list[str]:
    """Keywords of filters that stand in a function; constraints of models stand in classes."""
    found = []
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            found += [
                keyword.arg or ""
                for one in ast.walk(function)
                if isinstance(one, ast.Call)
                for keyword in one.keywords
            ]
    return [word for word in found if "__" in word]


def test_no_format_string_comes_from_outside():
    """`.format`, format_html and `%` are used on constants of the source alone."""
    wrong = []
    for path, tree in sources():
        for name, call in calls(tree):
            if name in FORMATS and not isinstance(call.args[0], ast.Constant):
                wrong.append(f"{path.name}:{call.lineno} {name}")
            if name == "format" and isinstance(call.func, ast.Attribute):
                text = call.func.value
                own = isinstance(text, ast.Constant) or (isinstance(text, ast.Name) and text.id.isupper())
                own = own or (isinstance(text, ast.Name) and text.id.lstrip("_").isupper())
                own = own or (isinstance(text, ast.Call) and getattr(text.func, "attr", "") == "SQL")
                own = own or is_sql(path, text)
                if not own:
                    wrong.append(f"{path.name}:{call.lineno} {ast.unparse(text)}.format")
    assert wrong == []


def is_sql(path: Path, node: ast.expr) -> bool:
    """psycopg's composition, which quotes what it puts in."""
    return "sql.SQL" in path.read_text() and isinstance(node, ast.Name)


def test_no_xml_is_read():
    for path, tree in sources():
        parsers = {name for name in imported(tree) if name.split(".")[0] in {"xml", "lxml", "defusedxml"}}
        assert not parsers, path


def test_no_template_is_made_at_run_time():
    for path, tree in sources():
        made = [name for name, _call in calls(tree) if name in {"Template", "from_string"}]
        assert not made, path


def test_no_page_is_marked_safe_without_a_reason_on_the_line():
    """`mark_safe` and autoescape off: each place says why, in Python; in templates there is none."""
    for path, tree in sources():
        lines = path.read_text().splitlines()
        for name, call in calls(tree):
            if name == "mark_safe":
                assert "noqa: S308" in lines[(call.end_lineno or call.lineno) - 1], path
    for template in (BASE / "templates").rglob("*.html"):
        text = template.read_text()
        assert "|safe" not in text, template
        assert "autoescape off" not in text, template
