"""What stands around every page: navigation, who is signed in, where, and whether the books are proved.

The web layer sits below the capabilities, so it cannot ask them: `create_app` hands it one function that
answers with a `Frame` for the current request. A navigation item whose endpoint is not registered is left
out, and so is one that the signed-in person may not open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask, url_for
from flask_babel import lazy_gettext


@dataclass(frozen=True, slots=True)
class Proof:
    """The last run of the ledger check: when, and how many rows differed."""

    proved_at: datetime
    differences: int


@dataclass(frozen=True, slots=True)
class Place:
    """A location that the person may look at."""

    code: str
    name: str


def _anything(_endpoint: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Frame:
    """Badges are counts by navigation key; `may_open` tells whether the person may open an endpoint."""

    person_name: str
    place: Place | None = None
    places: tuple[Place, ...] = ()
    time_zone: str = "UTC"
    proof: Proof | None = None
    badges: Mapping[str, int] = field(default_factory=dict)
    may_open: Callable[[str], bool] = _anything

    @property
    def initials(self) -> str:
        """First letters of the first and the last name."""
        names = self.person_name.split()
        return "".join(name[0].upper() for name in (names[:1] + names[1:][-1:]))


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One line of the navigation; `key` is what pages name as `nav` and what badges are counted by."""

    key: str
    label: object
    icon: str
    endpoint: str
    tone: str = "look"


@dataclass(frozen=True, slots=True)
class NavigationSection:
    """A group of items, with a heading or just apart from the others."""

    label: object | None
    items: tuple[NavigationItem, ...]


@dataclass(frozen=True, slots=True)
class NavigationLine:
    """An item as drawn: where it leads and how many wait there."""

    item: NavigationItem
    url: str
    badge: int


SEARCH_ENDPOINT = "search.index"
PROOF_ENDPOINT = "proof.index"

NAVIGATION: tuple[NavigationSection, ...] = (
    NavigationSection(
        None,
        (
            NavigationItem("today", lazy_gettext("Today"), "light_mode", "today.index"),
            NavigationItem("sync", lazy_gettext("Sync"), "sync", "sync.monitor"),
            NavigationItem("approvals", lazy_gettext("Approvals"), "approval", "approvals.index", "approval"),
            NavigationItem("counts", lazy_gettext("Counts"), "checklist", "counts.index"),
            NavigationItem(
                "transactions", lazy_gettext("Transactions"), "receipt_long", "transactions.index"
            ),
        ),
    ),
    NavigationSection(
        lazy_gettext("Stock"),
        (
            NavigationItem("items", lazy_gettext("Items"), "inventory_2", "items.index"),
            NavigationItem("on_hand", lazy_gettext("On hand"), "package_2", "on_hand.index"),
            NavigationItem("availability", lazy_gettext("Availability"), "timeline", "availability.index"),
            NavigationItem("bins", lazy_gettext("Bins"), "shelves", "bins.index"),
            NavigationItem("lots", lazy_gettext("Lots and serials"), "account_tree", "lots.index"),
        ),
    ),
    NavigationSection(
        lazy_gettext("Books"),
        (
            NavigationItem("journal", lazy_gettext("Item journal"), "playlist_add", "journal.index"),
            NavigationItem("registers", lazy_gettext("Registers"), "receipt_long", "registers.index"),
            NavigationItem("entries", lazy_gettext("Ledger entries"), "history", "entries.index"),
            NavigationItem("costs", lazy_gettext("Costs"), "payments", "costs.index"),
            NavigationItem("general_ledger", lazy_gettext("General ledger"), "account_balance", "gl.index"),
            NavigationItem("reports", lazy_gettext("Reports"), "bar_chart", "reports.index"),
        ),
    ),
    NavigationSection(
        None,
        (
            NavigationItem("devices", lazy_gettext("Devices and people"), "badge", "devices.index"),
            NavigationItem("setup", lazy_gettext("Set-up"), "settings", "setup.index"),
        ),
    ),
)


def navigation_lines(app: Flask, frame: Frame) -> list[tuple[NavigationSection, list[NavigationLine]]]:
    """The sections with what this app serves and this person may open, empty sections left out."""
    drawn = []
    for section in NAVIGATION:
        lines = [
            NavigationLine(item, url_for(item.endpoint), frame.badges.get(item.key, 0))
            for item in section.items
            if item.endpoint in app.view_functions and frame.may_open(item.endpoint)
        ]
        if lines:
            drawn.append((section, lines))
    return drawn


def search_url(app: Flask, frame: Frame) -> str | None:
    """Where the search box leads (`?q=` is what was typed or scanned); None leaves the box out."""
    return _url_of(SEARCH_ENDPOINT, app, frame)


def proof_url(app: Flask, frame: Frame) -> str | None:
    """Where the ledger's proof leads: what was checked, and what each invariant says; None for no link."""
    return _url_of(PROOF_ENDPOINT, app, frame)


def _url_of(endpoint: str, app: Flask, frame: Frame) -> str | None:
    """The address of a page; None where this app does not serve it or this person may not open it."""
    is_served = endpoint in app.view_functions and frame.may_open(endpoint)
    return url_for(endpoint) if is_served else None
