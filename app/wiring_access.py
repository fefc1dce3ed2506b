"""How staff sign in: password, second factor, another provider. Put together with the rest in wiring.py; no decisions."""

from __future__ import annotations

from dataclasses import dataclass

from app.encryption import FernetVault
from app.one_time_codes import TimeCodes
from app.passwords import SystemSecrets
from app.settings import PREFIX, Settings
from connectors.oidc import OidcProvider, Registration
from jobseeker.clock import Clock
from jobseeker.ports import PasswordHasher
from jobseeker.storage import Store
from jobseeker.usecases.change_password import ChangePassword
from jobseeker.usecases.seal_columns import SealColumns
from jobseeker.usecases.second_factor import FactorKeeper, FinishSignIn, ManageSecondFactor, RotateKeys
from jobseeker.usecases.sign_in import CurrentAccount, SignIn
from jobseeker.usecases.sign_in_elsewhere import SignInElsewhere
from jobseeker.usecases.staff_accounts import StaffAccounts
from jobseeker.usecases.staff_sessions import StaffSessions

RETURN_PATH = "/console/api/oidc/return"


@dataclass(frozen=True)
class StaffAccess:
    """The use cases of signing in. elsewhere: None where no provider is set."""

    vault: FernetVault
    sign_in: SignIn
    finish_sign_in: FinishSignIn
    current_account: CurrentAccount
    second_factor: ManageSecondFactor
    change_password: ChangePassword
    rotate_keys: RotateKeys
    accounts: StaffAccounts
    elsewhere: SignInElsewhere | None


def staff_access(
    settings: Settings,
    store: Store,
    clock: Clock,
    hasher: PasswordHasher,
    secrets: SystemSecrets,
    vault: FernetVault,
    columns: SealColumns,
) -> StaffAccess:
    """Build them. Raises ValueError where a setting is wrong or missing that another one needs."""
    if settings.second_factor_roles and not vault.has_key:
        raise ValueError(f"{PREFIX}SECOND_FACTOR_ROLES needs {PREFIX}ENCRYPTION_KEYS (jobseeker keys new makes one)")
    roles = frozenset(settings.second_factor_roles)
    sessions = StaffSessions(clock, secrets, hours=settings.session_hours, second_factor_roles=roles)
    sign_in = SignIn(store, clock, hasher, secrets, sessions)
    keeper = FactorKeeper(clock, secrets, TimeCodes(settings.second_factor_name), vault)
    provider = oidc_provider(settings, clock)
    return StaffAccess(
        vault=vault,
        sign_in=sign_in,
        finish_sign_in=FinishSignIn(store, keeper, sessions),
        current_account=CurrentAccount(store, clock, secrets, roles),
        second_factor=ManageSecondFactor(store, keeper, sign_in),
        change_password=ChangePassword(store, keeper, sign_in),
        rotate_keys=RotateKeys(store, clock, vault, columns),
        accounts=StaffAccounts(store, clock),
        elsewhere=None if provider is None else SignInElsewhere(store, clock, secrets, sessions, provider),
    )


def oidc_provider(settings: Settings, clock: Clock) -> OidcProvider | None:
    """The provider, where one is set. Raises ValueError where a setting is missing that it needs."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id or not settings.public_url:
        raise ValueError(f"{PREFIX}OIDC_ISSUER needs {PREFIX}OIDC_CLIENT_ID and {PREFIX}PUBLIC_URL")
    registration = Registration(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        redirect_uri=settings.public_url.rstrip("/") + RETURN_PATH,
        scopes=settings.oidc_scopes,
        trusts_mfa=settings.oidc_trusts_mfa,
    )
    return OidcProvider(registration, clock.now)
