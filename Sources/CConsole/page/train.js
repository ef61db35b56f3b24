// The third step: training, as it goes.

import { Problem, events, send } from "./api.js";
import { LineChart, legend } from "./charts.js";
import { curlButton } from "./curl.js";
import { byId, count, facts, figure, reveal, warnings } from "./dom.js";
import { network, pairs, training } from "./model.js";
import { tell, telling } from "./problems.js";
import { emit, on, state } from "./state.js";

/** The id of the job that runs, and what stops listening to it. */
let job = null;
let listening = null;
let chart = null;

export function start() {
  byId("train").addEventListener("click", train);
  byId("cancel").addEventListener("click", () =>
    telling(byId("train-problem"), async () => {
      // Before there is a job, going away cancels the training.
      if (job) await send({ method: "DELETE", path: `jobs/${job}` });
      else listening?.abort();
    }));
  byId("train-curl").append(...curlButton("train", () => request()));
  reveal(byId("train-curl"), false);
  on("data", () => {
    byId("train").disabled = listening !== null;
    reveal(byId("train-hint"), false);
    reveal(byId("train-curl"));
  });
}

function request(accept) {
  return state.data.request("train", pairs({ ...training(), ...network() }), { label: "exclude", accept });
}

function train() {
  return telling(byId("train-problem"), async () => {
    if (!byId("settings").reportValidity()) return;
    const { data } = state;
    const what = request("text/event-stream");
    listening = new AbortController();
    byId("train").disabled = true;
    reveal(byId("cancel"));
    reveal(byId("train-progress"));
    byId("epochs").removeAttribute("value");
    byId("epoch-text").textContent = "";
    byId("train-said").textContent = "Training …";
    byId("train-result").replaceChildren();
    const curve = new Curve(byId("loss-chart"));
    let said = "Not trained.";
    try {
      for await (const { event, data: fact } of events(await send(what, { signal: listening.signal }))) {
        if (event === "job") job = fact.id;
        if (event === "progress") progress(fact, curve);
        if (event === "cancelled") said = "Cancelled. No model is left of it.";
        if (event === "failed") tell(byId("train-problem"), new Problem(fact));
        if (event === "result") {
          said = `Trained: version ${fact.version} of ${fact.model}.`;
          curve.all(fact.history);
          result(fact);
          if (state.data === data) use(fact);
          emit("models");
        }
      }
    } finally {
      job = null;
      listening = null;
      byId("train").disabled = false;
      reveal(byId("cancel"), false);
      reveal(byId("train-progress"), false);
      byId("train-said").textContent = said;
    }
  });
}

function use(model) {
  state.model = model;
  state.windows = null;
  emit("model");
}

function progress({ epoch, epochs, loss, val_loss, seconds_left }, curve) {
  Object.assign(byId("epochs"), { max: epochs, value: epoch });
  const left = seconds_left >= 1 ? `, ${count(Math.round(seconds_left))} s left at most` : "";
  byId("epoch-text").textContent = `Epoch ${count(epoch)} of ${count(epochs)}, loss ${figure(loss)}${left}`;
  curve.add(epoch, loss, val_loss);
}

function result(fact) {
  byId("train-result").replaceChildren(
    facts([
      ["Version", fact.version], ["Loss", figure(fact.loss)], ["Epochs", count(fact.epochs)], ["Parameters", count(fact.parameters)],
      ["Threshold", figure(fact.threshold)], ["Seconds", figure(fact.seconds)],
    ]), warnings(fact.warnings) ?? "");
}

/** The loss over the epochs, as they come. */
class Curve {
  constructor(host) {
    this.host = host;
    this.epochs = [];
    this.losses = [[], []];
    chart?.destroy();
    chart = null;
    host.replaceChildren();
  }

  add(epoch, loss, validation) {
    this.epochs.push(epoch);
    this.losses[0].push(loss);
    this.losses[1].push(validation);
    this.draw();
  }

  all(history) {
    this.epochs = history.loss.map((_, index) => index + 1);
    this.losses = [history.loss, history.val_loss];
    this.draw();
  }

  draw() {
    const [losses, validation] = this.losses;
    const isValidated = validation.some((loss) => loss != null);
    const columns = isValidated ? this.losses : [losses];
    const text = `Loss over ${count(this.epochs.length)} epochs, from ${figure(losses[0])} to ${figure(losses.at(-1))}.`;
    const axis = { values: this.epochs, kind: "number" };
    if (chart) {
      chart.update(columns, axis);
    } else {
      const series = [{ name: "loss", colour: "input" }];
      if (isValidated) series.push({ name: "validation loss", colour: "reconstruction" });
      this.host.append(legend(series.map((one) => [one.colour, one.name])));
      chart = new LineChart(this.host, { series, axis, columns, text, isLogarithmic: true });
    }
    chart.plot.setAttribute("aria-label", text);
  }
}
