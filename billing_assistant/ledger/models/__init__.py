from billing_assistant.ledger.models.accounts import Account, OwnerBalance
from billing_assistant.ledger.models.journal import JournalEntry, JournalLine

__all__ = ["Account", "JournalEntry", "JournalLine", "OwnerBalance"]
