"""Drafts an invoice from plain words: a model proposes, the code computes.

Without a model, or when it fails, the rules read the request.
"""

from __future__ import annotations

from typing import Any, Final

import structlog
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage
from pydantic import ValidationError

from ai_agent.drafting.compute import compute
from ai_agent.drafting.errors import PromptEmpty, PromptTooLong
from ai_agent.drafting.model import RuleBasedChatModel
from ai_agent.drafting.notes import RULES_LABEL, gettext_noop
from ai_agent.drafting.prompt import PROMPT, variables
from ai_agent.drafting.rules.reader import MAX_LENGTH
from ai_agent.drafting.types import DraftingRequest, DraftResult, Proposal
from integrations import registry

log = structlog.get_logger(__name__)

_FINISHED: Final = "STOP"
MODEL_LABEL: Final = gettext_noop("Drafted by %(model)s, check before sending")
_REASONS: Final = {
    "timeout": gettext_noop("The model did not answer in time."),
    "busy": gettext_noop("The model is busy: too many requests."),
    "unavailable": gettext_noop("The model could not be reached."),
    "refused": gettext_noop("The model service refused the request."),
    "stopped": gettext_noop("The model stopped before it had answered."),
    "unreadable": gettext_noop("The model's answer could not be read."),
    "unfounded": gettext_noop("The model's answer did not fit the request."),
}


class _NoAnswer(Exception):
    """A model ended without an answer that can be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def draft_invoice(request: DraftingRequest, *, model: BaseChatModel | None = None) -> DraftResult:
    """A draft for a person to review, from one request in plain words.

    `model` defaults to the configured one. Raises PromptEmpty and PromptTooLong; a failing model raises nothing: the
    rules draft then, and the result says so in `model_label` and `fallback_reason`.
    """
    if not request.prompt.strip():
        raise PromptEmpty
    if len(request.prompt) > MAX_LENGTH:
        raise PromptTooLong(MAX_LENGTH)
    chosen = model or registry.chat_model() or RuleBasedChatModel()
    if isinstance(chosen, RuleBasedChatModel):
        return _by_rules(request)
    try:
        return _by_model(request, chosen)
    except _NoAnswer as failure:
        reason = failure.reason
    except Exception as error:  # noqa: BLE001 - whatever a vendor's library raises, a draft is still made
        reason = registry.chat_failure(error)
    log.warning("drafting_fell_back", reason=reason, model=_name(chosen))
    return _by_rules(request, fallback_reason=_REASONS[reason])


def _by_rules(request: DraftingRequest, *, fallback_reason: str = "") -> DraftResult:
    proposal = propose(request, RuleBasedChatModel())
    return compute(proposal, request, model_label=RULES_LABEL, fallback_reason=fallback_reason)


def _by_model(request: DraftingRequest, model: BaseChatModel) -> DraftResult:
    proposal = propose(request, model)
    result = compute(proposal, request, model_label=MODEL_LABEL % {"model": _name(model)})
    if proposal.items and not proposal.repeat and not result.items:
        raise _NoAnswer("unfounded")
    return result


def propose(request: DraftingRequest, model: BaseChatModel) -> Proposal:
    """What a model proposes for a request. Raises whatever the model raises, and _NoAnswer for half an answer.

    The answer is read again here, strictly: the library's own parser completes JSON that was cut off.
    """
    chain = PROMPT | model.with_structured_output(Proposal, method="json_schema", include_raw=True)
    answer: Any = chain.invoke(variables(request))
    raw: AIMessage = answer["raw"]
    finish = str(raw.response_metadata.get("finish_reason", _FINISHED)).upper()
    if finish != _FINISHED or not raw.text:
        raise _NoAnswer("stopped")
    try:
        return Proposal.model_validate_json(raw.text)
    except ValidationError as error:
        raise _NoAnswer("unreadable") from error


def _name(model: BaseChatModel) -> str:
    return str((model.metadata or {}).get("label", model._llm_type))
