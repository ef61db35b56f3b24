// Shows errors next to the step in which they occurred, with options that help.

import { Problem } from "./api.js";
import { el } from "./dom.js";
import { optionText } from "./source.js";
import { emit } from "./state.js";

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
  const remedies = (error.remedies ?? []).map(({ option, value }) => optionButton(option, value));
  region.replaceChildren(
    el(
      "div", { class: "problem" }, el("strong", {}, title), el("p", {}, error.detail ?? error.message),
      remedies.length ? el("div", { class: "buttons" }, remedies) : null));
}

/** A button that sets an option of the data, or does something else. */
export function optionButton(option, value, click = () => emit("option", { option, value })) {
  return el(
    "button", { type: "button", class: "option", click }, optionText(option, value), " ",
    el("code", {}, `${option}=${value}`));
}
