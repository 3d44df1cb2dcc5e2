"""Keys of the REST interface: made once, kept as a hash, replaced without a gap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lienthong.common import clock
from lienthong.registry import services
from lienthong.registry.api_access import find_key, take_token
from lienthong.registry.api_tokens import read_token
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import ApiKey, ApiKeyUsage, ApiScope, System
from tests.factories import make_agency, make_system

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> System:
    return make_system(make_agency("H99.05", "Sở Y tế (mẫu)")).system


def is_live(token: str) -> bool:
    read = read_token(token)
    assert read is not None
    key = find_key(read.prefix)
    return key is not None and key.is_live and read.opens(key.secret_hash)


def test_the_token_opens_and_is_kept_nowhere(system: System) -> None:
    made = services.create_api_key(system=system, label="Máy chủ văn thư (mẫu)")

    assert is_live(made.token)
    assert made.token not in repr(made)
    row = ApiKey.objects.values().get()
    assert not any(made.token.split("_", 2)[2] in str(value) for value in row.values())
    assert set(row["scopes"]) == set(ApiScope.values)


def test_rotation_overlaps_and_keeps_what_the_key_may(system: System) -> None:
    old = services.create_api_key(
        system=system, scopes=["documents:read"], networks=["10.0.0.7"], lifetime=timedelta(days=90), rate_per_minute=7
    )
    new = services.rotate_api_key(prefix=old.key.prefix, overlap=timedelta(hours=1))

    assert is_live(old.token)
    assert is_live(new.token)
    assert (new.key.scopes, new.key.allowed_networks) == (["documents:read"], ["10.0.0.7/32"])
    assert new.key.rate_per_minute == 7
    assert new.key.expires_at is not None
    assert new.key.expires_at - clock.now() > timedelta(days=89)
    old.key.refresh_from_db()
    assert old.key.expires_at is not None
    assert old.key.expires_at - clock.now() < timedelta(hours=1, minutes=1)

    services.rotate_api_key(prefix=new.key.prefix, overlap=timedelta(0))
    assert not is_live(new.token)
    with pytest.raises(RegistryError, match="hết hiệu lực"):
        services.rotate_api_key(prefix=new.key.prefix, overlap=timedelta(0))


def test_revocation_holds_at_once_and_again_changes_nothing(system: System) -> None:
    made = services.create_api_key(system=system)
    first = services.revoke_api_key(prefix=made.key.prefix).revoked_at

    assert not is_live(made.token)
    assert services.revoke_api_key(prefix=made.key.prefix).revoked_at == first


def test_a_bucket_empties_and_fills(system: System) -> None:
    made = services.create_api_key(system=system, rate_per_minute=3)
    key = find_key(made.key.prefix)
    assert key is not None

    assert [take_token(key) for _ in range(4)] == [0, 0, 0, 20]
    ApiKeyUsage.objects.update(used_at=clock.now() - timedelta(seconds=21))
    assert [take_token(key) == 0 for _ in range(2)] == [True, False]
    ApiKeyUsage.objects.update(used_at=clock.now() - timedelta(days=9))
    assert [take_token(key) == 0 for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"scopes": []}, "registry.api_key.scope_unknown"),
        ({"scopes": ["everything"]}, "registry.api_key.scope_unknown"),
        ({"networks": ["10.0.0.1/8"]}, "registry.api_key.network_malformed"),
        ({"networks": ["mạng nội bộ"]}, "registry.api_key.network_malformed"),
        ({"rate_per_minute": 0}, "registry.api_key.rate_malformed"),
        ({"lifetime": timedelta(0)}, "registry.api_key.lifetime_malformed"),
        ({"label": "x" * 101}, "registry.api_key.label_malformed"),
        ({"label": "\x00"}, "registry.api_key.label_malformed"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(system: System, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(RegistryError) as refused:
        services.create_api_key(system=system, **fields)

    assert refused.value.code == code
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    "text", ["", "ltk_", "ltk_ABCDEFGHIJKL_" + "a" * 43, "ltk_abcdefghijkl_" + "a" * 42, "x" * 9999]
)
def test_what_is_no_token_is_not_looked_up(text: str) -> None:
    assert read_token(text) is None
