"""CSV files with times."""

import datetime
import itertools

import numpy as np
import pandas as pd

from .facts import IGNORED, TIMESTAMP, Refused
from .frames import NAMES, START, as_written, minutes, plant, table


def times():
    clean = plant(gaps=0)
    rows = len(clean)

    def at(index, name="time", data=clean):
        return data.set_axis(pd.Index(index, name=name))

    for zone in ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]:
        yield table(f"zone-{zone}", at(minutes(tz=zone)))
    for freq in ["ms", "250ms", "s", "15min", "h", "D", "7D", "us", "100ns"]:
        yield table(f"every-{freq}", at(minutes(freq=freq)))
    for name in [
            "Time", "TIMESTAMP", "date", "DateTime", "datetime_utc", "Date/Time", "@timestamp", "_time", "ts",
            "Datum", "Zeitstempel", "Datum/Uhrzeit", "timestamp_utc", "fecha", "Local Time", "event_time",
            "UTC", "Timestamp (UTC)"
    ]:
        yield table(f"named-{name}", at(minutes(freq="s"), name))
    for name in ["measured_at", "when", "created", "x", "Messung"]:
        yield table(f"named-{name}", at(minutes(), name), Refused(f"line 2.*'{name}'", f"timestamp={name}"))
        yield table(f"named-{name}-said", at(minutes(), name), query={"timestamp": name})
    for position in (1, 3):
        data = clean.copy()
        data.insert(position, "time", minutes())
        yield table(f"time-at-{position}",
            data,
            as_written(clean),
            index=False,
            others={"time": TIMESTAMP},
            order=list(data.columns),
            times=minutes())
    yield table("reset-index",
        at(minutes(), None).reset_index(),
        as_written(clean),
        index=False,
        others={"index": TIMESTAMP},
        times=minutes())
    yield table("reset-index-and-index",
        at(minutes()).reset_index(),
        as_written(clean),
        others={"Unnamed: 0": IGNORED, "time": TIMESTAMP},
        times=minutes(),
        codes={"ignored_column"})

    formats = {
        "german": "%d.%m.%Y %H:%M:%S",
        "german-short": "%d.%m.%y %H:%M",
        "american": "%m/%d/%Y %H:%M:%S",
        "american-12": "%m/%d/%Y %I:%M:%S %p",
        "british": "%d/%m/%Y %H:%M",
        "iso-t": "%Y-%m-%dT%H:%M:%S",
        "iso-z": "%Y-%m-%dT%H:%M:%SZ",
        "compact": "%Y%m%d%H%M%S",
        "compact-t": "%Y%m%dT%H%M%S",
        "month-name": "%d-%b-%Y %H:%M:%S",
        "month-first": "%b %d, %Y %H:%M",
        "slashes": "%Y/%m/%d %H:%M",
        "fractions": "%Y-%m-%d %H:%M:%S.%f",
        "c": "%c",
        "log": "%d/%b/%Y:%H:%M:%S",
        "long": "%B %d, %Y %H:%M:%S",
    }
    for name, form in formats.items():
        index = minutes(tz="UTC") if name == "iso-z" else minutes()
        truth = {"truth": Refused("line 2.*'time'", "ISO 8601")} if name in ("c", ) else {}
        yield table(f"format-{name}", at(index), date_format=form, **truth)
    yield table("format-with-offset", at(minutes(tz="Europe/Berlin")), date_format="%Y-%m-%d %H:%M:%S%z")
    yield table("format-dates", at(minutes(freq="D")), date_format="%Y-%m-%d")
    yield table("format-compact-dates", at(minutes(freq="D")), date_format="%Y%m%d")
    yield table("format-german-dates", at(minutes(freq="D")), date_format="%d.%m.%Y")
    yield table("format-time-of-day",
        at(minutes()),
        date_format="%H:%M:%S",
        times=pd.to_timedelta(minutes() - pd.Timestamp("2026-01-20")))
    yield table("format-time-over-midnight",
        at(minutes(start="2026-01-20 23:30")),
        Refused("line 32.*'time'", "add the dates"),
        date_format="%H:%M:%S")
    yield table("format-lost-seconds",
        at(minutes(freq="s")),
        date_format="%Y-%m-%d %H:%M",
        times=minutes(freq="s").floor("min"))
    yield table("format-day-or-month",
        at(minutes(start="2026-02-03")),
        Refused("line 2.*'time'", "ISO 8601"),
        date_format="%d/%m/%Y %H:%M")
    yield table("format-ordinal",
        at(minutes(freq="D")),
        Refused("line 2.*'time'", "ISO 8601"),
        date_format="%Y-%j")
    yield table("format-week",
        at(minutes(freq="7D")),
        Refused("line 2.*'time'", "ISO 8601"),
        date_format="%G-W%V-%u")
    yield table("format-month",
        at(minutes(freq="MS")),
        Refused("line 2.*'time'", "ISO 8601"),
        date_format="%Y-%m")
    yield table("format-excel", at(46_042 + np.arange(rows) / 24, "date"),
        Refused("line 2.*'date'", "ISO 8601"))

    utc = minutes(tz="UTC")
    for unit, name in itertools.product(["s", "ms", "us", "ns"], ["timestamp", "epoch", "unix_time"]):
        yield table(f"epoch-{unit}-{name}",
            at(utc.as_unit(unit).asi8, name),
            others={name: TIMESTAMP},
            times=utc)
    yield table("epoch-floats", at(utc.as_unit("ns").asi8 / 1e9), others={"time": TIMESTAMP}, times=utc)
    fractions = minutes(freq="100ms", tz="UTC")
    yield table("epoch-fractions",
        at(fractions.as_unit("ns").asi8 / 1e9),
        others={"time": TIMESTAMP},
        times=fractions)
    yield table("epoch-in-time_ms",
        at(utc.as_unit("ms").asi8, "time_ms"),
        others={"time_ms": TIMESTAMP},
        times=utc)
    yield table("epoch-with-an-unknown-name",
        at(utc.as_unit("s").asi8, "moment"),
        as_written(clean.set_axis(utc.as_unit("s").asi8).reset_index(names="moment")),
        others={})
    yield table("seconds-from-0",
        at(np.arange(rows) * 0.25, "Time (s)"),
        others={"Time (s)": TIMESTAMP},
        times=pd.to_timedelta(np.arange(rows) * 0.25, unit="s"))
    yield table("milliseconds-from-0",
        at(np.arange(rows) * 20, "time_ms"),
        others={"time_ms": TIMESTAMP},
        times=pd.to_timedelta(np.arange(rows) * 20, unit="ms"))
    yield table("whole-seconds-from-0",
        at(np.arange(rows), "elapsed"),
        others={"elapsed": TIMESTAMP},
        times=pd.to_timedelta(np.arange(rows), unit="s"))

    for freq in ["D", "h", "min", "s"]:
        yield table(f"period-{freq}", at(pd.period_range("2026-01-20", periods=rows, freq=freq)))
    # Numbers of years are a clock that starts anywhere.
    yield table("period-Y",
        at(pd.period_range("2026-01-01", periods=rows, freq="Y")),
        times=pd.to_timedelta(2026 + np.arange(rows), unit="s"))
    yield table("period-Y-named-date", at(pd.period_range("2026-01-01", periods=rows, freq="Y"), "date"),
        Refused("line 2.*'date'", "ISO 8601"))
    for freq in ["M", "Q", "W"]:
        yield table(f"period-{freq}", at(pd.period_range("2026-01-01", periods=rows, freq=freq)),
            Refused("line 2.*'time'", "ISO 8601"))
    yield table("timedelta", at(pd.timedelta_range("0 s", periods=rows, freq="90s")))
    yield table("timedelta-fractions", at(pd.timedelta_range("0 s", periods=rows, freq="250ms")))
    yield table("python-dates",
        at([datetime.date(2026, 1, 20) + datetime.timedelta(k) for k in range(rows)], "date"),
        others={"date": TIMESTAMP},
        times=minutes(start="2026-01-20", freq="D"))
    yield table("python-times",
        at([datetime.time(6, k) for k in range(rows)]),
        others={"time": TIMESTAMP},
        times=pd.to_timedelta(np.arange(rows), unit="min"))
    isoformats = [time.isoformat() for time in minutes(freq="500ms").to_pydatetime()]
    yield table("isoformat", at(isoformats), others={"time": TIMESTAMP}, times=minutes(freq="500ms"))
    yield table("date-and-time",
        clean.assign(date=minutes().strftime("%Y-%m-%d"),
        time=minutes().strftime("%H:%M:%S"))[["date", "time", *NAMES]],
        as_written(clean),
        index=False,
        others={"date": TIMESTAMP, "time": TIMESTAMP},
        times=minutes())
    yield table("two-equal-times",
        clean.assign(time=minutes(), timestamp=minutes())[["time", "timestamp", *NAMES]],
        as_written(clean),
        index=False,
        others={"time": TIMESTAMP, "timestamp": IGNORED},
        times=minutes(),
        codes={"ignored_column"})
    yield table("two-other-times",
        clean.assign(time=minutes(), timestamp=minutes(freq="s")),
        index=False,
        truth=Refused("line 1.*'timestamp'", "timestamp=time.*ignore=timestamp"))
    yield table("arrival-time",
        clean.assign(time=minutes(), received=minutes()),
        index=False,
        truth=Refused("line 2.*'received'", "ignore=received"))

    index = minutes().to_series().sample(frac=1, random_state=5).index
    yield table("shuffled", at(minutes()).loc[index])
    yield table("newest-first", at(minutes())[::-1])
    yield table("one-swap", at(minutes().to_numpy()[[*range(30), 31, 30, *range(32, rows)]]))
    yield table("same-times", at(minutes().to_series().repeat(2)[:rows].index))
    yield table("one-time-twice", at([*minutes()[:30], *minutes()[29:59]]))
    yield table("repeated-rows", at(minutes()).iloc[np.repeat(np.arange(30), 2)])
    lost = np.delete(np.repeat(np.arange(60), 2), slice(50, 70))
    yield table("repeated-rows-with-a-gap", at(minutes()).iloc[lost])
    faulty = plant(400).assign(pressure=lambda data: data["pressure"].where(data.index % 80 != 33, -9999))
    yield table("shuffled-with-sentinels", at(minutes(400), data=faulty).sample(frac=1, random_state=3))
    yield table("newest-first-with-sentinels", at(minutes(400), data=faulty)[::-1])
    yield table("all-at-one-time", at(pd.DatetimeIndex([START] * rows)))
    yield table("concatenated-days", pd.concat([at(minutes()), at(minutes(start="2026-01-22"))]))
    yield table("overlapping", pd.concat([at(minutes()), at(minutes(start="2026-01-20 06:30"))]))
    yield table("seven-rows-missing", at(minutes()).drop(minutes()[20:27]))
    yield table("many-gaps",
        at(minutes(120), data=plant(120)).drop(minutes(120)[[*range(9, 12), *range(40, 50), 90]]))
    yield table("one-row-missing", at(minutes()).drop(minutes()[[20]]))
    yield table("dropped-missing", at(minutes(300), data=plant(300, gaps=40)).dropna())
    moments = pd.DatetimeIndex(
        pd.Timestamp(START) +
        pd.to_timedelta(np.cumsum(np.random.default_rng(1).exponential(60, rows).round(3)), unit="s"))
    yield table("events", at(moments))
    jitter = minutes() + pd.to_timedelta(np.random.default_rng(2).integers(-3000, 3000, rows), unit="ms")
    yield table("jitter", at(jitter))
    yield table("business-days", at(pd.bdate_range("2026-01-19", periods=rows)))
    yield table("month-starts", at(pd.date_range("2020-01-01", periods=rows, freq="MS")))
    holes = minutes().to_series().mask(np.arange(rows) == 12)
    yield table("nat", at(holes), Refused("line 14.*'time'", "add it, or remove the row"))
    yield table("nat-in-a-column",
        clean.assign(time=holes.to_numpy()),
        Refused("line 14.*'time'", "remove the row"),
        index=False)
    yield table("before-1678", at(pd.date_range("1650-01-01", periods=rows, freq="D", unit="s")),
        Refused("line 2.*'time'", "1678"))
    autumn = pd.date_range("2026-10-25 00:00", periods=24 * 6, freq="10min", tz="Europe/Berlin")
    yield table("clock-set-back",
        at(autumn.tz_localize(None), data=plant(144)),
        times=autumn,
        time={"clock": "local", "order": "clock_set_back"})
    yield table("clock-set-back-with-offset", at(autumn, data=plant(144)))
    spring = pd.date_range("2026-03-29 00:00", periods=24 * 6, freq="10min", tz="Europe/Berlin")
    yield table("clock-set-forward", at(spring.tz_localize(None), data=plant(144)))
    mixed = [
        *minutes(30).strftime("%Y-%m-%d %H:%M"),
        *minutes(30, start="2026-01-20 06:30").strftime("%d.%m.%Y %H:%M")
    ]
    yield table("mixed-formats", at(mixed), Refused("line 32.*'time'", "one form"))
    zones = [
        *minutes(30).strftime("%Y-%m-%dT%H:%M"),
        *minutes(30, start="2026-01-20 06:30").strftime("%Y-%m-%dT%H:%MZ")
    ]
    yield table("mixed-zones", at(zones), Refused("line 32.*'time'", "one form"))
