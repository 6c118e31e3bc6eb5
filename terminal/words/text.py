"""One text in both languages. French is written with plain spaces here and gets its own when it is said."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared.figures import french_spaces


@dataclass(frozen=True, slots=True)
class Text:
    """The wordings of one text; `one_en` and `one_fr` are for `n` = 1 (French counts 0 as one too)."""

    en: str
    fr: str
    one_en: str = ""
    one_fr: str = ""

    def wording(self, language: str, n: object = None) -> str:
        """The wording of a language for `n` things; placeholders still in it."""
        counted = isinstance(n, int | Decimal)
        if language == "fr":
            return french_spaces(self.one_fr if self.one_fr and counted and n in (0, 1) else self.fr)
        return self.one_en if self.one_en and counted and n == 1 else self.en
