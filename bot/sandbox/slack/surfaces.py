"""The modals and Home tabs that people have before them."""

from typing import Final

from bot.sandbox.slack.errors import NothingThereError, RefusedError
from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.ids import fresh, secret, with_ids
from bot.sandbox.slack.records import JsonObject, View, elements_of

STACK_MAX: Final = 3  # one opened, two pushed


class Surfaces:
    """Each person's stack of modals and Home tab; used under the workspace's lock."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """Return the person's open modals, bottom first."""
        return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        """Return what the app last published for the person."""
        return self._homes.get(user)

    def open(self, user: str, body: JsonObject) -> View:
        """Show a modal by itself."""
        view_id = fresh("V")
        return self._show(user, [], _view(view_id, user, body, root_id=view_id))

    def push(self, user: str, body: JsonObject) -> View:
        """Show a modal on top of the open ones.

        Raises:
            RefusedError: none is open, or three are.
        """
        stack = self.stack(user)
        if not stack:
            raise RefusedError(code="invalid_trigger_id", messages=["[ERROR] no modal is open"])
        if len(stack) >= STACK_MAX:
            raise RefusedError(code="push_limit_reached")
        view = _view(fresh("V"), user, body, root_id=stack[0].id, previous_id=stack[-1].id)
        return self._show(user, stack, view)

    def publish(self, user: str, body: JsonObject, hash_: str | None) -> View:
        """Put *body* on the person's Home tab.

        Raises:
            RefusedError: *hash_* is not that of the tab as it stands.
        """
        old = self.home(user)
        _check_hash(old, hash_)
        view_id = old.id if old else fresh("V")
        view = _view(view_id, user, body, root_id=view_id)
        self._homes[user] = view
        self._feed.tell((user,), {"type": "home", "home": view.page()})
        return view

    def update(self, view: View, body: JsonObject, hash_: str | None = None) -> View:
        """Replace what *view* shows.

        Raises:
            RefusedError: *hash_* is not that of the view as it stands, or another surface.
        """
        _check_hash(view, hash_)
        if view.type != body["type"]:
            raise RefusedError(
                code="invalid_arguments", messages=["[ERROR] the type of a view stays"]
            )
        if view.type == "home":
            return self.publish(view.user, body, None)
        new = _view(view.id, view.user, body, root_id=view.root_id, previous_id=view.previous_id)
        new = new.model_copy(update={"values": _kept(view, new)})
        stack = [new if old.id == view.id else old for old in self.stack(view.user)]
        self._set(view.user, stack)
        return new

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """Return an open modal or a Home tab by one of its ids."""
        for view in self._all():
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        return None

    def owned(self, user: str, view_id: str) -> View:
        """Return the view which *user* has before them.

        Raises:
            NothingThereError: they have no such view.
        """
        view = self.find(view_id)
        if view is None or view.user != user:
            raise NothingThereError(kind="view", name=view_id, person=user)
        return view

    def fill(self, view: View, values: JsonObject) -> View:
        """Remember what the person entered."""
        filled = view.model_copy(update={"values": values})
        if view.type == "home":
            self._homes[view.user] = filled
        else:
            kept = [filled if old.id == view.id else old for old in self.stack(view.user)]
            self._stacks[view.user] = kept
        return filled

    def close(self, view: View) -> None:
        """Take *view* away, and what lies on top of it."""
        stack = self.stack(view.user)
        ids = [old.id for old in stack]
        if view.id in ids:
            self._set(view.user, stack[: ids.index(view.id)])

    def clear(self, user: str) -> None:
        """Take all modals away."""
        self._set(user, [])

    def _all(self) -> list[View]:
        return [v for stack in self._stacks.values() for v in stack] + list(self._homes.values())

    def _show(self, user: str, below: list[View], view: View) -> View:
        external_id = view.body.get("external_id")
        if external_id and self.find(external_id=external_id):
            raise RefusedError(code="duplicate_external_id")
        self._set(user, [*below, view])
        return view

    def _set(self, user: str, stack: list[View]) -> None:
        self._stacks[user] = stack
        self._feed.tell((user,), {"type": "views", "views": [view.page() for view in stack]})


def _view(
    view_id: str, user: str, body: JsonObject, *, root_id: str, previous_id: str | None = None
) -> View:
    return View(
        id=view_id,
        user=user,
        body={**body, "blocks": with_ids(body["blocks"])},
        hash=f"{secret()[:10]}.{secret()[:8]}",
        root_id=root_id,
        previous_id=previous_id,
    )


def _kept(before: View, after: View) -> JsonObject:
    """Return what was entered, of the elements that are still there under the same names."""
    there = {
        (block["block_id"], element.get("action_id"))
        for block in after.body["blocks"]
        for element in elements_of(block)
    }
    kept = {
        block: {action: value for action, value in inside.items() if (block, action) in there}
        for block, inside in before.values.items()
    }
    return {block: inside for block, inside in kept.items() if inside}


def _check_hash(view: View | None, hash_: str | None) -> None:
    if hash_ is not None and (view is None or view.hash != hash_):
        raise RefusedError(code="hash_conflict")
