"""The naive way to watch: an RQ job per operation that reads, sleeps, and reads again.

python -m tests.bench.naive QUEUE REDIS_URL     one worker, which takes one job
"""

import os
import sys
import time
from typing import Final

import httpx
from redis import Redis
from rq import Queue, SimpleWorker

INTERVAL: Final = float(os.environ.get("NAIVE_INTERVAL", "10"))


def watch(address: str) -> None:
    """Read the job until it has succeeded."""
    while "SUCCEEDED" not in httpx.get(address, trust_env=False).text:
        time.sleep(INTERVAL)  # noqa: TID251 - this is the way it is not to be done


def main() -> None:
    """Work on one queue."""
    redis = Redis.from_url(sys.argv[2])
    SimpleWorker([Queue(sys.argv[1], connection=redis)], connection=redis).work(burst=True)


if __name__ == "__main__":
    main()
