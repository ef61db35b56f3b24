// The form of the settings: its fields, their values, and messages at the fields that are wrong.

import { byId, el, setVisible } from "./dom.js";
import { choicesOf, fields, groups } from "./settings.js";

const form = () => byId("settings");
const inputOf = (name) => form().elements[name];
const idOf = (name) => `setting-${name.replace(".", "-")}`;

/** The values that the page has set, from which those that the user has set differ. */
let preset = {};

/** Makes the fields: those without a title are shown, the others in a details element. */
export function makeForm() {
  const inputs = [...fields.values()];
  byId("basic-settings").replaceChildren(...inputs.filter((field) => field.isBasic).map(fieldNode));
  byId("other-settings").replaceChildren(...groups.filter((group) => group.title).map((group) =>
    el(
      "fieldset", {}, el("legend", {}, group.title),
      el("div", { class: "fields" }, group.fields.map((field) =>
        fieldNode(fields.get(group.member ? `${group.member}.${field.name}` : field.name)))))));
  setFormValues({ model: "model" });
}

function fieldNode(field) {
  const id = idOf(field.name);
  const attributes = {
    id, name: field.name, "aria-describedby": `${id}-help ${id}-problem`, autocomplete: "off",
  };
  return el(
    "div", { class: `field field-${field.kind}` }, el("label", { for: id }, field.label),
    inputNode(field, attributes),
    el("p", { class: "help", id: `${id}-help` }, field.help),
    el("p", { class: "field-problem", id: `${id}-problem` }));
}

function inputNode(field, attributes) {
  if (field.kind === "choice") {
    return el("select", attributes, choicesOf(field).map(([value, text]) => el("option", { value }, text)));
  }
  if (field.kind === "layers") return el("textarea", { ...attributes, rows: "7", spellcheck: "false" });
  const mode = { integer: "numeric", number: "decimal" }[field.kind];
  return el("input", { ...attributes, inputmode: mode, placeholder: field.standard, spellcheck: "false" });
}

/** The texts of all fields by their names. */
export const formValues = () =>
  Object.fromEntries([...fields.keys()].map((name) => [name, inputOf(name).value.trim()]));

/** Sets fields. `isPreset` says whether these are the page's values for new data: others become empty. */
export function setFormValues(values, isPreset = true) {
  const cleared = isPreset ? Object.fromEntries([...fields.keys()].map((name) => [name, ""])) : {};
  for (const [name, value] of Object.entries({ ...cleared, ...values })) {
    if (!fields.has(name)) continue;
    const input = inputOf(name);
    input.value = String(value);
    // A choice has no empty value unless its default has no name.
    if (input.tagName === "SELECT" && input.selectedIndex < 0) input.selectedIndex = 0;
  }
  if (isPreset) preset = formValues();
}

/** The values that differ from those that the page has set. */
export const changedValues = () =>
  Object.fromEntries(Object.entries(formValues()).filter(([name, value]) => value !== preset[name]));

/** Shows the fields that apply, and the groups with such fields. A choice that is the default is grey. */
export function showApplicable(values) {
  for (const [name, field] of fields) {
    const input = inputOf(name);
    setVisible(input.closest(".field"), field.applies(values));
    input.classList.toggle("is-default", input.selectedIndex === 0 && !field.isBasic);
  }
  for (const group of byId("other-settings").querySelectorAll("fieldset")) {
    setVisible(group, group.querySelector(".field:not([hidden])") !== null);
  }
}

/** Sets the text that an empty field shows. */
export function setPlaceholder(name, text) {
  inputOf(name).placeholder = text;
}

/** Shows messages at fields, by their names, and removes those of others. */
export function showFieldErrors(errors) {
  for (const name of fields.keys()) {
    const input = inputOf(name);
    const error = errors.get(name) ?? "";
    const place = byId(`${idOf(name)}-problem`);
    if (place.textContent !== error) place.textContent = error;
    if (error) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  if ([...errors.keys()].some((name) => fields.has(name) && !fields.get(name).isBasic)) {
    byId("more-settings").open = true;
  }
}
