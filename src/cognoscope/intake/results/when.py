"""When a result was made, as its header says."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Paris")


def made_at(dataset: Any, local: tzinfo = LOCAL) -> datetime | None:
    """Content Date and Time, else those of the series or the study (PS3.5 section 6.2: DA, TM); None where none can be
    read. Without a stated offset the hospital's own time zone counts."""
    for name in ("Content", "Series", "Study"):
        moment = _moment(dataset.get(f"{name}Date"), dataset.get(f"{name}Time"))
        if moment is not None:
            return moment.replace(tzinfo=_offset(dataset.get("TimezoneOffsetFromUTC")) or local).astimezone(UTC)
    return None


def _moment(day: Any, time: Any) -> datetime | None:
    digits = "".join(each for each in str(day or "") if each.isdigit())
    clock = str(time or "").split(".")[0].replace(":", "").strip().ljust(6, "0")[:6]
    try:
        return datetime.strptime(digits + clock, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the zone is put on by the caller
    except ValueError:
        return None


def _offset(stated: Any) -> timezone | None:
    text = str(stated or "").strip()
    if len(text) != 5 or text[0] not in "+-" or not text[1:].isdigit() or int(text[1:3]) > 14 or int(text[3:]) > 59:
        return None
    minutes = int(text[1:3]) * 60 + int(text[3:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
