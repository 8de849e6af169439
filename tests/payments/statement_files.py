"""Statement files in the formats that banks send, small enough to read."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from billing_assistant.core.models import BusinessProfile
from payments.models import BankAccount, Statement
from payments.services.bank_accounts import BankAccountInput, bank_account_create
from payments.services.statement_steps import statement_advance
from payments.services.statements import statement_create
from payments.statement_states import BankAccountKind
from tests import factories

_numbers = count(1)
OFX_HEAD: Final = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""
MT940: Final = """:20:STARTUMS
:25:12345678/0001234567
:28C:00001/001
:60F:C260301KES1000,00
:61:2603020302C250,50NTRFNONREF//B1
:86:166?00CREDIT?20INV-2026-0001?32ACME LTD
:61:2603020302C250,50NTRFNONREF//B1
:86:166?00CREDIT?20INV-2026-0001?32ACME LTD
:61:2603020302D15,00NCHGNONREF
:86:BANK CHARGES
:62F:C260302KES1486,00
"""
MPESA: Final = """Organization Name:,Chromapages Limited
Short Code:,522533
Time Period:,From 01-03-2026 To 02-03-2026

Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,\
Reason Type,Other Party Info,Linked Transaction ID,A/C No.
TC2AA1,2026-03-02 09:10:00,2026-03-02 09:10:00,Pay Bill Charge,Completed,,-34.00,6466.00,true,Charge,,,
TC2AA1,2026-03-02 09:10:00,2026-03-02 09:10:00,Pay Bill from 254712***678,Completed,5000.00,,6500.00,true,Pay Bill,\
254712***678 - JOHN KAMAU,,INV 1
TC2AA0,2026-03-01 18:00:00,2026-03-01 18:00:00,Pay Bill from 254799***111,Failed,900.00,,1500.00,true,Pay Bill,\
254799***111 - JANE W,,INV 9
TC1ZZ9,2026-03-01 08:00:00,2026-03-01 08:00:00,Pay Bill from 254700***222,Completed,1500.00,,1500.00,true,Pay Bill,\
254700***222 - MARY A,,INV 2
"""


def bank_account(of: BusinessProfile, **said: Any) -> BankAccount:
    """An account at a bank in the currency of the profile."""
    values: dict[str, Any] = {
        "name": f"Equity {next(_numbers)}",
        "kind": BankAccountKind.BANK,
        "currency": of.currency,
        "number": "",
    }
    data = BankAccountInput(**(values | said))
    return bank_account_create(profile_id=of.pk, data=data, actor=factories.SYSTEM, now=factories.NOW)


def brought(account: BankAccount, content: bytes | str, name: str = "march.txt", **said: Any) -> Statement:
    """A file that needs no columns, read to its end."""
    raw = content.encode() if isinstance(content, str) else content
    made = statement_create(
        account_id=account.pk, content=raw, file_name=name, actor=factories.SYSTEM, now=factories.NOW, **said
    )
    while statement_advance(statement_id=made.pk):
        pass
    made.refresh_from_db()
    return made


def ofx(
    *lines: tuple[str, str, str, str, str], currency: str = "KES", number: str = "999", closing: str = "0"
) -> bytes:
    """Lines of an id, a day, an amount, a name and a text."""
    told = "".join(
        f"<STMTTRN><TRNTYPE>{'DEBIT' if amount.startswith('-') else 'CREDIT'}<DTPOSTED>{day}<TRNAMT>{amount}"
        f"<FITID>{bank_id}<NAME>{name[:32] or 'UNKNOWN'}{f'<MEMO>{text}' if text else ''}</STMTTRN>"
        for bank_id, day, amount, name, text in lines
    )
    return (
        f"{OFX_HEAD}<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260301120000"
        "<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO"
        f"</STATUS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>{number}<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260301<DTEND>20260302{told}</BANKTRANLIST><LEDGERBAL><BALAMT>{closing}"
        "<DTASOF>20260302</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def camt(*entries: str, opening: str = "100.00", closing: str = "100.00", head: str = "") -> bytes:
    """A CAMT.053 statement in KES with entries as XML."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        "<BkToCstmrStmt><Stmt><Acct><Id><IBAN>KE12000000001234567890</IBAN></Id><Ccy>KES</Ccy></Acct>"
        f"{_balance('OPBD', opening)}{_balance('CLBD', closing)}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(amount: str, ref: str, details: str = "", status: str = "BOOK", way: str = "CRDT") -> str:
    """An entry of such a statement."""
    return (
        f'<Ntry><Amt Ccy="KES">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>'
        f"<BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def detail(amount: str, name: str, text: str, end_to_end: str = "NOTPROVIDED") -> str:
    """One payment within an entry."""
    return (
        f'<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs><Amt Ccy="KES">{amount}</Amt>'
        f"<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )


def _balance(code: str, amount: str) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="KES">{amount}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd></Bal>"
    )
