from customers.models.consents import Consent
from customers.models.customers import Contact, Customer, Note
from customers.models.documents import CustomerDocument
from customers.models.portal import PortalLink

__all__ = ["Consent", "Contact", "Customer", "CustomerDocument", "Note", "PortalLink"]
