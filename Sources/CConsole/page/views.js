// The views of the page, one of which is shown at a time: the fragment of the URL names it, or one of its
// sections.

import { onNavigation, setView, viewName } from "./fragment.js";
import { byId } from "./dom.js";
import { emit } from "./state.js";

/** The sections of each view. */
const sections = {
  data: ["data"], train: ["model", "training", "network"], results: ["results"], encodings: ["encodings"],
  layers: ["layers"], comparison: ["comparison"], registry: ["registry"],
};

let current = null;

/** The name of the view that is shown. */
export const currentView = () => current;

/** Opens a view, by its name or the id of one of its sections, as a click on a link to it does. */
export function show(name) {
  setView(name);
  update();
}

export function start() {
  history.scrollRestoration = "manual";
  onNavigation(update);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    heading(sections[current][0]).focus();
  });
  update();
}

const heading = (section) => byId(section).querySelector("h2");

function update() {
  const name = viewName();
  const view = Object.keys(sections).find((key) => key === name || sections[key].includes(name)) ?? "data";
  if (view === current) return;
  const isFirst = current === null;
  current = view;
  for (const [key, ids] of Object.entries(sections)) {
    for (const id of ids) byId(id).hidden = key !== view;
  }
  for (const link of document.querySelectorAll("nav a")) {
    const isCurrent = link.hash === `#${view}`;
    if (isCurrent) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
    if (isCurrent) link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  document.title = `${heading(sections[view][0]).textContent} · Reprise`;
  scrollTo({ top: 0, behavior: "instant" });
  emit("view", view);
  // The element that had the focus may be hidden now.
  const section = sections[view].includes(name) ? name : sections[view][0];
  if (isFirst) return;
  heading(section).focus({ preventScroll: section === sections[view][0] });
}
