"""What happens in the workspace, told at once to every open page."""

import asyncio
from collections.abc import Container
from typing import Final

from bot.sandbox.slack.records import JsonObject

Queue = asyncio.Queue[JsonObject | None]


class Subscription:
    """One open page: the queue of what its person may see; None ends it."""

    def __init__(self, person: str) -> None:
        self.person: Final = person
        self.queue: Final[Queue] = asyncio.Queue()
        self._loop: Final = asyncio.get_running_loop()

    def put(self, item: JsonObject | None) -> None:
        """Hand *item* to the page's loop, from whatever thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.queue.put_nowait, item)


class Feed:
    """All subscriptions; used under the workspace's lock."""

    def __init__(self) -> None:
        self._open: list[Subscription] = []
        self._ended = False

    def subscribe(self, person: str) -> Subscription:
        """Open a subscription on the running loop."""
        subscription = Subscription(person)
        self._open.append(subscription)
        if self._ended:
            subscription.put(None)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Forget *subscription*."""
        self._open.remove(subscription)

    def tell(self, readers: Container[str], item: JsonObject) -> None:
        """Tell those among *readers* who have a page open."""
        for subscription in self._open:
            if subscription.person in readers:
                subscription.put(item)

    def tell_all(self, item: JsonObject) -> None:
        """Tell every open page."""
        for subscription in self._open:
            subscription.put(item)

    def end(self) -> None:
        """End every subscription, and each later one at once."""
        self._ended = True
        for subscription in self._open:
            subscription.put(None)
