from billing_assistant.ledger.models.accounts import Account, AccountTally, OwnerBalance
from billing_assistant.ledger.models.checks import BooksCheck, BookSeal
from billing_assistant.ledger.models.journal import JournalEntry, JournalLine

__all__ = [
    "Account",
    "AccountTally",
    "BookSeal",
    "BooksCheck",
    "JournalEntry",
    "JournalLine",
    "OwnerBalance",
]
