from billing_assistant.core.models.approvals import Approval, ApprovalStatus
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.events import DeliveryStatus, Event, EventDelivery
from billing_assistant.core.models.files import StoredFile
from billing_assistant.core.models.idempotency import IdempotencyRecord
from billing_assistant.core.models.imports import DataImport, ImportMapping, ImportProblem
from billing_assistant.core.models.notices import Notice
from billing_assistant.core.models.privacy import ErasureRecord, RetentionRules
from billing_assistant.core.models.profiles import BusinessProfile, HumanCounter
from billing_assistant.core.models.saved_filters import SavedFilter
from billing_assistant.core.models.users import ApiKey, User

__all__ = [
    "ApiKey",
    "Approval",
    "ApprovalStatus",
    "BusinessProfile",
    "DataImport",
    "DeliveryStatus",
    "Entity",
    "ErasureRecord",
    "Event",
    "EventDelivery",
    "HumanCounter",
    "IdempotencyRecord",
    "ImportMapping",
    "ImportProblem",
    "Notice",
    "RetentionRules",
    "SavedFilter",
    "StoredFile",
    "User",
]
