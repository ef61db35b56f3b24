// What the results say in a sentence, and in figures where there are labels.

import { definitionList, el, formatCount, formatNumber, formatPercent, plural } from "./dom.js";

/** "2 events. The worst: 10:26:20 to 10:27:04 (43 rows), mostly Thermocouple (74 %)." */
export function verdict({ events, data, names, metrics }) {
  if (!events.length) return `Nothing unusual: no event in ${plural(data.rows, "row")}.${detection(metrics)}`;
  const [worst] = events;
  const { first_row: first, last_row: last, duration, features } = worst;
  const when = `${period(data, first, last)} (${plural(duration, "row")})`;
  const [top, second] = features;
  const shareOf = ({ feature, share }) =>
    `${names[feature]} (${formatPercent(share).replace(" ", "\u00a0")})`;
  const part = top.share < 0.5 ? "above all" : "mostly";
  const isShared = top.share < 0.5 && second?.share > top.share / 2;
  const which = [part, shareOf(top), ...(isShared ? ["and", shareOf(second)] : [])].join(" ");
  const cause = names.length > 1 ? `, ${which}` : "";
  const count = events.length === 1 ? "1 event:" : `${formatCount(events.length)} events. The worst:`;
  return `${count} ${when}${cause}.${detection(metrics)}`;
}

/** The time of an event; the date is given once. */
export function period(data, first, last) {
  const [from, to] = [data.rowLabel(first), data.rowLabel(last)];
  if (first === last) return from;
  if (first === 0 && last === data.rows - 1) return "all of the data";
  if (last === data.rows - 1) return `since ${from}, to the end of the data`;
  const [date] = /^\d{4}-\d\d-\d\d[T ]/.exec(from) ?? [""];
  // "row 3" and "row 5" become "rows 3 to 5".
  const end = date && to.startsWith(date) ? to.slice(date.length) : to.replace(/^row /, "");
  return `${from.replace(/^row /, "rows ")} to ${end}`;
}

/** How many of the labelled anomalies were found. */
function detection(metrics) {
  if (!metrics?.events.labelled) return "";
  const { labelled, detected } = metrics.events;
  return ` ${formatCount(detected)} of ${plural(labelled, "labelled anomaly", "labelled anomalies")} found`
    + (metrics.roc_auc === null ? "." : `, AUC ${metrics.roc_auc.toFixed(2)}.`);
}

/**
 * The figures of `POST /evaluate`. `best` is the threshold of the best F1, and a function that applies it.
 */
export function metricList(metrics, best) {
  const { labelled, detected, found, false_alarms: falseEvents } = metrics.events;
  const { f1, false_positives: falseRows, true_negatives: normal, false_alarm_rate: rate } =
    metrics.at_threshold;
  const pairs = [
    ["ROC AUC", formatNumber(metrics.roc_auc)],
    ["Average precision", formatNumber(metrics.average_precision)],
    ["F1", formatNumber(f1)],
    ["Anomalies found", `${formatCount(detected)} of ${formatCount(labelled)}`],
    ["False events", `${formatCount(falseEvents)} of ${formatCount(found)}`],
    ["False alarms", `${formatCount(falseRows)} of ${plural(falseRows + normal, "normal row")} `
      + `(${formatPercent(rate)})`],
  ];
  if (best) {
    const apply = el("button", { type: "button", class: "secondary", click: best.apply }, "Use");
    const text = `${formatNumber(metrics.best.f1)} at ${formatNumber(best.threshold)} `;
    pairs.push(["Best F1", el("span", {}, text, apply)]);
  }
  const list = definitionList(pairs);
  list.classList.add("metrics");
  return [list, el("p", { class: "muted small" }, metrics.verdict.sentence)];
}
