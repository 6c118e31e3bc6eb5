"""What every module keeps: its size, its name, a first sentence that says why it exists."""

import ast

from tests.support.source_tree import PRODUCT, ROOT, functions_of, python_files, syntax_of

MODULE_LINES = 400
FUNCTION_LINES = 40
NAMELESS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "manager",
    "managers",
    "service",
    "services",
    "misc",
}
# The browser's own word for it.
ALLOWED_NAMES = {"service_worker"}


def test_a_module_stays_under_400_lines() -> None:
    lengths = {
        str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in python_files()
    }

    assert {path: lines for path, lines in lengths.items() if lines >= MODULE_LINES} == {}


def test_a_function_stays_under_40_lines() -> None:
    lengths = {
        f"{path}:{function.lineno} {function.name}": own_lines(function)
        for path in python_files(*PRODUCT)
        for function in functions_of(path)
    }

    assert {name: lines for name, lines in lengths.items() if lines >= FUNCTION_LINES} == {}


def test_a_module_says_in_its_first_docstring_why_it_exists() -> None:
    assert [str(path) for path in python_files() if not ast.get_docstring(syntax_of(path))] == []


def test_no_module_or_folder_has_a_name_that_says_nothing() -> None:
    named = {
        str(path): word
        for path in python_files()
        for part in path.with_suffix("").parts
        if part not in ALLOWED_NAMES
        for word in part.split("_")
        if word in NAMELESS
    }

    assert named == {}


def test_every_folder_of_python_is_a_package() -> None:
    folders = {path.parent for path in python_files(*PRODUCT, "tests")}

    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()] == []


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring and without the functions inside it."""
    lines = set(range(function.lineno, (function.end_lineno or function.lineno) + 1))
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    for inner in ast.walk(function):
        if inner is not function and isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            lines -= set(range(inner.lineno, (inner.end_lineno or inner.lineno) + 1))
    return len(lines)
