"""Opens this installation's database with the vault of its sealed columns. What is in it: store/; how the vault seals: app/encryption.py."""

from __future__ import annotations

from app.encryption import FernetVault, read_keys
from app.settings import Settings
from store.engine import Engines, create_engines


def vault_of(settings: Settings) -> FernetVault:
    """With the keys of the settings or of the key file; one without keys seals and opens nothing. Raises ValueError: a malformed key."""
    return FernetVault(read_keys(settings.encryption_key_list, settings.var_dir / "encryption.key"))


def open_database(settings: Settings, *, pool_size: int = 10, vault: FernetVault | None = None) -> Engines:
    """Engines; opens no connection yet. Raises ValueError: a URL of a kind we do not serve, a malformed key."""
    return create_engines(settings.database, pool_size=pool_size, vault=vault or vault_of(settings))
