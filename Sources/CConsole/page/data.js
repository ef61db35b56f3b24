// The first step: a series, plotted.

import { Problem } from "./api.js";
import { ChartGroup, LineChart, legend, seriesColour } from "./charts.js";
import { Dataset, roles } from "./dataset.js";
import { byId, count, el, figure, reveal, table, asTable, things } from "./dom.js";
import { telling } from "./problems.js";
import { emit, state } from "./state.js";

/** The two variables of "Step-by-step understanding LSTM Autoencoder layers": the second is the cube of the first. */
const article = ["x,cube", ...Array.from({ length: 9 }, (_, i) => `0.${i + 1},${((i + 1) ** 3 / 1000).toFixed(3)}`), ""].join("\n");

/** The article's settings. */
const articleSettings = {
  model: "toy", architecture: "autoencoder", timesteps: 3, windowing: "temporalize", units: "128, 64", activation: "relu",
  scaling: "none", epochs: 300, batch_size: 5, learning_rate: 0.001, loss: "mse", seed: 0,
};

/** More features than this are plotted when somebody asks for them. */
const plotted = 6;

let group = null;

export function start() {
  byId("example").addEventListener("click", () => take(() => new Dataset("article.csv", article), () => articleSettings));
  byId("file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) takeFile(file);
  });
  byId("take-pasted").addEventListener("click", () => take(() => new Dataset("data.csv", byId("pasted").value), suited));
  byId("gap-rule").addEventListener("change", (event) => {
    state.data.gaps = event.target.value;
    emit("data");
  });

  const drop = byId("drop");
  const over = (event) => {
    event.preventDefault();
    drop.classList.add("over");
  };
  drop.addEventListener("dragenter", over);
  drop.addEventListener("dragover", over);
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const [file] = event.dataTransfer.files;
    const text = event.dataTransfer.getData("text/plain");
    if (file) takeFile(file);
    else if (text) take(() => new Dataset("data.csv", text), suited);
  });
}

function takeFile(file) {
  return take(async () => new Dataset(file.name, await file.text(), { isFile: true }), suited);
}

/** Settings for data that nobody has said anything about. */
function suited(data) {
  const name = data.name.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return {
    model: name.slice(0, 128) || "model", architecture: "autoencoder", windowing: "sliding", scaling: "standard", epochs: "",
    timesteps: Math.max(1, Math.min(data.rows >= 300 ? 10 : Math.floor(data.rows / 5), data.rows)),
    units: "32, 16", activation: "tanh", batch_size: 32, learning_rate: 0.001, loss: "mse", seed: 0,
  };
}

function take(read, settings) {
  return telling(byId("data-problem"), async () => {
    const data = await read();
    if (!data.features.length) throw new Problem({ title: "Not a series", detail: "No column has numbers in all its rows." });
    Object.assign(state, { data, model: null, windows: null });
    show(data);
    emit("preset", settings(data));
    emit("data");
    emit("model");
  });
}

function show(data) {
  reveal(byId("data-shown"));
  reveal(byId("gaps"), data.missing > 0);
  byId("gap-rule").value = data.gaps;
  byId("roles").replaceChildren(...data.columns.map((column, index) => role(data, column, index)));
  // Few enough to be looked through.
  byId("columns").open = data.columns.length > 2 && data.columns.length <= 16;
  plot(data);
}

/** What a column is for, to be changed. */
function role(data, column, index) {
  const choices = Object.keys(roles).filter((name) => column.isNumeric || !["feature", "label"].includes(name));
  const choose = (event) => {
    // There is one column of each other kind.
    if (!["feature", "none"].includes(event.target.value)) {
      data.roles = data.roles.map((name) => (name === event.target.value ? "none" : name));
    }
    data.roles[index] = event.target.value;
    show(data);
    byId(`role-${index}`).focus();
    emit("data");
  };
  return el(
    "label", {}, column.name,
    el("select", { id: `role-${index}`, change: choose }, choices.map((name) =>
      el("option", { value: name, selected: data.roles[index] === name }, roles[name]))));
}

function plot(data) {
  const features = data.features;
  const facts = [things(data.rows, "row"), things(features.length, "feature")];
  if (data.missing) facts.push(things(data.missing, "missing value"));
  if (data.with("label").length) facts.push(`${things(data.labelled().length, "stretch", "stretches")} labelled as anomalies`);
  byId("data-facts").textContent = `${data.name}: ${facts.join(", ")}.`;

  const host = byId("data-charts");
  group?.clear();
  group = new ChartGroup(data.axis(), (row) =>
    [data.place(row), ...features.slice(0, plotted).map((column) => `${column.name} ${figure(column.numbers[row])}`)].join(" · "));
  host.replaceChildren(group.toolbar);
  const add = (column, index) => {
    const colour = seriesColour(index);
    host.append(legend([[colour, column.name]], data.with("label").length ? [["label", "labelled"]] : []));
    const chart = new LineChart(host, {
      series: [{ name: column.name, colour }], axis: data.axis(), columns: [column.numbers], group,
      height: features.length > 2 ? "short" : "medium",
      text: `${column.name} over ${count(data.rows)} rows, from ${figure(column.least)} to ${figure(column.largest)}.`,
    });
    chart.mark(data.labelled().map((rows) => ({ rows, colour: "label" })));
  };
  features.slice(0, plotted).forEach(add);
  if (features.length > plotted) {
    const more = el("button", {
      type: "button", click: () => {
        more.remove();
        features.slice(plotted).forEach((column, index) => add(column, index + plotted));
      },
    }, `Show the other ${features.length - plotted}`);
    host.append(more);
  }
  host.append(asTable(() => firstRows(data)));
}

function firstRows(data) {
  const shown = Math.min(data.rows, 200);
  return table(
    shown < data.rows ? `The first ${shown} of ${count(data.rows)} rows` : "All rows", data.columns.map((column) => column.name),
    Array.from({ length: shown }, (_, row) => data.columns.map((column) => column.texts[row])));
}
