// The chart of scores, with the threshold to drag, the events, the labelled anomalies and the training range.

import { LineChart, legend } from "./charts.js";
import { el, formatNumber, plural } from "./dom.js";
import { parameter } from "./fragment.js";
import { ThresholdLine } from "./threshold.js";

export class ScoreChart {
  /**
   * `results` has the scores, the events and the selected one. `onMove` gets the threshold, as a score, while
   * it is dragged; `onChange` gets it after the user has set it, and null for the model's.
   */
  constructor(host, results, { onMove, onChange }) {
    this.results = results;
    const { data, scores, points, group } = results;
    let [minimum, maximum] = [1, 1];
    for (const score of scores) {
      if (score > maximum) maximum = score;
      if (score > 0 && score < minimum) minimum = score;
    }
    host.append(legend(
      [["error", "score"], ["threshold", "threshold"]],
      [
        ["event", "event"], ...(data.hasLabels ? [["label-bar", "labelled anomaly"]] : []),
        ...(this.trainedRows ? [["trained", "training range"]] : []),
      ]));
    this.chart = new LineChart(host, {
      series: [{ name: "score", colour: "error" }], axis: data.axis, columns: [points], group,
      height: "medium", gutter: results.gutter,
      description: `Score of ${plural(scores.length, "row")}: maximum ${formatNumber(maximum)}, threshold 1.`,
    });
    this.line = new ThresholdLine(this.chart, 1, {
      onMove: (threshold) => {
        this.reset.hidden = this.threshold === null;
        onMove(threshold);
      },
      onChange,
    });
    const logScale = el("input", { type: "checkbox" });
    logScale.checked = maximum > 20;
    const updateScale = () => {
      const range = logScale.checked ? [minimum / 2, maximum * 2] : [0, maximum * 1.15];
      this.chart.setValueRange(range, logScale.checked);
      this.line.setRange(range);
    };
    logScale.addEventListener("change", updateScale);
    updateScale();
    this.reset = el("button", {
      type: "button", class: "secondary", hidden: true, click: () => this.line.change(null),
    }, "Reset threshold");
    group.toolbar.prepend(
      el(
        "div", { class: "buttons threshold-controls" }, el("label", { for: "threshold" }, "Threshold"),
        this.line.input, this.reset, el("label", { class: "check" }, logScale, "Log scale")));
  }

  /** The threshold that the user has set, as a score; null for the model's. */
  get threshold() {
    return this.line.override;
  }

  setThreshold(threshold) {
    if (threshold !== this.threshold) this.line.change(threshold);
  }

  /** The rows that the model was trained with, where they are rows of these data; null if not known. */
  get trainedRows() {
    const rows = /^(\d+)-(\d+)$/.exec(parameter("trained") ?? "")?.slice(1).map(Number);
    return rows && rows[0] <= rows[1] && rows[1] < this.results.data.rows ? rows : null;
  }

  /** Marks the events. */
  mark() {
    const { data, events, selected } = this.results;
    const marks = [
      ...data.labelledIntervals().map((rows) => ({ rows, colour: "label-bar", edge: "top" })),
      ...events.map((event) => ({
        rows: [event.first_row, event.last_row], colour: event === selected ? "event-selected" : "event",
      })),
      ...(this.trainedRows ? [{ rows: this.trainedRows, colour: "trained", edge: "bottom" }] : []),
    ].map((mark) => ({ ...mark, rows: data.indicesOfRows(mark.rows) }));
    this.chart.setMarks(marks);
    /** The marks, for the charts of features. */
    this.marks = marks.filter(({ edge }) => edge !== "bottom");
  }
}
