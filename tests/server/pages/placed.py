"""A source of transactions, and looks at the books, for tests that keep no context of the server open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

from shared.wire.envelopes import PushAnswer
from shared.wire.outcomes import Outcome
from tests.support.warehouse import Source

Seen = TypeVar("Seen")


@dataclass
class Placed:
    """A source that enters the server for each of its pushes."""

    app: Flask
    source: Source

    def send(self, kind: str, *lines: Any, **more: Any) -> Outcome:
        """Make one transaction, push it, and give back what became of it."""
        with self.app.app_context():
            return self.source.send(kind, *lines, **more)

    def push(self, *records: dict[str, Any], **more: Any) -> PushAnswer:
        """Push these records as they are."""
        with self.app.app_context():
            return self.source.push(*records, **more)


def seen(app: Flask, look: Callable[..., Seen], *arguments: Any) -> Seen:
    """What a look at the books gives back."""
    with app.app_context():
        return look(*arguments)
