"""What tests owe their reader: a skip has a reason, a test has something that can fail."""

import ast
from collections.abc import Iterator

from tests.support.source_tree import functions_of, python_files, syntax_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
EXPECTING = {"raises", "warns", "expect"}
SKIPPING = {"skip", "skipif", "xfail", "importorskip"}


def test_no_test_is_skipped_without_a_reason() -> None:
    assert list(skips_without_reason()) == []


def test_every_test_asserts_something() -> None:
    empty = [
        f"{path}:{function.lineno} {function.name}"
        for path in python_files("tests")
        if path.name.startswith("test_")
        for function in functions_of(path)
        if function.name.startswith("test_") and not can_fail(function, syntax_of(path))
    ]

    assert empty == []


def skips_without_reason() -> Iterator[str]:
    """Marks and calls that leave a test out and do not say why."""
    for path in python_files("tests"):
        called = {id(node.func): node for node in ast.walk(syntax_of(path)) if isinstance(node, ast.Call)}
        for node in ast.walk(syntax_of(path)):
            if not isinstance(node, ast.Attribute) or node.attr not in SKIPPING:
                continue
            if ast.unparse(node.value) not in {"pytest", "pytest.mark"}:
                continue
            call = called.get(id(node))
            if call is None or not has_reason(call, node.attr):
                yield f"{path}:{node.lineno} {ast.unparse(node)}"


def has_reason(call: ast.Call, name: str) -> bool:
    """Whether a call of pytest.skip("why") or pytest.mark.skipif(..., reason="why") says why."""
    if any(keyword.arg == "reason" for keyword in call.keywords):
        return True
    return name == "skip" and bool(call.args)


def can_fail(function: Function, module: ast.Module) -> bool:
    """Whether a test asserts, expects an exception, or hands the asserting to a function that does."""
    local = {node.name: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
    waiting, seen = [function], {function.name}
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Assert):
                return True
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).split(".")[-1].lstrip("_")
                if called in EXPECTING or called.startswith(("assert_", "check_", "expect_")):
                    return True
                if called in local.keys() - seen:
                    seen.add(called)
                    waiting.append(local[called])
    return False
