"""How much the door takes, and how long anything may wait there."""

from bot.core.records import Record


class IngressLimits(Record):
    """How much and how long.

    The largest thing that Slack sends is an event or an interaction with somebody's message in it,
    once as text and once as blocks; a message has 40,000 characters at most.
    Source: https://docs.slack.dev/reference/methods/chat.postMessage (truncating content)
    """

    headers: int = 16_384  # bytes of all together
    form: int = 700_000  # bytes of a body that is a form: a message twice, 8 for a character
    json_: int = 500_000  # bytes of a body that is JSON: the same, 6 for a character
    free: int = 32_768  # bytes of each body that are not counted; a command has far fewer
    unread: int = 8_000_000  # bytes beyond that of all bodies together that nobody verified yet
    reading: float = 5.0  # seconds for a whole body
    waiting: float = 2.1  # seconds from arrival until a thread is free; Slack waits 3 in all
    answering: float = 2.4  # seconds from arrival until nothing is waited for any more
    threads: int = 16
    queue: int = 500  # requests that wait for a thread at once; more could not be served in time
    together: int = 64  # changes that are done in one transaction
