"""People, what they are where and when, and to whom they gave their authority."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from lienthong.accounts.roles import Role
from lienthong.common.folding import fold


class UserManager(BaseUserManager["User"]):
    """Finds people by their user name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person who may sign in. Never deleted: their name stands on acts. ``must_change_password``: the present
    password was given out by somebody else."""

    username = models.CharField(max_length=64, unique=True)
    full_name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=50, blank=True, default="")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    folded = models.TextField(default="", editable=False)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """``folded`` is what people are searched by, with or without diacritics."""
        self.folded = f"{self.username} {fold(self.full_name)}"
        super().save(*args, **kwargs)


class Position(models.Model):
    """One role of one person in one agency (none for roles of the axis), from ``valid_from`` until before
    ``valid_to``. ``title`` is the office they hold (chức vụ), as documents print it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="positions")
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=16, choices=Role)
    title = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"],
                condition=Q(valid_to=None),
                name="accounts_position_open",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="accounts_position_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} in {self.agency_id}"

    @property
    def role_label(self) -> str:
        return Role(self.role).label

    @property
    def role_is_delegable(self) -> bool:
        """Whether somebody else may act in it: not where it opens the doors to everything else."""
        return self.role != Role.SYSTEM_ADMIN


class Delegation(models.Model):
    """Somebody lets somebody else act in a position of theirs (ủy quyền), both days included."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="delegations")
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_held")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="accounts_delegation_dates"),
        ]

    def __str__(self) -> str:
        return f"delegation {self.pk}"
