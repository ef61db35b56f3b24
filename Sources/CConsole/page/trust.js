// The banner where an answer is not to be trusted: why, and what to do.

import { el, formatPercent, warningList } from "./dom.js";

/** The area under the ROC curve below which scores say little; guessing has 0.5. */
const minAUC = 0.6;
/** The share of flagged rows above which they are hardly anomalies. */
const maxFlagged = 0.2;

/** What to do about a warning, by its code. */
const remedies = {
  few_calibration_windows: "Calibrate the threshold with more rows of normal operation.",
  drift: "Train or calibrate again on recent normal rows.",
  nothing_learned: "Train on more rows or for more epochs, or with larger units.",
  outliers: "Look at these rows in Data, and leave them out of the training if they are faults.",
  constant_column: "Check whether this sensor is alive, or ignore its column.",
  monotone_column: "Use its differences, or ignore the column.",
  mostly_missing: "Ignore this column.",
};

/**
 * The banner for scores with these warnings, flagged rows and metrics; null if there is nothing to say.
 * `isTrained` says that the model was trained with these rows. `action` is an element with what can be done.
 */
export function trustBanner({ flagged, metrics, warnings, isTrained, action }) {
  const reasons = [];
  const auc = metrics?.roc_auc ?? 1;
  if (auc < minAUC) {
    reasons.push([
      "auc", "The scores do not tell the labelled anomalies from normal rows "
        + `(AUC ${auc.toFixed(2)}; guessing has 0.5). `
        + "Train on rows of normal operation only, or try other settings in Compare."]);
  }
  // Labels tell whether flagged rows are false alarms.
  const isMostlyFlagged = (metrics?.at_threshold.false_alarm_rate ?? flagged) > maxFlagged;
  if (isMostlyFlagged) {
    const share = formatPercent(metrics?.at_threshold.false_alarm_rate ?? flagged);
    const rows = metrics ? "normal rows" : "rows";
    reasons.push([
      "flagged", `${share} of the ${rows} are above the model's threshold: ` + (isTrained
        ? "it has not learned the rows that it was trained with. Train for more epochs, or with larger units."
        : "these rows differ from those of the training as a whole. "
          + "Train or calibrate on normal rows of this operation.")]);
  }
  // What concerns the whole result comes before what concerns some rows or columns.
  const rank = ({ level, code }) => (level === "error" ? 0 : code in remedies ? 1 : 2);
  const serious = warnings.filter(({ level }) => level !== "info").sort((a, b) => rank(a) - rank(b));
  for (const { code, message } of serious) reasons.push([code, firstSentence(message, remedies[code])]);
  if (!reasons.length) return null;
  const isUntrusted = auc < minAUC || isMostlyFlagged || serious.some(({ level }) => level === "error");
  const title = isUntrusted ? "Do not trust this result yet." : "Read this result with care.";
  const others = reasons.slice(1).map(([code]) => code).filter((code) => !["auc", "flagged"].includes(code));
  const line = [
    el("strong", {}, title), ` ${reasons[0][1]}`,
    others.length ? el("span", { class: "muted" }, ` Also: ${others.join(", ")}.`) : null,
  ];
  const details = [
    ...reasons.slice(1).filter(([code]) => ["auc", "flagged"].includes(code))
      .map(([, text]) => el("p", {}, text)),
    ...[warningList(warnings)].filter(Boolean), action,
  ];
  return el(
    "div", { class: isUntrusted ? "trust untrusted" : "trust", role: "note" },
    el("details", {}, el("summary", {}, ...line), ...details));
}

/** The first sentence or clause of a message, with what to do. */
function firstSentence(message, remedy) {
  const [sentence] = /^.*?[^0-9][.:;](?= |$)/.exec(message) ?? [message];
  return `${sentence.replace(/[:;]$/, ".")}${remedy ? ` ${remedy}` : ""}`;
}
