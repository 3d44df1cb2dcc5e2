"""Django application of the people."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "lienthong.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Django would write rows about every model and its permissions after each migration, and after each flush of
        a test database. Nothing here reads them: what people may do stands in ``policies.py``."""
        from django.contrib.contenttypes.management import create_contenttypes  # noqa: PLC0415 - models first

        post_migrate.disconnect(create_contenttypes)
        post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
