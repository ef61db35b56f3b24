// CSV for plotting. The server reads the same text by itself, and its judgement is the one that counts.

import { Problem } from "./api.js";

const missing = /^(nan|na|null)?$/i;
/** What the server takes for a number; JavaScript would take more. */
const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/**
 * `{columns, rows}`; a column has `name`, `texts`, `numbers` (NaN where there is none), `missing`,
 * `isNumeric`, `least`, `largest` and `firstOther`, the first text that is neither a number nor missing.
 */
export function parseCSV(text) {
  const lines = records(text.replace(/^\uFEFF/, ""));
  if (lines.length < 2) {
    throw new Problem({ title: "Not a series", detail: "This has no rows: a header row is needed, and rows below it." });
  }
  const names = lines.shift();
  const columns = names.map((name, index) => column(name, lines.map((line) => (line[index] ?? "").trim())));
  return { columns, rows: lines.length };
}

function column(name, texts) {
  const numbers = Float64Array.from(texts, (text) => (decimal.test(text) ? Number(text) : NaN));
  const others = texts.filter((text, row) => Number.isNaN(numbers[row]));
  const gaps = others.filter((text) => missing.test(text)).length;
  const isNumeric = gaps < texts.length && gaps === others.length;
  let [least, largest] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > largest) largest = number;
  }
  return { name, texts, numbers, missing: gaps, isNumeric, least, largest, firstOther: others.find((text) => !missing.test(text)) };
}

/** The one of comma, semicolon and tab that the first line has most of, outside of quotes. */
function delimiterOf(text) {
  const line = /^([^"\n]+|"[^"]*")*/.exec(text)[0].replace(/"[^"]*"/g, "");
  const times = (character) => line.split(character).length;
  return [",", ";", "\t"].reduce((best, other) => (times(other) > times(best) ? other : best));
}

/** A line without anything is a row, whose one cell is missing, unless it stands at the end. */
function records(whole) {
  const text = whole.replace(/[\r\n]+$/, "");
  if (text === "") return [];
  const delimiter = delimiterOf(text);
  if (!text.includes('"')) return text.split(/\r?\n/).map((line) => line.split(delimiter));
  const all = [];
  let record = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') cell += text[++i];
      else isQuoted = false;
    } else if (character === '"' && cell === "") isQuoted = true;
    else if (character === delimiter) {
      record.push(cell);
      cell = "";
    } else if (character === "\n" || (character === "\r" && text[i + 1] === "\n")) {
      if (character === "\r") i++;
      all.push([...record, cell]);
      record = [];
      cell = "";
    } else cell += character;
  }
  return [...all, [...record, cell]];
}
