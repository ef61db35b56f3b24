// The chart of the loss by epoch.

import { LineChart, legend } from "./charts.js";
import { formatNumber, plural } from "./dom.js";

/** The chart on the page, which stays until the next training. */
let lossChart = null;

export class LossCurve {
  constructor(host) {
    this.host = host;
    this.epochs = [];
    this.losses = [[], []];
    lossChart?.destroy();
    lossChart = null;
    host.replaceChildren();
  }

  add(epoch, loss, validationLoss) {
    this.epochs.push(epoch);
    this.losses[0].push(loss);
    this.losses[1].push(validationLoss);
    this.draw();
  }

  /** Replaces the curve by the history of a finished training. */
  setHistory(history) {
    this.epochs = history.loss.map((_, index) => index + 1);
    this.losses = [history.loss, history.val_loss];
    this.draw();
  }

  draw() {
    const [losses, validationLosses] = this.losses;
    const hasValidation = validationLosses.some((loss) => loss != null);
    const columns = hasValidation ? this.losses : [losses];
    const description = `Loss over ${plural(this.epochs.length, "epoch")}, `
      + `from ${formatNumber(losses[0])} to ${formatNumber(losses.at(-1))}.`;
    const axis = { values: this.epochs, kind: "number" };
    const isLogarithmic = columns.every((values) => values.every((loss) => loss == null || loss > 0));
    if (lossChart) {
      lossChart.update(columns, axis, isLogarithmic);
    } else {
      const series = [{ name: "loss", colour: "input" }];
      if (hasValidation) series.push({ name: "validation loss", colour: "reconstruction" });
      this.host.append(legend(series.map(({ name, colour }) => [colour, name])));
      lossChart = new LineChart(this.host, { series, axis, columns, description, isLogarithmic });
    }
    lossChart.plot.setAttribute("aria-label", description);
  }
}
