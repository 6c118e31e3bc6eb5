"""The one file that knows every capability: it fills the registries and mounts the pages."""

from flask import Flask

from server.adjusting.post import adjust
from server.feed import api as feed_api
from server.inbox import api as inbox_api
from server.inbox.kinds import Transactions, hand_over
from server.monitor import health
from server.receiving.post import receive, take_back
from server.security import wiring as security
from server.shipping.post import pick
from server.warehouse.post import move
from server.web import terminal_site

TRANSACTIONS: Transactions = {
    "receive": receive,
    "put_away": move,
    "move": move,
    "pick": pick,
    "adjust": adjust,
    "return": take_back,
}


def register(app: Flask) -> None:
    """Hand the transaction kinds to the inbox and mount every blueprint."""
    # First: it guards whatever is mounted after it.
    security.register(app)
    hand_over(app, TRANSACTIONS)
    app.register_blueprint(inbox_api.blueprint)
    app.register_blueprint(feed_api.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(terminal_site.blueprint)
