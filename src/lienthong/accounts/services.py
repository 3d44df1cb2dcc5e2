"""Writes about people. Each leaves an event in the ledger, never a password."""

from __future__ import annotations

from django.db import transaction

from lienthong.accounts.acts import note_person
from lienthong.accounts.models import User
from lienthong.ledger.kinds import EventKind


@transaction.atomic
def change_own_password(*, user: User, password: str) -> None:
    """The person chose this password."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    note_person(EventKind.PASSWORD_CHANGED, user)
