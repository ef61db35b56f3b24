// The progress of a comparison, by the jobs of its trainings: POST /compare responds at its end only.

import { fetchJSON } from "./api.js";
import { formatCount, formatNumber, plural, setVisible } from "./dom.js";

/** The milliseconds from one look at the jobs to the next. */
const pause = 700;

export class CompareProgress {
  /** Shows the progress in `host` until `end`. `model` is the model of the comparison. */
  constructor(host, model, seeds) {
    this.names = [`${model}-autoencoder`, `${model}-stacked`];
    this.total = 2 * seeds.length;
    this.began = Date.now();
    this.host = host;
    this.controller = new AbortController();
    this.bar = host.querySelector("progress");
    this.text = host.querySelector("p");
    this.bar.max = this.total;
    this.bar.removeAttribute("value");
    this.text.textContent = "";
    setVisible(host);
    this.known = null;
    this.watch();
  }

  end() {
    this.controller.abort();
    setVisible(this.host, false);
  }

  async watch() {
    const { signal } = this.controller;
    while (!signal.aborted) {
      try {
        this.show((await fetchJSON({ path: "jobs" }, { signal })).jobs);
      } catch {
        // A key without the scope for jobs: the time is all there is to show.
        if (!signal.aborted) this.showTime();
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Shows the jobs of this comparison: those of its models that have begun since. */
  show(jobs) {
    // The clock of the server may differ: the jobs that had ended at the first look are of others.
    this.known ??= new Set(jobs.filter((job) => job.ended_at !== null).map((job) => job.id));
    const own = jobs.filter((job) => this.names.includes(job.model) && !this.known.has(job.id));
    const done = own.filter((job) => job.state === "succeeded").length;
    const running = own.find((job) => ["running", "queued"].includes(job.state));
    if (!running) {
      this.bar.value = done;
      this.showTime(done === this.total ? "Evaluating" : null);
      return;
    }
    const share = running.epochs ? running.epoch / running.epochs : 0;
    this.bar.value = done + share;
    const kind = running.model === this.names[0] ? "autoencoder" : "stacked LSTM";
    const seconds = Math.round(running.seconds_left ?? 0);
    const left = seconds ? `, at most ${plural(seconds, "second")} left` : "";
    this.showTime(
      `Network ${done + 1} of ${this.total}, ${kind}: epoch ${formatCount(running.epoch)} of `
      + `${formatCount(running.epochs)}, loss ${formatNumber(running.loss)}${left}`);
  }

  showTime(text = null) {
    const seconds = Math.round((Date.now() - this.began) / 1000);
    this.text.textContent = `${text ? `${text}. ` : ""}${plural(seconds, "second")} so far.`;
  }
}
