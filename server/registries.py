"""The one file that knows every capability: it fills the registries and mounts the pages."""

from apiflask import APIFlask

from server.adjusting.post import adjust
from server.costs import api as costs_api
from server.costs import pages as cost_pages
from server.costs import run_pages as cost_run_pages
from server.feed import api as feed_api
from server.finance import api as finance_api
from server.finance import entry_pages as gl_entry_pages
from server.finance import pages as gl_pages
from server.finance import setup_pages as gl_setup_pages
from server.inbox import api as inbox_api
from server.inbox.kinds import Transactions, hand_over
from server.items import api as items_api
from server.items import cost_pages as item_cost_pages
from server.items import pages as items_pages
from server.journals import api as journals_api
from server.journals import pages as journal_pages
from server.journals.post import post as post_journal
from server.ledgers import api as ledgers_api
from server.ledgers import entry_pages, search
from server.ledgers import pages as register_pages
from server.locations import api as locations_api
from server.locations import pages as bin_pages
from server.monitor import api as monitor_api
from server.monitor import health, transaction_pages
from server.monitor import pages as sync_pages
from server.on_hand import api as on_hand_api
from server.on_hand import pages as on_hand_pages
from server.periods import api as periods_api
from server.periods import pages as periods_pages
from server.periods import setup_api, setup_pages
from server.proving import pages as proof_pages
from server.receiving.post import receive, take_back
from server.security import wiring as security
from server.shipping.post import pick
from server.staff import api as staff_api
from server.staff import device_pages, people_pages
from server.warehouse.post import move
from server.web import api, ledger_words, terminal_site

TRANSACTIONS: Transactions = {
    "receive": receive,
    "put_away": move,
    "move": move,
    "pick": pick,
    "adjust": adjust,
    "return": take_back,
    "journal": post_journal,
}

# In this order the API's document names them.
_RESOURCES = (
    items_api,
    locations_api,
    ledgers_api,
    on_hand_api,
    journals_api,
    monitor_api,
    staff_api,
    costs_api,
    periods_api,
    setup_api,
    finance_api,
)
_PAGES = (
    sync_pages,
    transaction_pages,
    items_pages,
    item_cost_pages,
    cost_pages,
    cost_run_pages,
    on_hand_pages,
    bin_pages,
    journal_pages,
    register_pages,
    entry_pages,
    search,
    device_pages,
    people_pages,
    periods_pages,
    setup_pages,
    gl_pages,
    gl_entry_pages,
    gl_setup_pages,
    proof_pages,
)


def register(app: APIFlask) -> None:
    """Hand the transaction kinds to the inbox and mount every blueprint."""
    # First: it guards whatever is mounted after it.
    security.register(app)
    api.install(app)
    hand_over(app, TRANSACTIONS)
    app.register_blueprint(inbox_api.blueprint)
    app.register_blueprint(feed_api.blueprint)
    app.register_blueprint(health.blueprint)
    for module in (*_RESOURCES, *_PAGES):
        app.register_blueprint(module.blueprint)
    ledger_words.install(app)
    sync_pages.count_for_navigation(app)
    proof_pages.tell_last_proof(app)
    app.register_blueprint(terminal_site.blueprint)
