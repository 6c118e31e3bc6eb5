"""The frame and the components, drawn by a small office of sample rows and read as HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

import server.web
from server.web.frame import Frame, Place, Proof, navigation_lines
from server.web.keyset import Page, PageAsked
from server.web.tables import Column, Listing
from tests.server.web.gallery import FRAME, make_gallery


@pytest.fixture
def client() -> FlaskClient:
    return make_gallery().test_client()


def page(client: FlaskClient, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def words(html: str) -> str:
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_navigation_lights_the_page_and_counts_what_waits(client: FlaskClient) -> None:
    html = page(client, "/sync")

    current = re.findall(r'<a href="([^"]+)" aria-current="page">', html)
    badges = re.findall(r'<b class="badge (\w+)">(\d+)</b>', html)
    assert current == ["/sync"]
    assert badges == [("look", "9"), ("approval", "12")]


def test_the_navigation_leaves_out_what_the_app_lacks_or_the_person_may_not_open() -> None:
    app = Flask(__name__)
    frame = replace(FRAME, may_open=lambda endpoint: endpoint != "items.index")
    server.web.register(app, lambda: frame)
    app.add_url_rule("/sync", "sync.monitor", lambda: "")
    app.add_url_rule("/items", "items.index", lambda: "")

    with app.test_request_context("/"):
        drawn = navigation_lines(app, frame)

    assert [line.url for _, lines in drawn for line in lines] == ["/sync"]


def test_a_ledger_that_differs_says_how_much() -> None:
    proof = Proof(datetime(2011, 12, 6, 14, 30, tzinfo=UTC), 3)
    html = page(make_gallery(replace(FRAME, proof=proof)).test_client(), "/sync")

    assert "Ledger checked 14:30" in words(html)
    assert "3 differences" in words(html)


def test_without_a_person_only_the_content_is_drawn() -> None:
    html = page(make_gallery(None).test_client(), "/sign-in")

    assert '<nav class="nav"' not in html
    assert 'class="alone"' in html


def test_times_are_those_of_the_location() -> None:
    frame = Frame("Jo Martin", Place("WH1", "Wholesale DC"), time_zone="Europe/Paris")
    html = page(make_gallery(frame).test_client(), "/sync")

    assert "Updated 15:32:10" in words(html)


def test_language_comes_from_the_address_then_the_cookie_then_the_browser(client: FlaskClient) -> None:
    assert '<html lang="fr">' in page(client, "/sync", **{"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})
    assert '<html lang="en">' in page(client, "/sync", **{"Accept-Language": "de"})
    assert "Synchro" in page(client, "/sync?lang=fr")
    assert '<html lang="fr">' in page(client, "/sync", **{"Accept-Language": "en"})
    assert '<html lang="en">' in page(client, "/sync?lang=en")


def test_the_theme_is_remembered_until_the_system_decides_again(client: FlaskClient) -> None:
    assert "data-theme" not in page(client, "/sync")
    assert 'data-theme="dark"' in page(client, "/sync?theme=dark")
    assert 'data-theme="dark"' in page(client, "/sync")
    assert "data-theme" not in page(client, "/sync?theme=system")
    assert "data-theme" not in page(client, "/sync?theme=<script>")


def test_numbers_and_dates_follow_the_language(client: FlaskClient) -> None:
    english = words(page(client, "/entries?lang=en"))
    french = words(page(client, "/entries?lang=fr"))

    assert "6\u00a0Dec\u00a02011" in english
    assert "\u2212630.00" in english
    assert "6\u00a0déc.\u00a02011" in french
    assert "\u2212630,00" in french


def test_tables_have_caption_scoped_heads_and_say_how_they_are_sorted(client: FlaskClient) -> None:
    html = page(client, "/entries")

    assert '<caption class="unseen">Item ledger entries</caption>' in html
    assert html.count("<th scope=") == html.count("<th ")
    assert re.findall(r'aria-sort="(\w+)"', html) == ["descending", "none"]


def test_a_sort_link_turns_round_and_starts_at_the_first_page(client: FlaskClient) -> None:
    turned = page(client, "/entries?sort=entry_no&after=77&item=85123A")

    sort_links = re.findall(r'<a href="(/entries\?[^"]*sort=[^"]*)" hx-get', turned)
    assert [link.replace("&amp;", "&") for link in sort_links[:2]] == [
        "/entries?item=85123A&sort=-entry_no",
        "/entries?item=85123A&sort=posting_date",
    ]


def test_a_sort_key_that_no_column_offers_is_ignored(client: FlaskClient) -> None:
    html = page(client, "/entries?sort=quantity;drop")

    assert re.findall(r'aria-sort="(\w+)"', html) == ["descending", "none"]


def test_pages_go_by_key_and_keep_filters(client: FlaskClient) -> None:
    html = page(client, "/entries?item=85123A&type=sale").replace("&amp;", "&")

    assert '<a class="button quiet" rel="next" href="/entries?item=85123A&type=sale&after=642794"' in html
    assert '<a class="button quiet" rel="prev" href="/entries?item=85123A&type=sale&before=642802"' in html
    assert '<option value="sale" selected>' in html
    assert 'name="item" value="85123A"' in html
    assert 'href="/entries?item=85123A&type=sale&format=csv"' in html
    assert "2,611 rows in all" in words(html)


def test_what_a_person_typed_is_never_markup(client: FlaskClient) -> None:
    html = page(client, "/entries?item=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_an_empty_list_says_what_to_do_next(client: FlaskClient) -> None:
    assert '<p class="empty">No lots here. Receive some.</p>' in page(client, "/entries")


def test_a_problem_stands_next_to_its_field_and_is_linked_to_it(client: FlaskClient) -> None:
    html = page(client, "/sign-in")

    field = re.search(r'<input id="field-password"[^>]*>', html)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="said-password"' in field[0]
    assert re.search(r'id="said-password">.*?Wrong password\. 4 tries left\.', html, re.DOTALL)


def test_every_outcome_is_an_icon_and_a_word(client: FlaskClient) -> None:
    text = words(page(client, "/entries"))

    for word in (
        "Queued",
        "Received",
        "Waiting",
        "Posted",
        "Awaiting approval",
        "Parked",
        "Refused",
        "Quarantined",
    ):
        assert text.count(word) >= 2, word


def test_an_age_over_a_day_is_marked_by_more_than_colour(client: FlaskClient) -> None:
    html = page(client, "/sync")

    too_old = re.findall(r'<span class="age too-old"><svg.*?</svg><span>(.*?)</span>', html)
    assert too_old == ["26\u00a0h"]


def test_static_files_are_marked_by_their_content(client: FlaskClient) -> None:
    html = page(client, "/sync")
    address = re.search(r'href="(/office-static/tokens\.css\?v=\w{8})"', html)

    assert address is not None
    with client.get(address[1]) as answer:
        assert answer.status_code == 200


def test_a_chart_stands_with_the_table_that_it_draws(client: FlaskClient) -> None:
    html = page(client, "/sync")

    chart = re.search(r'<figure class="panel chart".*?</figure>', html, re.DOTALL)
    assert chart is not None
    assert chart[0].count("data-number=") == 34
    assert chart[0].count("data-pale") == 2
    assert "<caption" in chart[0]


def test_the_person_menu_ends_with_what_another_folder_gives(client: FlaskClient) -> None:
    html = page(client, "/counts")

    assert "#logout" in html
    assert "Leave" in words(html)


def test_a_constant_is_written_in_the_language_of_each_page(client: FlaskClient) -> None:
    assert "18,619" in words(page(client, "/sync?lang=en"))
    assert "18\u00a0619" in words(page(client, "/sync?lang=fr"))


def test_a_list_asks_for_its_page_by_key_and_shows_what_it_got() -> None:
    columns = (Column("entry_no", "Entry", sortable=True),)
    with make_gallery().test_request_context("/entries?sort=-entry_no&after=abc"):
        listing = Listing.from_request(columns, default_sort="entry_no")

        asked = listing.asked(20)
        shown = listing.with_page(Page(rows=({"entry_no": 7},), after="def"))

    assert asked == PageAsked(limit=20, sort="entry_no", descending=True, after="abc")
    assert (list(shown.rows), shown.after, shown.before) == ([{"entry_no": 7}], "def", None)
