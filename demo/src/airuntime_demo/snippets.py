"""Documentation that the stand-in for Context7 knows: own words and own examples on four libraries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Snippet:
    """One piece of documentation with one example."""

    title: str
    text: str
    code: str
    anchor: str


@dataclass(frozen=True)
class Library:
    """One documented library; ``names`` are what people call it, ``site`` is where its documentation lives."""

    id: str
    title: str
    description: str
    names: tuple[str, ...]
    version: str
    site: str
    snippets: tuple[Snippet, ...]


_CACHETOOLS: Final = Library(
    id="/tkem/cachetools",
    title="cachetools",
    description="Memoizing collections and decorators for Python, with several ways to forget.",
    names=("cachetools",),
    version="8.0.1",
    site="https://cachetools.readthedocs.io/en/stable/",
    snippets=(
        Snippet(
            "Choose the time to live of a TTLCache",
            "TTLCache gives each entry one time to live, in units of its timer, counted from when the entry was set; "
            "reading an entry does not renew it. An entry past its time counts as missing. When entries expire sooner "
            "than they are asked for again, each request computes its value anew: choose a ttl that is longer than the "
            "usual time between two requests for one key.",
            "from cachetools import TTLCache\n\n"
            "# Questions come back within minutes, and answers stay right for longer than that.\n"
            "answers = TTLCache(maxsize=1_000, ttl=300)\n"
            'answers["opening hours"] = "9 to 17"',
            "#cachetools.TTLCache",
        ),
        Snippet(
            "Drop entries that are too old",
            "Expired entries of a TTLCache are removed by the next operation that changes the cache. Call expire() to "
            "remove them at once, for instance before its size is reported.",
            "cache = TTLCache(maxsize=100, ttl=60)\nremoved = cache.expire()\nprint(len(removed), cache.currsize)",
            "#cachetools.TTLCache.expire",
        ),
        Snippet(
            "Give every entry its own time to live",
            "TLRUCache asks a function for the moment at which an entry expires, so that entries which change often "
            "can be kept shorter than others. Beyond maxsize the least recently used entry goes first.",
            "from cachetools import TLRUCache\n\n"
            "def expires(key, value, now):\n    return now + value.max_age\n\n"
            "cache = TLRUCache(maxsize=500, ttu=expires)",
            "#cachetools.TLRUCache",
        ),
    ),
)

_TENACITY: Final = Library(
    id="/jd/tenacity",
    title="Tenacity",
    description="Retrying for Python: when to stop, how long to wait, what to retry on.",
    names=("tenacity",),
    version="9.2.1",
    site="https://tenacity.readthedocs.io/en/latest/",
    snippets=(
        Snippet(
            "Wait exponentially, with jitter, between retries",
            "Retries that follow at once meet the same overload that failed the first attempt, and add to it. "
            "wait_random_exponential draws each wait from a range whose upper end doubles with each attempt, so that "
            "clients which failed together do not come back together.",
            "from tenacity import retry, stop_after_attempt, wait_random_exponential\n\n"
            "@retry(wait=wait_random_exponential(multiplier=0.5, max=10), stop=stop_after_attempt(3))\n"
            "async def ask(question):\n    return await model(question)",
            "#waiting-before-retrying",
        ),
        Snippet(
            "Stop after a number of attempts",
            "Without a stop condition a call is retried for ever. stop_after_attempt counts the first attempt too; "
            "conditions are joined by |. A few attempts with growing waits succeed more often than many at once.",
            "from tenacity import retry, stop_after_attempt, stop_after_delay\n\n"
            "@retry(stop=stop_after_attempt(3) | stop_after_delay(20))\n"
            "def fetch():\n    ...",
            "#stopping",
        ),
        Snippet(
            "Retry only on errors that may pass",
            "retry_if_exception_type limits retries to the errors named. A rate limit or a server error may pass; a "
            "request that is wrong stays wrong and should be raised at the first attempt.",
            "from tenacity import retry, retry_if_exception_type\n\n"
            "@retry(retry=retry_if_exception_type((TimeoutError, ConnectionError)))\n"
            "def fetch():\n    ...",
            "#whether-to-retry",
        ),
    ),
)

_OPENAI: Final = Library(
    id="/openai/openai-python",
    title="OpenAI Python",
    description="The Python client of OpenAI's API, synchronous and asynchronous.",
    names=("openai", "openai-python"),
    version="3.54.0",
    site="https://github.com/openai/openai-python",
    snippets=(
        Snippet(
            "Choose a smaller model for simple requests",
            "Models differ in price and latency by an order of magnitude. Send requests that a small model answers "
            "well to it, and keep the large one for those that need it; the model is named in each request, so one "
            "client serves both.",
            "async def answer(client, question, hard):\n"
            '    model = "gpt-4o" if hard else "gpt-4o-mini"\n'
            "    return await client.chat.completions.create(\n"
            '        model=model, messages=[{"role": "user", "content": question}]\n    )',
            "#models",
        ),
        Snippet(
            "Handle rate limits",
            "A request beyond the rate limit raises RateLimitError (status 429). Its response may carry Retry-After, "
            "the number of seconds to wait. The client retries by itself, with exponential backoff, as often as "
            "max_retries says; set it to 0 where another layer retries, or the two multiply.",
            "from openai import AsyncOpenAI, RateLimitError\n\nclient = AsyncOpenAI(max_retries=0)",
            "#retries",
        ),
        Snippet(
            "Read the tokens that a request used",
            "usage on a chat completion counts prompt and completion tokens; cost is the two counts times the prices "
            "of the model.",
            "completion = await client.chat.completions.create(model=model, messages=messages)\n"
            "print(completion.usage.prompt_tokens, completion.usage.completion_tokens)",
            "#usage",
        ),
    ),
)

_ASYNCIO: Final = Library(
    id="/python/cpython",
    title="Python asyncio",
    description="Concurrent code with async and await, from Python's standard library.",
    names=("asyncio", "python", "cpython"),
    version="3.11",
    site="https://docs.python.org/3/library/asyncio-task.html",
    snippets=(
        Snippet(
            "Run awaitables concurrently and collect their results",
            "asyncio.gather runs its awaitables concurrently and gives their results in the order in which they were "
            "passed. Look-ups that do not need each other's result take as long as the slowest of them, not as long "
            "as their sum.",
            "profile, orders, articles = await asyncio.gather(\n"
            "    load_profile(customer), load_orders(customer), find_articles(question)\n)",
            "#asyncio.gather",
        ),
        Snippet(
            "Limit how many run at once",
            "A Semaphore bounds how many tasks are inside its block. With one slot tasks run in turn and each waits "
            "for all before it; use as many slots as the resource behind it can serve.",
            "slots = asyncio.Semaphore(8)\n\n"
            "async def limited(work):\n    async with slots:\n        return await work()",
            "#asyncio.Semaphore",
        ),
        Snippet(
            "Give an awaitable a time limit",
            "asyncio.timeout cancels what runs in its block when the time is over and raises TimeoutError outside it.",
            "async with asyncio.timeout(2.0):\n    articles = await find_articles(question)",
            "#asyncio.timeout",
        ),
    ),
)

LIBRARIES: Final = (_CACHETOOLS, _TENACITY, _OPENAI, _ASYNCIO)
"""Every library that the stand-in documents."""
