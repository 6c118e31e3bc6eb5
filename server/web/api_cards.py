"""Cards of the API: read, create, change and delete one thing of the master data, the same for every kind.

An answer carries an ETag, the version of the card; If-Match changes or deletes only that version (412
otherwise). PATCH takes the fields to change and leaves the others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel

from server.masterdata.cards import version_of
from server.security.permissions import Permission
from server.web.api import json_answer
from server.web.api_lists import guarded_view
from server.web.card_changes import CardStore, change_card, create_card, delete_card, read_stored
from server.web.schemas import body_model, changes_of, partial_model, record_of, row_model

Card = TypeVar("Card")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCards(Generic[Card]):
    """One kind of card: where the collection and one card are, and who may look and change."""

    store: CardStore[Card]
    rule: str
    card_rule: str
    name: str
    view: Permission
    change: Permission
    # Key fields that the address of a card does not name, for kinds where they are mostly blank.
    defaults: Mapping[str, str] = field(default_factory=dict)


def mount_cards(blueprint: APIBlueprint, cards: ApiCards[Any]) -> None:
    """Serve a kind of card. The rule's arguments are named after the card's key fields."""
    store, word = cards.store, cards.name.replace("_", " ")
    card_type = cast(type, store.card_type)
    output = row_model(card_type)

    def read(**key: str) -> Response:
        return _card_answer(read_stored(store, _key(store, key)))

    def create(json_data: BaseModel) -> Response:
        card = create_card(store, record_of(store.card_type, json_data))
        place = "/".join(quote(part, safe="") for part in store.key_of(card))
        return _card_answer(card, 201, {"Location": f"{request.path}/{place}"})

    def change(json_data: BaseModel, **key: str) -> Response:
        fields = changes_of(json_data)
        return _card_answer(change_card(store, _key(store, key), fields, version=_wanted_version()))

    def delete(**key: str) -> Response:
        delete_card(store, _key(store, key), version=_wanted_version())
        return Response(status=204)

    def add(view: Callable[..., Any], method: str, rule: str, permission: Permission) -> None:
        verb = view.__name__
        named = blueprint.doc(summary=f"{verb.title()} one {word}")(view)
        blueprint.add_url_rule(
            rule,
            f"{verb}_{cards.name}",
            guarded_view(permission, named),
            methods=[method],
            defaults=dict(cards.defaults) if rule == cards.card_rule else {},
        )

    whole, partial = body_model(card_type), partial_model(card_type)
    add(blueprint.output(output)(read), "GET", cards.card_rule, cards.view)
    created = blueprint.output(output, status_code=201)(blueprint.input(whole)(create))
    add(created, "POST", cards.rule, cards.change)
    add(blueprint.output(output)(blueprint.input(partial)(change)), "PATCH", cards.card_rule, cards.change)
    add(blueprint.output({}, status_code=204)(delete), "DELETE", cards.card_rule, cards.change)


def _key(store: CardStore[Any], named: dict[str, str]) -> tuple[str, ...]:
    return tuple(named[name] for name in store.keys)


def _card_answer(card: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return json_answer(card, status, {"ETag": f'"{version_of(card)}"', **(headers or {})})


def _wanted_version() -> str:
    """The version that If-Match names; "" where any may be changed. More than one match as well."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return ""
    wanted = request.if_match.as_set()
    return next(iter(wanted)) if len(wanted) == 1 else "none"
