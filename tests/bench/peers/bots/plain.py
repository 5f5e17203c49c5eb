"""A plain Bolt app that deploys: `plain.py PORT`; async, over HTTP, everything in memory.

`/deploy NAME` posts a card with Approve, `/deploy NAME now` begins at once, `/deploy` alone opens a
form. An approval starts a job at the cloud and is then followed: each change is a reply, the last
one `NAME succeeded`. Its client is given the SDK's handler for 429.
"""

import asyncio
import os

import uvicorn
from aiohttp import ClientSession
from fastapi import FastAPI, Request
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

LOOK_SECONDS = 0.5


class Deployments:
    """The app's listeners, and what it knows of its deployments."""

    def __init__(self) -> None:
        self.jobs = {}
        self.tasks = set()
        self.client = AsyncWebClient(
            os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]
        )
        self.client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1_000))

    async def command(self, ack, command) -> None:
        """Post a card, begin, or open a form."""
        await ack()
        name, _, now = command["text"].partition(" ")
        if not name:
            await self.client.views_open(trigger_id=command["trigger_id"], view=_form())
            return
        card = await self.client.chat_postMessage(
            channel=command["channel_id"], text=f"{name} requested", blocks=_card(name)
        )
        if now:
            await self.begin(name, card["channel"], card["ts"])

    async def approve(self, ack, body) -> None:
        """Begin what was approved, unless it has begun."""
        await ack()
        name = body["actions"][0]["value"]
        if name not in self.jobs:
            await self.begin(name, body["channel"]["id"], body["message"]["ts"])

    async def begin(self, name, channel, ts) -> None:
        """Start the cloud's job and follow it."""
        address = f"{os.environ['BENCH_CLOUD']}/jobs/{name}"
        async with ClientSession() as session, session.post(address) as answer:
            self.jobs[name] = await answer.json()
        task = asyncio.create_task(self.follow(name, channel, ts))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def follow(self, name, channel, ts) -> None:
        """Tell each change in the card's thread."""
        seen = ""
        async with ClientSession() as session:
            while seen != "succeeded":
                async with session.get(f"{os.environ['BENCH_CLOUD']}/jobs/{name}") as answer:
                    state = (await answer.json())["state"]
                if state != seen:
                    words = f"{name} {state}"
                    await self.client.chat_postMessage(channel=channel, thread_ts=ts, text=words)
                    seen = state
                await asyncio.sleep(LOOK_SECONDS)


def _card(name):
    text = {"type": "mrkdwn", "text": f"Deploy *{name}*"}
    label = {"type": "plain_text", "text": "Approve"}
    button = {"type": "button", "action_id": "approve", "value": name, "text": label}
    return [{"type": "section", "text": text}, {"type": "actions", "elements": [button]}]


def _form():
    text = {"type": "mrkdwn", "text": "What to deploy?"}
    title = {"type": "plain_text", "text": "Deploy"}
    return {"type": "modal", "title": title, "blocks": [{"type": "section", "text": text}]}


def main() -> None:
    """Serve until the end."""
    deployments = Deployments()
    app = AsyncApp(
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        client=deployments.client,
    )
    app.command("/deploy")(deployments.command)
    app.action("approve")(deployments.approve)
    handler = AsyncSlackRequestHandler(app)
    api = FastAPI()

    @api.post("/slack/events")
    async def events(request: Request) -> object:
        return await handler.handle(request)

    port = int(os.environ["PORT"])
    uvicorn.run(api, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
