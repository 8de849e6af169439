"""The rules as a chat model of LangChain: the same chain drafts with Gemini or without any model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import BaseModel

from ai_agent.drafting.prompt import read_data
from ai_agent.drafting.rules import reader
from ai_agent.drafting.rules.edits import KnownLine
from ai_agent.drafting.types import Proposal


class RuleBasedChatModel(BaseChatModel):
    """Answers the drafting prompt with a `Proposal` in JSON, read by rules. It answers nothing else."""

    @property
    def _llm_type(self) -> str:
        return "drafting-rules"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        human = next((message for message in reversed(messages) if isinstance(message, HumanMessage)), None)
        proposal = propose(read_data(human.text if human is not None else ""))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=proposal.model_dump_json()))])

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """The model with its answer parsed. Only `Proposal` is spoken here."""
        if schema is not Proposal:
            raise ValueError("The drafting rules answer with a Proposal only.")
        return self | RunnableLambda(_with_raw if include_raw else _parsed)


def _parsed(message: AIMessage) -> Proposal:
    return Proposal.model_validate_json(message.text)


def _with_raw(message: AIMessage) -> dict[str, Any]:
    return {"raw": message, "parsed": _parsed(message), "parsing_error": None}


def propose(data: Mapping[str, Any]) -> Proposal:
    """The rules' proposal for a block of request data."""
    customer = data.get("customer", {})
    return reader.read(
        str(data.get("request", "")),
        customer_name=str(customer.get("name", "")),
        customer_id=str(customer.get("customer_id", "")),
        history=[_known(invoice) for invoice in data.get("history", [])],
    )


def _known(invoice: Mapping[str, Any]) -> reader.KnownInvoice:
    lines = (
        KnownLine(str(line["description"]), str(line["unit"]), Decimal(line["quantity"]), Decimal(line["rate"]))
        for line in invoice["lines"]
    )
    return reader.KnownInvoice(str(invoice["number"]), date.fromisoformat(invoice["issued_on"]).month, tuple(lines))
