// Shows errors next to the step in which they occurred.

import { Problem } from "./api.js";
import { el } from "./dom.js";

/** Clears `region`, a live region, and runs `run`; shows what it throws in `region` and then returns null. */
export async function reportErrors(region, run) {
  region.replaceChildren();
  try {
    return await run();
  } catch (error) {
    if (error.name === "AbortError") return null;
    if (!(error instanceof Problem)) console.error(error);
    showError(region, error);
    return null;
  }
}

export function showError(region, error) {
  const title = error instanceof Problem ? error.title : "Unexpected error";
  region.replaceChildren(
    el("div", { class: "problem" }, el("strong", {}, title), el("p", {}, error.detail ?? error.message)));
}
