"""Put on PYTHONPATH, this makes a process's clock wrong by CLOCK_WRONG_BY seconds."""

import datetime
import os
import time

WRONG_BY = float(os.environ.get("CLOCK_WRONG_BY", "0"))
_time, _time_ns, _gmtime, _localtime = time.time, time.time_ns, time.gmtime, time.localtime
_real = datetime.datetime


class _Kind(type):
    """What was made by the real class, as in C code, is of the other one too."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real)


class _Datetime(_real, metaclass=_Kind):
    __slots__ = ()  # as large as the real one, which C code looks at

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> "_Datetime":
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def today(cls) -> "_Datetime":
        return cls.fromtimestamp(time.time())


if WRONG_BY:
    time.time = lambda: _time() + WRONG_BY
    time.time_ns = lambda: _time_ns() + int(WRONG_BY * 1e9)
    time.gmtime = lambda seconds=None: _gmtime(time.time() if seconds is None else seconds)
    time.localtime = lambda seconds=None: _localtime(time.time() if seconds is None else seconds)
    datetime.datetime = _Datetime  # type: ignore[misc]
