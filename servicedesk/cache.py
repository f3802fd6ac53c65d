"""The cache: Redis, and while Redis is away, nothing. No page fails for want of a cache."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def _or(answer: Callable[..., Any], method: Callable[..., Any]) -> Callable[..., Any]:
    """The method; when Redis does not answer, what an empty cache that keeps nothing would say."""

    @wraps(method)
    def forgiving(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except RedisError as error:
            log.warning("The cache does not answer: %s", error)
            return answer(*args, **kwargs)

    return forgiving


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None


def _no(*args: Any, **kwargs: Any) -> bool:
    return False


def _yes(*args: Any, **kwargs: Any) -> bool:
    return True


def _default(cache: Any, key: str, default: Any = None, version: int | None = None) -> Any:
    return default


def _no_such_key(cache: Any, key: str, *args: Any, **kwargs: Any) -> int:
    raise ValueError(f"Key {key!r} not found.")


class Cache(RedisCache):
    """Redis as Django's cache; Django's own lets every page fail that reads a session when Redis is away."""

    get = _or(_default, RedisCache.get)
    get_many = _or(lambda *args, **kwargs: {}, RedisCache.get_many)
    has_key = _or(_no, RedisCache.has_key)
    set = _or(_nothing, RedisCache.set)
    set_many = _or(lambda *args, **kwargs: [], RedisCache.set_many)
    add = _or(_yes, RedisCache.add)
    touch = _or(_no, RedisCache.touch)
    incr = _or(_no_such_key, RedisCache.incr)
    delete = _or(_no, RedisCache.delete)
    delete_many = _or(_nothing, RedisCache.delete_many)
