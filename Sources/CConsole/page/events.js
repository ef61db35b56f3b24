// The list of events, the most severe first.

import { el, formatCount, formatNumber, formatPercent, plural } from "./dom.js";
import { period } from "./verdict.js";

/** The number of events that are listed at first, and that each "Show more" adds. */
const pageSize = 8;
/** The number of features that are listed for an event. */
const maxFeatures = 3;

export class EventList {
  /**
   * `results` has the events and the selected one. `onSelect` gets the event that the user selects; `actions`
   * returns elements for the selected event.
   */
  constructor(host, results, { onSelect, actions }) {
    Object.assign(this, { results, onSelect, actions, limit: pageSize });
    this.title = el("h3", {});
    this.list = el("ol", { class: "events" });
    this.more = el("button", {
      type: "button", class: "secondary", click: () => {
        this.limit += 4 * pageSize;
        this.update();
      },
    }, "Show more");
    host.append(this.title, this.list, this.more);
  }

  /** Shows the events. The button that has the focus keeps it. */
  update() {
    const { events, selected } = this.results;
    const focused = this.list.contains(document.activeElement);
    this.title.textContent = events.length ? "Events, worst first" : "Events";
    // The selected event is in the list, even if the URL names one far below.
    this.limit = Math.max(this.limit, events.indexOf(selected) + 1);
    const items = events.slice(0, this.limit).map((event) => this.item(event, event === selected));
    this.list.replaceChildren(...items);
    if (!events.length) {
      this.list.append(el("li", { class: "muted" }, "No events. Lower the threshold to find more."));
    }
    this.more.hidden = events.length <= this.limit;
    this.more.textContent = `Show more of ${formatCount(events.length)}`;
    if (focused) this.list.querySelector("[aria-current]")?.focus();
  }

  item(event, isSelected) {
    const { data, names, calibration } = this.results;
    const { first_row: first, last_row: last, duration, peak_score: peak } = event;
    return el(
      "li", { class: isSelected ? "event selected" : "event" },
      el(
        "button", {
          type: "button", class: "event-button", "aria-current": isSelected ? "true" : null,
          click: () => this.onSelect(event),
        },
        el("span", { class: "event-score" }, formatNumber(peak, 100)),
        el(
          "span", { class: "event-text" }, el("span", {}, period(data, first, last)),
          el("span", { class: "muted" }, plural(duration, "row")))),
      topFeatures(event.features, names, isSelected ? maxFeatures : 1),
      isSelected ? el("p", { class: "muted severity" }, severityText(event, calibration)) : null,
      isSelected ? this.actions(event) : null);
  }
}

/** Bars of the features that contributed most to an event. */
function topFeatures(features, names, count) {
  return el("div", { class: "shares" }, features.slice(0, count).map(({ feature, share }) => {
    const bar = el("div", { class: "bar" });
    bar.style.width = formatPercent(share).replace(" ", "");
    return el(
      "div", { class: "share" }, bar, el("span", {}, names[feature]), el("span", {}, formatPercent(share)));
  }));
}

/** How rare an event is: "Rarer than all 312 calibration rows; about once in 3 months." */
function severityText({ peak_rarity: rarity, return_period: period }, { count, unit }) {
  if (rarity === null || count === null) return "";
  const larger = Math.round((1 - rarity) * count);
  const share = larger === 0
    ? `Rarer than all ${formatCount(count)} calibration ${unit}s`
    : `Rarer than ${formatCount(count - larger)} of ${formatCount(count)} calibration ${unit}s`;
  if (!period) return `${share}.`;
  const length =
    period.seconds === undefined ? plural(Math.round(period.rows), "row") : duration(period.seconds);
  return `${share}; ${period.is_longer ? "less than" : "about"} once in ${length}.`;
}

/** A length of time in the largest unit of which there are at least two. */
function duration(seconds) {
  const units = [
    ["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60],
  ];
  const [name, length] = units.find(([, length]) => seconds >= 2 * length) ?? ["second", 1];
  return plural(Math.round(seconds / length), name);
}
