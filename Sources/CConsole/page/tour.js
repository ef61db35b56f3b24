// Read along: a panel that leads through the article with the sections of the page, step by step.

import { Problem } from "./api.js";
import { steps } from "./article.js";
import { byId, el, setVisible } from "./dom.js";
import { show } from "./views.js";

let panel = null;
/** The number of the step that is shown; null while the panel is closed. */
let current = null;
/** Aborts what the step that is shown waits for. */
let abortController = null;

export function start() {
  byId("read-along").addEventListener("click", () => (current === null ? open() : close()));
  addEventListener("keydown", onKey);
}

function open() {
  panel ??= makePanel();
  setVisible(panel.host);
  document.body.classList.add("reading-along");
  byId("read-along").setAttribute("aria-expanded", "true");
  go(0);
}

function close() {
  leave();
  current = null;
  setVisible(panel.host, false);
  document.body.classList.remove("reading-along");
  byId("read-along").setAttribute("aria-expanded", "false");
  byId("read-along").focus();
}

function makePanel() {
  const view = {
    count: el("p", { class: "muted" }),
    title: el("h2", { id: "tour-title", tabindex: "-1", "aria-live": "polite" }),
    text: el("div", { class: "tour-text", tabindex: "0", role: "region", "aria-label": "Text of the step" }),
    status: el("p", { role: "status", class: "muted" }),
    back: el("button", { type: "button", click: () => go(current - 1) }, "Previous"),
    next: el("button", { type: "button", class: "primary", click: () => next() }, "Next"),
  };
  view.host = el(
    "div", { id: "tour", role: "dialog", "aria-labelledby": "tour-title", hidden: true },
    el(
      "div", { class: "tour-head" }, view.count,
      el("button", { type: "button", class: "secondary", click: close, title: "Esc" }, "Close")),
    view.title, view.text, view.status,
    el("div", { class: "buttons" }, view.back, view.next));
  document.body.append(view.host);
  return view;
}

const next = () => (current === steps.length - 1 ? close() : go(current + 1));

/** Stops what the step that is shown waits for, and takes away its highlight. */
function leave() {
  abortController?.abort();
  for (const section of document.querySelectorAll(".in-tour")) section.classList.remove("in-tour");
}

async function go(number) {
  leave();
  current = number;
  abortController = new AbortController();
  const { signal } = abortController;
  const step = steps[number];
  const { title, text, act, content } = step;
  panel.count.textContent = `Read along: step ${number + 1} of ${steps.length}`;
  panel.title.textContent = title;
  panel.text.replaceChildren(...text.map((paragraph) => el("p", {}, paragraph)));
  panel.text.scrollTop = 0;
  panel.status.textContent = act || content ? "One moment …" : "";
  panel.back.disabled = number === 0;
  panel.next.textContent = number === steps.length - 1 ? "Finish" : "Next";
  highlight(step);
  try {
    await act?.(signal);
    const nodes = await content?.(signal);
    if (signal.aborted) return;
    // Some actions of the page open another view, and all of them change its height.
    if (act) highlight(step);
    if (nodes) panel.text.append(...nodes);
    panel.status.textContent = "";
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Problem)) console.error(error);
    panel.status.textContent = `${error.title ?? "Unexpected error"}: ${error.message}`;
  }
}

/** Shows a place on the page and marks its section. The focus stays in the panel. */
function highlight({ place }) {
  const { activeElement } = document;
  const section = byId(place).closest("section");
  show(section.id);
  section.classList.add("in-tour");
  byId(place).scrollIntoView({ block: "start" });
  const keepsFocus = panel.host.contains(activeElement) && !activeElement.disabled;
  (keepsFocus ? activeElement : panel.title).focus({ preventScroll: true });
}

/** Elements that use the arrow keys themselves. */
const usesArrows = "input, select, textarea, .scroller, [role=img], [role=slider]";

function onKey(event) {
  const { key, target, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (current === null || event.defaultPrevented || ctrlKey || metaKey || altKey || shiftKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (key === "Escape") close();
  else if (target.closest?.(usesArrows)) return;
  else if (key === "ArrowRight" && current < steps.length - 1) go(current + 1);
  else if (key === "ArrowLeft" && current > 0) go(current - 1);
}
