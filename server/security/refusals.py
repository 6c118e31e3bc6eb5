"""What a person typed and why it is not taken: the field, a stable code, and a sentence in both languages."""

from flask_babel import lazy_gettext

# The French stands in server/locale/fr/security.po.
SENTENCES: dict[str, object] = {
    "missing": lazy_gettext("This field must not be empty."),
    "too_long": lazy_gettext("This is too long."),
    "unknown_choice": lazy_gettext("Choose one of the list."),
    "login_taken": lazy_gettext("Somebody else has this login."),
    "login_form": lazy_gettext("Use letters, digits, dot, hyphen, underscore or @."),
    "login_missing": lazy_gettext("A password needs a login."),
    "badge_taken": lazy_gettext("Somebody else has this badge."),
    "badge_missing": lazy_gettext("A PIN needs a badge."),
    "pin_missing": lazy_gettext("A badge needs a PIN."),
    "pin_digits": lazy_gettext("A PIN has 4 to 6 digits."),
    "pin_weak": lazy_gettext("This PIN is easy to guess. Take another one."),
    "password_length": lazy_gettext("A password has 10 to 200 characters."),
    "password_common": lazy_gettext("This password is easy to guess. Take another one."),
    "password_missing": lazy_gettext("A login needs a password."),
    "password_wrong": lazy_gettext("This is not your password."),
    "location_unknown": lazy_gettext("There is no location of this code."),
    "own_account": lazy_gettext("You cannot block yourself or change your own role."),
    "last_administrator": lazy_gettext("Somebody must stay administrator."),
}


class InputRefused(Exception):
    """A field holds something that is not taken."""

    def __init__(self, field: str, code: str) -> None:
        assert code in SENTENCES
        self.field = field
        self.code = code
        super().__init__(f"{field}: {code}")

    @property
    def sentence(self) -> str:
        """Why, in the language of the page; English on the command line."""
        return str(SENTENCES[self.code])
