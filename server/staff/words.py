"""The words of roles, kinds, states and audit events; each stands here once, its French in staff.po."""

from flask_babel import lazy_gettext

ROLES: dict[str, object] = {
    "worker": lazy_gettext("Worker"),
    "supervisor": lazy_gettext("Supervisor"),
    "back_office": lazy_gettext("Back office"),
    "administrator": lazy_gettext("Administrator"),
}
# What a role is for, where one is chosen.
ROLE_NOTES: dict[str, object] = {
    "worker": lazy_gettext("Scans on a terminal."),
    "supervisor": lazy_gettext("Approves, and decides what is parked."),
    "back_office": lazy_gettext("Keeps items, locations, set-up and corrections."),
    "administrator": lazy_gettext("Lets people and devices in. Posts and approves nothing."),
}
KINDS: dict[str, object] = {
    "handheld": lazy_gettext("Handheld"),
    "office": lazy_gettext("Office"),
    "api": lazy_gettext("Program"),
    "import": lazy_gettext("Import"),
}
STATES: dict[str, object] = {
    "online": lazy_gettext("Online"),
    "offline": lazy_gettext("Offline"),
    "revoked": lazy_gettext("Revoked"),
    "never": lazy_gettext("Not heard yet"),
}
LANGUAGE_NAMES = {"en": "English", "fr": "Français"}
EVENTS: dict[str, object] = {
    "sign_in": lazy_gettext("Signed in"),
    "sign_in_failed": lazy_gettext("Wrong password"),
    "sign_in_locked": lazy_gettext("Sign-in locked"),
    "sign_out": lazy_gettext("Signed out"),
    "password_changed": lazy_gettext("Password changed"),
    "person_made": lazy_gettext("Person added"),
    "person_changed": lazy_gettext("Person changed"),
    "person_blocked": lazy_gettext("Person blocked"),
    "person_unblocked": lazy_gettext("Person unblocked"),
    "pin_locked": lazy_gettext("PIN locked on a device"),
    "device_made": lazy_gettext("Source made"),
    "enrolment_code_made": lazy_gettext("Enrolment code made"),
    "enrolment_refused": lazy_gettext("Enrolment refused"),
    "device_enrolled": lazy_gettext("Device enrolled"),
    "device_revoked": lazy_gettext("Device revoked"),
    "token_refused": lazy_gettext("Token refused"),
    "api_token_made": lazy_gettext("API token made"),
    "period_made": lazy_gettext("Period added"),
    "item_cost_excluded": lazy_gettext("Left out of the cost adjustment"),
    "item_cost_included": lazy_gettext("Cost adjusted again"),
    "period_changed": lazy_gettext("Period renamed"),
    "period_deleted": lazy_gettext("Period deleted"),
    "period_closed": lazy_gettext("Period closed"),
    "period_reopened": lazy_gettext("Period reopened"),
    "setup_changed": lazy_gettext("Set-up of costs changed"),
    "accounting_period_made": lazy_gettext("Accounting period added"),
    "accounting_period_changed": lazy_gettext("Accounting period changed"),
    "accounting_period_deleted": lazy_gettext("Accounting period deleted"),
    "fiscal_year_made": lazy_gettext("Fiscal year added"),
    "posting_dates_changed": lazy_gettext("Posting dates changed"),
    "posting_dates_cleared": lazy_gettext("Posting dates taken away"),
}


def word(words: dict[str, object], key: str) -> object:
    """The word for a key; the key itself where another part of the house has named it."""
    return words.get(key, key.replace("_", " "))
