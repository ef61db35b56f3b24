// What went wrong, beside the place where it did.

import { Problem } from "./api.js";
import { el } from "./dom.js";

/** Runs a step; what it throws is told in `place`, a live region, which is emptied first. */
export async function telling(place, run) {
  place.replaceChildren();
  try {
    return await run();
  } catch (error) {
    if (error.name === "AbortError") return null;
    if (!(error instanceof Problem)) console.error(error);
    tell(place, error);
    return null;
  }
}

export function tell(place, error) {
  const title = error instanceof Problem ? error.title : "This can't be done";
  place.replaceChildren(
    el("div", { class: "problem" }, el("strong", {}, title), el("p", {}, error.detail ?? error.message)));
}
