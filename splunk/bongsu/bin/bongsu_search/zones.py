"""Time zones by IANA name (`Asia/Seoul`) or by offset (`+09:00`, `UTC+9`, `Z`)."""

import os
import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import SearchError

_OFFSET = re.compile(r"(?i)^(?:utc|gmt)?([+-])([0-9]{1,2}):?([0-9]{2})?$")
LOCAL_FILE = "/etc/localtime"


def zone(name: str) -> tzinfo:
    """Returns the zone of a name or an offset. Raises SearchError for an unknown one."""
    text = name.strip()
    if text.lower() in ("z", "utc", "gmt"):
        return timezone.utc
    match = _OFFSET.match(text)
    if match:
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SearchError(
            f'time zone "{name}" is not known: write a name like Asia/Seoul or an offset like +09:00'
        ) from None


def local() -> tzinfo:
    """Returns the zone of this machine, by its name where it can be told; UTC where it has none."""
    link = os.path.realpath(LOCAL_FILE)
    for name in (os.environ.get("TZ", "").lstrip(":"), link.partition("zoneinfo/")[2]):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    try:
        with open(LOCAL_FILE, "rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return timezone.utc


def offset_text(epoch: float, of: tzinfo) -> str:
    """Returns what OpenSearch takes as `time_zone`: the name of the zone, or its offset at an instant as `+09:00`."""
    key = getattr(of, "key", None)
    if key:
        return key
    seconds = int(datetime.fromtimestamp(epoch, of).utcoffset().total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
