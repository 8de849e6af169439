from reminders.models.messages import Message, MessageAttachment

__all__ = ["Message", "MessageAttachment"]
