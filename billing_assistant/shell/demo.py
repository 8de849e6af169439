"""Who may sign in to the demo company, and with what. The one place that knows these words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from billing_assistant.core.rights import Role

SLUG: Final = "chromapages"
CLIENT_EMAIL: Final = "wanjiru@techsolutions.example"


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff of the demo company."""

    username: str
    role: Role
    first_name: str
    last_name: str

    @property
    def email(self) -> str:
        return f"{self.username}@chromapages.example"

    @property
    def password(self) -> str:
        """Known to everybody on purpose: the demo company has no real data and is not made in production."""
        return f"demo-{self.username}-password"


ACCOUNTS: Final = (
    Account("admin", Role.ADMIN, "Amina", "Odhiambo"),
    Account("finance", Role.FINANCE, "Felix", "Mutua"),
    Account("csm", Role.CSM, "Christine", "Njeri"),
    Account("viewer", Role.READ_ONLY, "Victor", "Barasa"),
)


def sign_ins() -> str:
    """The table of sign-ins that the command prints."""
    rows = [(account.username, account.password, account.role.value) for account in ACCOUNTS]
    lines = [f"  {name:<10}{password:<26}{role}" for name, password, role in rows]
    client = f"  {CLIENT_EMAIL} signs in to the portal by a code that is sent to it"
    return "\n".join(["Demo sign-ins (name, password, role):", *lines, client])
