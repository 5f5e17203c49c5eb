"""Blocks in few words."""

from collections.abc import Sequence
from typing import Any, Final


def plain(text: str) -> dict[str, Any]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    """Return a text object with markup."""
    return {"type": "mrkdwn", "text": text}


def button(**changes: Any) -> dict[str, Any]:
    """Return a button with some of its fields changed."""
    return {"type": "button", "text": plain("Go"), "action_id": "go", **changes}


def task(task_id: str, **changes: Any) -> dict[str, Any]:
    """Return one task of a plan."""
    return {"task_id": task_id, "title": "Roll out", "status": "pending", **changes}


def plan(*tasks: dict[str, Any]) -> dict[str, Any]:
    """Return a plan."""
    return {"type": "plan", "title": "Steps", "tasks": list(tasks)}


def field(**changes: Any) -> dict[str, Any]:
    """Return an input with one line of text."""
    element = {"type": "plain_text_input", "action_id": "text"}
    return {"type": "input", "label": plain("Reason"), "element": element, **changes}


def section(text: str = "x") -> dict[str, Any]:
    """Return a section."""
    return {"type": "section", "text": mrkdwn(text)}


TABLE: Final[dict[str, Any]] = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}


def chart(
    kind: str = "bar",
    *,
    series: int = 1,
    points: Sequence[str] = ("Mon",),
    labels: Sequence[str] = ("Mon",),
) -> dict[str, Any]:
    """Return a chart of bars or lines, with a number of series."""
    data = [{"label": each, "value": 1.5} for each in points]
    drawn = [{"name": f"s{number}", "data": data} for number in range(series)]
    plot = {"type": kind, "series": drawn, "axis_config": {"categories": list(labels)}}
    return {"type": "data_visualization", "title": "Deployments", "chart": plot}


def pie(value: Any) -> dict[str, Any]:
    """Return a pie with one slice of this size."""
    return {"type": "pie", "segments": [{"label": "well", "value": value}]}


PIE: Final[dict[str, Any]] = {
    "type": "data_visualization",
    "title": "Outcome",
    "chart": pie(3),
}
