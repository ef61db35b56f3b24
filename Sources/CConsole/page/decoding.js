// Requests whose responses are large: a worker reads them, so that the page stays responsive.

import { Problem, send, url } from "./api.js";
import { Texts } from "./texts.js";

let worker = null;
/** The responses that the worker reads, by their numbers: `{resolve, reject}`. */
const pending = new Map();
let latest = 0;

function start() {
  worker = new Worker(url("console/worker.js"), { type: "module" });
  worker.addEventListener("message", ({ data: { id, value, error } }) => {
    const { resolve, reject } = pending.get(id);
    pending.delete(id);
    if (error === undefined) resolve(value);
    else reject(unreadable(error));
  });
  worker.addEventListener("error", () => {
    for (const { reject } of pending.values()) reject(unreadable("The worker has failed."));
    pending.clear();
    worker = null;
  });
}

const unreadable = (detail) => new Problem({ title: "The response cannot be read", detail });

/** Sends a request and returns its response as the decoder of this kind reads it. */
export async function fetchDecoded(kind, request, options) {
  const response = await send({ accept: "application/json", ...request }, options);
  const buffer = await response.arrayBuffer();
  if (!worker) start();
  const id = ++latest;
  const value = await new Promise((resolve, reject) => {
    pending.set(id, { resolve, reject });
    worker.postMessage({ id, kind, buffer }, [buffer]);
  });
  options?.signal?.throwIfAborted();
  return value;
}

export async function fetchReport(request, options) {
  const report = await fetchDecoded("report", request, options);
  if (report.preview?.timestamps) report.preview.timestamps = new Texts(report.preview.timestamps);
  return report;
}

export async function fetchScores(request, options) {
  const scores = await fetchDecoded("scores", request, options);
  if (scores.rows.timestamps) scores.rows.timestamps = new Texts(scores.rows.timestamps);
  return scores;
}
