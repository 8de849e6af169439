from payments.models.checkouts import Checkout
from payments.models.payments import Allocation, Payment, WriteOff
from payments.models.refunds import Refund
from payments.models.tallies import PaymentTally

__all__ = ["Allocation", "Checkout", "Payment", "PaymentTally", "Refund", "WriteOff"]
