"""The components that every page is made of. `/styleguide/` shows each in every state."""

from __future__ import annotations

from django import template

from billing_assistant.core.ui.components import blocks, buttons, forms, lists, pictures, values

register = template.Library()
for part in (pictures, values, buttons, lists, forms, blocks):
    register.tags |= part.register.tags
    register.filters |= part.register.filters
