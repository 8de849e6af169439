"""Gemini through LangChain. The vendor's library takes long to import: import this module on first use only."""

from __future__ import annotations

from typing import Final

from langchain_google_genai import ChatGoogleGenerativeAI

TIMEOUT_SECONDS: Final = 20.0
MAX_RETRIES: Final = 1


def build_chat_model(
    *, api_key: str, model: str, base_url: str | None = None, timeout: float = TIMEOUT_SECONDS
) -> ChatGoogleGenerativeAI:
    """A chat model that answers once, in time or not at all. `base_url` is another address of the same service."""
    return ChatGoogleGenerativeAI(
        model=model,
        api_key=api_key,
        base_url=base_url,
        temperature=0,
        max_retries=MAX_RETRIES,
        timeout=timeout,
        metadata={"label": label(model)},
    )


def label(model: str) -> str:
    """The name that people know a model by: "gemini-3.5-flash" is Gemini 3.5 Flash."""
    return " ".join(part.capitalize() for part in model.removeprefix("models/").split("-"))
