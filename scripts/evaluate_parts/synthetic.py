"""Labelled multivariate series, made from a seed, for choosing settings without looking at the labels of real
data. Each series has 2,400 rows: the first 800 are normal and train, the rest contains four events, each of
another kind."""

import zlib

import numpy as np

from .data import split

ROWS, TRAINING, EVENTS, SERIES_OF_A_KIND = 2400, 800, 4, 2


def places(random):
    """The first row of each event and the row after it: one event in each quarter of the test rows."""
    quarter = (ROWS - TRAINING) // EVENTS
    for number in range(EVENTS):
        length = int(random.integers(15, 80))
        start = TRAINING + number * quarter + int(random.integers(20, quarter - length - 20))
        yield slice(start, start + length)


def in_units(random, columns):
    """Columns in units of very different sizes, most of them far from zero."""
    count = columns.shape[1]
    return (columns + random.uniform(-20, 20, count)) * 10 ** random.uniform(-3, 3, count)


def noise(random, columns, size=1.0):
    return size * random.standard_normal((ROWS, columns))


def autoregressive(random, columns, memory):
    """Random walks that return to 0 within about `memory` rows, with variance 1."""
    keep = 1 - 1 / memory
    steps = noise(random, columns, np.sqrt(1 - keep ** 2))
    walk = np.zeros((ROWS, columns))
    for row in range(1, ROWS):
        walk[row] = keep * walk[row - 1] + steps[row]
    return walk


def switching(random, values, stay):
    """One of the values for each row, which changes after `stay` rows on average."""
    result = np.zeros(ROWS)
    row, value = 0, random.choice(values)
    while row < ROWS:
        length = 1 + int(random.geometric(1 / stay))
        result[row:row + length] = value
        row, value = row + length, random.choice([other for other in values if other != value])
    return result


def following(target, rows):
    """What follows a target with a delay: a first-order lag, whose time constant is given for each row."""
    result = np.zeros(ROWS)
    result[0] = target[0]
    for row in range(1, ROWS):
        result[row] = result[row - 1] + (target[row] - result[row - 1]) / rows[row]
    return result


def sines(random, events):
    """Sums of three periods: one runs twice as fast, a column fades, is late, is off."""
    periods, speed = random.uniform(15, 120, 3), np.ones((ROWS, 3))
    speed[events[0], 0] = 2
    latent = np.sin(2 * np.pi * np.cumsum(speed / periods, axis=0) + random.uniform(0, 6, 3))
    columns = latent @ random.standard_normal((3, 6))
    columns[events[1], 1] *= 0.2
    late = int(periods[2] / 2)
    columns[events[2], 2] = columns[events[2].start - late:events[2].stop - late, 2]
    columns[events[3], 3] += 2 * columns[:, 3].std()
    return in_units(random, columns + noise(random, 6, 0.1))


def walk(random, events):
    """Factors that wander, in three regimes: a column leaves the others, a new regime, more noise, a ramp."""
    regime = switching(random, [0, 1, 2], 60).astype(int)
    columns = autoregressive(random, 2, 40) @ random.standard_normal((2, 8))
    columns += 2 * random.standard_normal((3, 8))[regime]
    columns[events[0], 0] = random.permutation(columns[:, 0])[:events[0].stop - events[0].start]
    columns[events[1]] += 2 * random.standard_normal(8)
    columns[events[2], 2] += noise(random, 1, 2 * columns[:, 2].std())[events[2], 0]
    columns[events[3], 3] += np.linspace(0, 4 * columns[:, 3].std(), events[3].stop - events[3].start)
    return in_units(random, columns + noise(random, 8, 0.2))


def counters(random, events):
    """Counters and gauges of one load: a counter stops, one runs faster, latency leaves the load, the gauges
    drop to 0."""
    load = 1.5 + np.sin(2 * np.pi * np.arange(ROWS) / random.uniform(80, 160)) + np.abs(
        autoregressive(random, 1, 20)[:, 0])
    rates = [random.poisson(1500 * load).astype(float), random.poisson(30 * load).astype(float)]
    rates[0][events[0]] = 0
    rates[1][events[1]] *= 3
    latency = np.exp(0.4 * load + noise(random, 1, 0.1)[:, 0])
    latency[events[2]] *= 2
    gauges = np.column_stack([20 * load + noise(random, 1)[:, 0], 4e9 + 1e8 * load])
    gauges[events[3]] = 0
    start = 10 ** random.uniform(3, 12, 2)
    return np.column_stack([start[0] + np.cumsum(rates[0]), start[1] + np.cumsum(rates[1]), latency, gauges])


def valves(random, events):
    """Valves that are open or shut, and what follows them: no flow, slow flow, a fluttering valve, a frozen
    sensor."""
    open_1, open_2 = switching(random, [0, 1], 40), switching(random, [0, 1], 60)
    open_2[events[2]] = np.arange(events[2].stop - events[2].start) % 2
    delay = np.full(ROWS, 4.0)
    delay[events[1]] = 25
    target_1, target_2 = 32 * open_1, 12 * open_2
    target_1[events[0]] = 0
    open_1[events[0]] = 1
    flow_1, flow_2 = following(target_1, delay), following(target_2, np.full(ROWS, 3.0))
    pressure = 4e5 - 3e3 * flow_1 + 2e3 * flow_2 + noise(random, 1, 500)[:, 0]
    pressure[events[3]] = pressure[events[3].start]
    temperature = 293 + following(0.3 * flow_1, np.full(ROWS, 50.0)) + noise(random, 1, 0.05)[:, 0]
    flows = np.column_stack([flow_1, flow_2]) + noise(random, 2, 0.3)
    return np.column_stack([open_1, open_2, flows, pressure, temperature])


def constants(random, events):
    """Columns that never change beside three that do: a large one, a small one and a flag change, a sensor
    freezes."""
    sensors = np.column_stack([
        np.sin(2 * np.pi * np.arange(ROWS) / random.uniform(20, 60)) + noise(random, 1, 0.1)[:, 0],
        autoregressive(random, 2, 15)])
    large, small, flag, zero = (np.full(ROWS, value) for value in (1500.0, 1e-5, 0.0, 0.0))
    large[events[0]] *= 1.07
    small[events[1]] *= 1.07
    flag[events[2]] = 1
    sensors[events[3], 1] = sensors[events[3].start, 1]
    return np.column_stack([large, in_units(random, sensors), small, flag, zero])


def tails(random, events):
    """Requests with heavy tails, as servers have them: latency doubles, errors multiply, requests drop, and
    the two latencies change places."""
    rate = np.exp(0.6 * np.sin(2 * np.pi * np.arange(ROWS) / random.uniform(60, 140))) * 200
    rate[events[2]] *= 0.2
    errors = 0.004 * rate
    errors[events[1]] *= 10
    latency = np.exp(random.standard_t(3, (ROWS, 2)) * 0.25) * [0.02, 0.11]
    latency[events[0]] *= 2
    latency[events[3]] = latency[events[3]][:, ::-1]
    bytes_sent = rate * random.pareto(2.5, ROWS) * 4e4
    return np.column_stack([random.poisson(rate), random.poisson(errors), latency, bytes_sent])


KINDS = [sines, walk, counters, valves, constants, tails]


def synthetic(seed):
    for kind in KINDS:
        for number in range(SERIES_OF_A_KIND):
            random = np.random.default_rng([seed, number, zlib.crc32(kind.__name__.encode())])
            events = list(places(random))
            labels = np.zeros(ROWS, int)
            for event in events:
                labels[event] = 1
            yield split(f"{kind.__name__}-{number}", kind(random, events), labels, TRAINING)
