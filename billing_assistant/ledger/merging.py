"""The books of two customers become those of one: amounts stay as they are posted, their owner changes."""

from __future__ import annotations

from billing_assistant.core.merging import Merge, register_mover
from billing_assistant.ledger.models import Account, JournalLine, OwnerBalance
from billing_assistant.ledger.services.balances import BalanceChange, balances_apply


def accounts_move(merge: Merge) -> None:
    """The other's accounts become the kept one's; where it has the same account, their lines go there."""
    kept = {(row.profile_id, row.kind, row.currency): row for row in Account.objects.filter(owner_id=merge.keep_id)}
    for account in Account.objects.filter(owner_id=merge.merge_id):
        same = kept.get((account.profile_id, account.kind, account.currency))
        if same is None:
            Account.objects.filter(pk=account.pk).update(owner_id=merge.keep_id)
        else:
            JournalLine.objects.filter(account=account).update(account=same)


def balances_move(merge: Merge) -> None:
    """What the other was billed, paid and owes is added to the kept one's, currency by currency."""
    rows = OwnerBalance.objects.filter(owner_id=merge.merge_id)
    balances_apply(
        [
            BalanceChange(
                profile_id=row.profile_id,
                owner_id=merge.keep_id,
                currency=row.currency,
                billed=row.billed,
                credited=row.credited,
                paid=row.paid,
                written_off=row.written_off,
                outstanding=row.outstanding,
                unapplied=row.unapplied,
                document_count=row.document_count,
                last_document_on=row.last_document_on,
            )
            for row in rows
        ]
    )
    rows.delete()


register_mover("ledger.Account", column="owner_id", move=accounts_move)
register_mover("ledger.JournalEntry", column="owner_id")
register_mover("ledger.OwnerBalance", column="owner_id", move=balances_move)
