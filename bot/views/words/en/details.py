"""English: the view that has all of an operation."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

DETAILS: Final[Mapping[str, Template]] = {
    "button.details": "Details",
    "button.in_the_way": "See {operation:text}",
    "details.title": "Details",
    "details.close": "Close",
    "details.changes": "*What changes*",
    "details.asked": "*What was asked for*",
    "details.sent": "*What is sent*",
    "details.steps": "*Steps*",
    "details.approvals": "*Approvals*",
    "details.ids": "*Ids*",
    "details.operation": "• {operation:code}, requested {at:moment}",
    "details.policy": "• policy {policy:code}, version {version:code}",
    "details.digest": "• plan {round}, digest {digest:code}",
    "details.task": "• {step}: remote task {task:code}",
    "details.request": "• {step}: request ID {request:code}",
}
