from django.apps import AppConfig


class AiAgentConfig(AppConfig):
    name = "ai_agent"
    label = "ai_agent"
