// CSV for plotting. The server reads the same text by itself, and its judgement is the one that counts.

import { Problem } from "./api.js";

const missing = new Set(["", "nan", "na", "null"]);

/**
 * `{columns, rows}`; a column has `name`, `texts`, `numbers` (NaN where there is none), `missing`,
 * `isNumeric`, `least` and `largest`.
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
  const numbers = Float64Array.from(texts, (text) => (missing.has(text.toLowerCase()) ? NaN : Number(text)));
  const gaps = texts.filter((text) => missing.has(text.toLowerCase())).length;
  const isNumeric = gaps < texts.length && numbers.every((number, row) =>
    !Number.isNaN(number) || missing.has(texts[row].toLowerCase()));
  let [least, largest] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > largest) largest = number;
  }
  return { name, texts, numbers, missing: gaps, isNumeric, least, largest };
}

/** The one of comma, semicolon and tab that the first line has most of. */
function delimiterOf(text) {
  const line = text.slice(0, text.search(/\r|\n|$/));
  const times = (character) => line.split(character).length;
  return [",", ";", "\t"].reduce((best, other) => (times(other) > times(best) ? other : best));
}

function records(text) {
  const delimiter = delimiterOf(text);
  if (!text.includes('"')) {
    return text.split(/\r\n|\n|\r/).filter((line) => line !== "").map((line) => line.split(delimiter));
  }
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
    } else if (character === '"') isQuoted = true;
    else if (character === delimiter) {
      record.push(cell);
      cell = "";
    } else if (character === "\n" || character === "\r") {
      if (record.length || cell !== "") all.push([...record, cell]);
      record = [];
      cell = "";
    } else cell += character;
  }
  if (record.length || cell !== "") all.push([...record, cell]);
  return all;
}
