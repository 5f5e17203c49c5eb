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
    "details.approvals": "*People*",
    "details.ways": "*What can be done*",
    "details.where": "{target:name}, {system:system} on {connection:text:60}",
    "details.rolls_back": "Rolls back {operation:code}",
    "details.continues": "Continues {operation:code}[[ ({way:text:60})]]",
    "details.requested": "• {by:person} asked {at:moment}",
    "details.approved": "• {who} approved {at:moment}",
    "details.ids": "*Ids*",
    "details.operation": "• {operation:code}",
    "details.policy": "• policy {policy:code}, version {version:code}",
    "details.digest": "• plan {round}, digest {digest:code}",
    "details.task": "• {step}: remote task {task:code}",
    "details.request": "• {step}: request ID {request:code}",
}
