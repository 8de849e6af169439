from customers.models.customers import Contact, Customer, Note
from customers.models.portal import PortalLink

__all__ = ["Contact", "Customer", "Note", "PortalLink"]
