"""Forms that create and change cards of master data, made from a list of fields; the card's type judges.

What is wrong stands beside its field, in the language of the page; nothing is written then. A change carries
the version that the person saw, so that nobody overwrites what somebody else changed meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from flask import flash, make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from server.masterdata.cards import version_of
from server.masterdata.faults import ChangeRefused, Fault
from server.web.card_changes import CardStore, change_card, create_card
from server.web.words import current_language
from shared.wire import codec
from shared.wire.codec import WireError

Card = TypeVar("Card")
Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class CardField:
    """One field of a form. `kind`: text, number, flag, choice or lines; `read` and `write` are of lines."""

    name: str
    label: object
    kind: str = "text"
    options: tuple[tuple[str, object], ...] = ()
    hint: object = ""
    is_key: bool = False
    read: Callable[[str], Any] | None = None
    write: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardForm(Generic[Card]):
    """The form of one kind of card: where it stands, its fields, and where its cards are shown."""

    store: CardStore[Card]
    fields: Sequence[CardField]
    nav: str
    address: Callable[[Card], str]
    list_address: Callable[[], str]
    new_title: object
    title: Callable[[Card], str]
    defaults: Mapping[str, str] = field(default_factory=dict)


def show_new(form: CardForm[Any]) -> Response:
    """The empty form."""
    return _page(form, None, dict(form.defaults), {})


def take_new(form: CardForm[Any]) -> Response:
    """A new card, or the form again with what is wrong."""
    texts = _texts(form, None)
    try:
        card = create_card(
            form.store, codec.read(form.store.card_type, _values(form, texts, {}), strict=True)
        )
    except (WireError, ChangeRefused) as refused:
        return _page(form, None, texts, _problems(form, refused))
    flash(gettext("Created."), "posted")
    return redirect(form.address(card), 303)


def show_change(form: CardForm[Card], card: Card) -> Response:
    """The form with what the card says."""
    return _page(form, card, _written(form, card), {})


def take_change(form: CardForm[Card], card: Card) -> Response:
    """A changed card, or the form again with what is wrong."""
    texts = _texts(form, card)
    try:
        wanted = codec.read(form.store.card_type, _values(form, texts, codec.write(card)), strict=True)
        fields = {each.name: getattr(wanted, each.name) for each in form.fields if not each.is_key}
        key = form.store.key_of(card)
        changed = change_card(form.store, key, fields, version=request.form.get("version", ""))
    except (WireError, ChangeRefused) as refused:
        return _page(form, card, texts, _problems(form, refused))
    flash(gettext("Changed."), "posted")
    return redirect(form.address(changed), 303)


def _page(form: CardForm[Any], card: Any, texts: Texts, problems: Texts) -> Response:
    version = request.form.get("version") or (version_of(card) if card is not None else "")
    page = render_template(
        "card_form.html",
        form=form,
        card=card,
        texts=texts,
        problems=problems,
        version=version,
        title=form.title(card) if card is not None else form.new_title,
        back=form.address(card) if card is not None else form.list_address(),
    )
    return make_response(page, 422 if problems else 200)


def _texts(form: CardForm[Any], card: Any) -> Texts:
    given = {each.name: request.form.get(each.name, "")[:20_000] for each in form.fields}
    if card is not None:
        written = _written(form, card)
        given |= {each.name: written[each.name] for each in form.fields if each.is_key}
    return {name: text.replace("\r\n", "\n").strip() for name, text in given.items()}


def _written(form: CardForm[Card], card: Card) -> Texts:
    plain = codec.write(card)
    texts = {}
    for each in form.fields:
        value = getattr(card, each.name)
        if each.kind == "lines" and each.write is not None:
            texts[each.name] = each.write(value)
        elif each.kind == "flag":
            texts[each.name] = "yes" if value else ""
        else:
            texts[each.name] = "" if value is None else str(plain.get(each.name, value))
    return texts


def _values(form: CardForm[Any], texts: Texts, old: Mapping[str, Any]) -> dict[str, Any]:
    """The record that the card's type reads: what the form has, over what the card said."""
    values = dict(old)
    for each in form.fields:
        text = texts[each.name]
        if each.kind == "flag":
            values[each.name] = bool(text)
        elif each.kind == "whole":
            values[each.name] = int(text) if text.lstrip("-").isdigit() and len(text) < 12 else text
        elif each.kind == "lines" and each.read is not None:
            values[each.name] = each.read(text)
        elif each.kind == "number" and not text:
            values.pop(each.name, None)
        else:
            values[each.name] = text
    return values


def _problems(form: CardForm[Any], refused: WireError | ChangeRefused) -> Texts:
    """A sentence per field; "" holds what belongs to none."""
    if isinstance(refused, WireError):
        found = str(refused).partition(", found ")[2]
        faults: Sequence[Fault] = [
            Fault(code="value", pointer=refused.pointer, found=found, expected=refused.expected)
        ]
    else:
        faults = refused.faults
    names = {each.name for each in form.fields}
    problems: Texts = {}
    for fault in faults:
        name = fault.pointer.strip("/").partition("/")[0]
        place = name if name in names else ""
        sentence = fault.sentence(current_language())
        problems[place] = f"{problems[place]} {sentence}" if place in problems else sentence
    return problems
