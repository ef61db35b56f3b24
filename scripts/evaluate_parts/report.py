"""Records of single series, and the table of their means."""

import collections
import csv
import json
import re
import statistics

# The name of a measure in a record, and its heading.
MEASURES = {
    "roc_auc": "AUC", "average_precision": "AP", "vus_pr": "VUS-PR", "best_f1": "best F1", "f1": "F1",
    "false_alarm_rate": "false alarms"}
HEADINGS = ["set", "data", "detector", "combine", "smooth", *MEASURES.values(), "events found", "fit s",
            "warned", "refused", "AUC by seed"]


def mean(values):
    """The mean of the values that are not None, or None."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def grouped(records, *names):
    groups = collections.defaultdict(list)
    for record in records:
        groups[tuple(record.get(name) for name in names)].append(record)
    return groups


def trainings(records):
    """One record for each model that was trained or refused."""
    return [group[0] for group in grouped(records, "set", "corrupt", "seed", "case").values()]


def summary(records):
    """A line for each set, corruption, detector, way to combine scores and smoothing. Measures are means over
    the series, then over the seeds; a series without a value is left out. Seconds are the sum over a seed's
    models, and counts the sum over all seeds."""
    lines = []
    for (name, kind), part in grouped(records, "set", "corrupt").items():
        models = trainings(part)
        counts = {
            "models": len(models), "models_refused": sum("error" in model for model in models),
            "models_warned": sum(bool(model.get("train_warnings")) for model in models)}
        measured = [record for record in part if "error" not in record]
        for group, found in grouped(measured, "detector", "combine", "smooth").items():
            seeds = list(grouped(found, "seed").values())
            by_seed = {key: [mean(one.get(key) for one in seed) for seed in seeds] for key in MEASURES}
            seconds = [[model["seconds"] for model in trainings(seed)] for seed in seeds]
            lines.append({
                "set": name, "corrupt": kind, **dict(zip(("detector", "combine", "smooth"), group)),
                **{key: mean(values) for key, values in by_seed.items()}, "by_seed": by_seed,
                "series": len(found), **{key: sum(one[key] for one in found) for key in (
                    "events", "events_found", "normal_rows", "anomalous_rows")},
                "seconds": None if None in seconds[0] else mean(map(sum, seconds)), **counts})
    return lines


def figure(value, digits=3):
    return "–" if value is None else f"{value:.{digits}f}".removeprefix("0" if digits == 3 else "")


def row(line):
    """The cells of a line of `summary`, as the table has them."""
    seeds = line["by_seed"]["roc_auc"]
    return [
        line["set"], "clean" if line["corrupt"] == "none" else line["corrupt"], line["detector"],
        line["combine"], str(line["smooth"]), *(figure(line[key]) for key in MEASURES),
        f"{line['events_found']} of {line['events']}", figure(line["seconds"], 1),
        f"{line['models_warned']} of {line['models']}", f"{line['models_refused']} of {line['models']}",
        " ".join(map(figure, seeds)) if len(seeds) > 1 else ""]


def table_row(cells):
    return f"| {' | '.join(cells)} |"


def notes(records):
    """The distinct warnings and errors with the number of trainings or series that have them."""
    for (name, kind), part in grouped(records, "set", "corrupt").items():
        counts = collections.Counter()
        for record in trainings(part):
            counts.update({("training", text) for text in map(short, record.get("train_warnings", []))})
        scored = grouped((one for one in part if "score_warnings" in one), "seed", "case", "series")
        for group in scored.values():
            counts.update({("scoring", short(text)) for one in group for text in one["score_warnings"]})
        for record in trainings(part):
            if "error" in record:
                counts[("refused", short(record["error"]))] += 1
        for (when, text), count in counts.most_common():
            yield f"{name}, {kind}: {when}, {count} ×: {text}"


def short(text):
    """A message without its numbers, so that those of several series are counted as one."""
    return re.sub(r"-?\d[\d.,]*(?:e[+-]?\d+)?(?<![.,])", "N", text)[:160]


def write_json(path, arguments, records):
    document = {"arguments": arguments, "summary": summary(records), "records": records}
    path.write_text(json.dumps(document, indent=1) + "\n")


def write_csv(path, records):
    names = list(dict.fromkeys(name for record in records for name in record))
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for record in records:
            writer.writerow({name: "; ".join(value) if isinstance(value, list) else value
                             for name, value in record.items()})
