// Parses CSV for the charts and for suggesting roles of columns.
//
// This parser re-implements the CSV rules of the server and differs from them in details: for example, it
// pads short rows and accepts stray quotes, which the server rejects.

import { Problem } from "./api.js";

const missingValue = /^(nan|na|null)?$/i;
/**
 * The decimal numbers that the server accepts; `Number()` alone also accepts hexadecimal numbers and
 * "Infinity".
 */
const decimalNumber = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/**
 * `{columns, rows}`, where `rows` is the number of data rows. A column has `name`, `texts`, `numbers` (NaN
 * where a cell is not a number), `missing` (the number of missing values), `isNumeric`, `minimum`, `maximum`
 * and `firstInvalid`, the first text that is neither a number nor a missing value.
 */
export function parseCSV(text) {
  const records = parseRecords(text.replace(/^\uFEFF/, ""));
  if (records.length < 2) {
    throw new Problem({
      title: "No data rows",
      detail: "The text has no data rows. It needs a header row and at least one row below it.",
    });
  }
  const names = records.shift();
  const columns = names.map((name, index) =>
    parseColumn(name, records.map((record) => (record[index] ?? "").trim())));
  return { columns, rows: records.length };
}

function parseColumn(name, texts) {
  const numbers = Float64Array.from(texts, (text) => (decimalNumber.test(text) ? Number(text) : NaN));
  const nonNumbers = texts.filter((text, row) => Number.isNaN(numbers[row]));
  const missing = nonNumbers.filter((text) => missingValue.test(text)).length;
  const isNumeric = missing < texts.length && missing === nonNumbers.length;
  const firstInvalid = nonNumbers.find((text) => !missingValue.test(text));
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (number < minimum) minimum = number;
    if (number > maximum) maximum = number;
  }
  return { name, texts, numbers, missing, isNumeric, minimum, maximum, firstInvalid };
}

/** The most frequent of comma, semicolon and tab in the first line, outside quotes. */
function delimiterOf(text) {
  const line = /^([^"\n]+|"[^"]*")*/.exec(text)[0].replace(/"[^"]*"/g, "");
  const countOf = (character) => line.split(character).length;
  return [",", ";", "\t"].reduce((best, other) => (countOf(other) > countOf(best) ? other : best));
}

/** The cells of each row. An empty line is a row with one missing value, except at the end of the text. */
function parseRecords(document) {
  const text = document.replace(/[\r\n]+$/, "");
  if (text === "") return [];
  const delimiter = delimiterOf(text);
  if (!text.includes('"')) return text.split(/\r?\n/).map((line) => line.split(delimiter));
  const records = [];
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
      records.push([...record, cell]);
      record = [];
      cell = "";
    } else cell += character;
  }
  return [...records, [...record, cell]];
}
