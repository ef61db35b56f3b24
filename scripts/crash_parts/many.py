"""Ten thousand models in a folder, most of which do not fit in memory."""

import os
import random

from .support import SMALL, Server, expect, figure, run_all, timed


# Kinds of models: the training, the number of models, and the number of requested models. Data other than
# weights is most of the memory of the first kind, and nearly all of the last.
KINDS = {
    "small": (SMALL, 5000, 2000), "large": ({**SMALL, "units": [64, 32]}, 4000, 2000),
    "long-history": ({**SMALL, "epochs": 20000}, 1000, 500),
}


def many(folder, rounds):
    expected = fill(folder)
    names = [f"{kind}.{number}" for kind, (_, count, _) in KINDS.items() for number in range(count)]
    for name in names:
        os.makedirs(f"{folder}/{name}/1")
        os.link(f"{folder}/{name.split('.')[0]}/1/model.safetensors", f"{folder}/{name}/1/model.safetensors")
    server = Server(folder, "--max-loaded", "8")
    expect("many", "10,000 models: ready in less than 1 s", server.seconds < 1, server.seconds)
    figure("many", "10,000 models: until ready",
           f"{server.seconds:.2f} s, {server.memory():.0f} MiB resident then")
    _, seconds = timed(lambda: server.reconstruct(names[0]))
    figure("many", "the first /reconstruct", f"{1000 * seconds:.1f} ms")
    latest, seconds = timed(server.models)
    expect("many", "GET /models lists all models", latest.keys() == {*names, *KINDS}, len(latest))
    figure("many", "GET /models?limit=1000, all pages",
           f"{seconds:.2f} s, {server.memory():.0f} MiB resident then")
    expect("many", "memory is bounded", server.memory() < 100, f"{server.memory():.0f} MiB after GET /models")
    server.stop()
    server = Server(folder, "--max-loaded", "8")
    for kind, (_, count, requested) in KINDS.items():
        chosen, memory = random.sample([f"{kind}.{number}" for number in range(count)], requested), []
        for _ in range(3):
            run_all(*[lambda part=part: request_all(server, chosen[part::4], expected[kind])
                      for part in range(4)])()
            memory.append(server.memory())
        text = ", ".join(f"{one:.0f}" for one in memory)
        figure("many",
               f"--max-loaded 8: resident after requesting {requested} ({kind}) once, twice and three times",
               f"{text} MiB")
        expect("many", "memory is bounded", memory[-1] < 100, f"{kind}: {text} MiB")
    server.stop()


def fill(folder):
    """Trains one model of each kind and returns its reconstructions."""
    server = Server(folder)
    for kind, (body, _, _) in KINDS.items():
        server.train(kind, body)
    expected = {kind: server.reconstruct(kind)[2] for kind in KINDS}
    server.stop()
    return expected


def request_all(server, names, expected):
    for name in names:
        response = server.reconstruct(name)
        expect("many", "responses are correct while models are evicted", response == (200, 1, expected),
               (name, response))
