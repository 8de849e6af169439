from payments.models.checkouts import Checkout, CheckoutPart
from payments.models.collections import CollectedPayment, PlanCollection
from payments.models.disputes import Dispute, DisputedPart
from payments.models.external_invoices import ExternalInvoice
from payments.models.fees import ExchangeResult, PaymentFee, ProviderDay
from payments.models.matching import BalanceDifference, LineGivenBack, LineMatch, MatchCandidate, MatchRule
from payments.models.payment_plans import PaymentPlan, PlanInstalment, PlannedInvoice
from payments.models.payments import Allocation, Payment, WriteOff
from payments.models.proofs import PaymentProof
from payments.models.receipts import UnmatchedReceipt
from payments.models.refunds import Refund
from payments.models.rules import PayingRules
from payments.models.saved_methods import MethodSetup, SavedMethod
from payments.models.statements import BankAccount, Statement, StatementLine
from payments.models.tallies import PaymentTally

__all__ = [
    "Allocation",
    "BalanceDifference",
    "BankAccount",
    "Checkout",
    "CheckoutPart",
    "CollectedPayment",
    "Dispute",
    "DisputedPart",
    "ExchangeResult",
    "ExternalInvoice",
    "LineGivenBack",
    "LineMatch",
    "MatchCandidate",
    "MatchRule",
    "MethodSetup",
    "PayingRules",
    "Payment",
    "PaymentFee",
    "PaymentPlan",
    "PaymentProof",
    "PaymentTally",
    "PlanCollection",
    "PlanInstalment",
    "PlannedInvoice",
    "ProviderDay",
    "Refund",
    "SavedMethod",
    "Statement",
    "StatementLine",
    "UnmatchedReceipt",
    "WriteOff",
]
