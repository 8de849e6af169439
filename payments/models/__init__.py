from payments.models.checkouts import Checkout
from payments.models.payments import Allocation, Payment, WriteOff

__all__ = ["Allocation", "Checkout", "Payment", "WriteOff"]
