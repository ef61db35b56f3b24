// The features by their contribution to the selected event: a chart of the values and the expected values of
// each, and for many features a heat map.

import { LineChart, legend } from "./charts.js";
import { el, formatNumber, formatPercent, plural, setVisible } from "./dom.js";
import { HeatMap } from "./heatmap.js";

/** The number of features from which on there is a heat map. */
export const minHeatMapFeatures = 7;
/** The number of charts at first, without a heat map and with it. */
const firstCharts = 4;
const firstChartsWithMap = 1;
/** The number of features that the crosshair names. */
const maxNamedFeatures = 4;

export class Contributions {
  constructor(host, results) {
    Object.assign(this, { results, charts: new Map(), order: null });
    const { names } = results;
    const hasMap = names.length >= minHeatMapFeatures;
    this.limit = hasMap ? firstChartsWithMap : firstCharts;
    this.title = el("h3", {});
    this.chartHost = el("div");
    this.opened = [];
    this.more = el("button", {
      type: "button", class: "secondary", click: () => {
        this.limit = names.length;
        this.draw();
      },
    });
    host.append(this.title, this.chartHost);
    this.map = hasMap ? new HeatMap(host, results, {
      onOpen: (feature) => this.open(feature),
      onLoad: () => this.results.selected || this.update(),
    }) : null;
    host.append(this.more);
  }

  /** The features that matter at an index of the axis. */
  featuresAt(index) {
    const highest = this.map?.highestAt(index, maxNamedFeatures) ?? [];
    return highest.length ? highest : [...this.charts.keys()].slice(0, maxNamedFeatures);
  }

  /** Shows the features by their contribution to the selected event. */
  update() {
    const { selected, names } = this.results;
    const shares = new Map((selected?.features ?? []).map(({ feature, share }) => [feature, share]));
    this.shares = shares;
    // Without an event, the largest contributions to any score decide.
    const weightOf = (feature) => (selected ? shares.get(feature) : this.map?.peak(feature)) ?? 0;
    const weights = names.map((_, feature) => weightOf(feature));
    this.order = names.map((_, feature) => feature).sort((a, b) => weights[b] - weights[a] || a - b);
    this.opened = [];
    this.title.textContent = selected ? "Features by contribution to this event" : "Features";
    this.draw();
    this.map?.update(this.order);
  }

  /** Shows the chart of a feature. */
  open(feature) {
    if (!this.charts.has(feature)) {
      this.opened.push(feature);
      this.draw();
    }
    this.charts.get(feature).block.scrollIntoView({ block: "nearest" });
  }

  draw() {
    const { names, group } = this.results;
    const features = [...new Set([...this.order.slice(0, this.limit), ...this.opened])];
    for (const [feature, { chart, block }] of this.charts) {
      if (features.includes(feature)) continue;
      group.remove(chart);
      block.remove();
      this.charts.delete(feature);
    }
    const entries = features.map((feature) => [feature, this.charts.get(feature) ?? this.makeChart(feature)]);
    this.charts = new Map(entries);
    for (const [feature, { chart, caption, block }] of entries) {
      caption.textContent = this.caption(feature);
      chart.setMarks(this.results.chart.marks);
      this.chartHost.append(block);
    }
    setVisible(this.more, features.length < names.length);
    const hidden = plural(names.length - features.length, this.map ? "more chart" : "more feature");
    this.more.textContent = `Show ${hidden}`;
  }

  makeChart(feature) {
    const { data, inputs, outputs, names, group, gutter } = this.results;
    const name = names[feature];
    const caption = el("span", { class: "muted" });
    const keys = legend([["input", name], ["reconstruction", "expected"]]);
    keys.append(caption);
    const block = el("div", { class: "feature" }, keys);
    this.chartHost.append(block);
    const chart = new LineChart(block, {
      series: [
        { name, colour: "input" }, { name: `${name} (expected)`, colour: "reconstruction", pattern: [5, 3] },
      ],
      axis: data.axis, columns: [inputs[feature], outputs[feature]], group, gutter, height: "short",
      description: `${name} and its expected values over ${plural(data.rows, "row")}.`,
    });
    chart.featureAt = () => [feature];
    return { chart, caption, block };
  }

  /** The share of a feature in the selected event, and its values at the peak. */
  caption(feature) {
    const { selected, data, inputs, outputs } = this.results;
    if (!selected) return "";
    const share = `${formatPercent(this.shares.get(feature) ?? 0)} of the event`;
    const [index] = data.indicesOfRows([selected.peak_row, selected.peak_row]);
    const [actual, expected] = [inputs, outputs].map((columns) => columns[feature][index]);
    if (!(Number.isFinite(actual) && Number.isFinite(expected))) return share;
    // Enough digits to see the difference.
    const resolution = Math.min(Math.max(1e4, (100 * Math.abs(actual)) / Math.abs(actual - expected)), 1e9);
    const [seen, normal] = [actual, expected].map((value) => formatNumber(value, resolution));
    return `${share}; at its peak ${seen}, expected ${normal}`;
  }

  remove() {
    this.map?.remove();
  }
}
