"""The workloads of the performance goals; must match `Workload.swift`."""

from collections import namedtuple

Workload = namedtuple("Workload", "timesteps features units activation batch windows epochs")

WORKLOADS = {
    "article": Workload(3, 2, (128, 64), "relu", 5, 5, 300),
    "sensor": Workload(30, 8, (64, 32), "tanh", 32, 2048, 2),
    "smd": Workload(100, 38, (128, 64), "tanh", 64, 1024, 1),
    "large": Workload(100, 38, (256, 128), "tanh", 128, 512, 1),
}


def layers(workload):
    """Returns (inputs, units, returns sequences) of each LSTM, encoder first."""
    widths = workload.units + workload.units[::-1]
    inputs, result = workload.features, []
    for index, width in enumerate(widths):
        result.append((inputs, width, index != len(workload.units) - 1))
        inputs = width
    return result


def data(workload, windows=None):
    import numpy

    shape = (windows or workload.windows, workload.timesteps, workload.features)
    return numpy.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


def median_time(call):
    """Returns the median duration, in seconds, of about half a second of calls after a warm-up."""
    import statistics
    import time

    for _ in range(3):
        call()
    times = []
    while len(times) < 5 or sum(times) < 0.5:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
