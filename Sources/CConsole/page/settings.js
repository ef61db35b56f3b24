// The settings of a training: what each is called, its limits, and what the server uses by default.
// Names, limits and defaults are those of POST /train in openapi.yaml.

const maxSize = 1_048_576;
const activations = ["tanh", "relu", "sigmoid", "linear"];
const monitors = ["val_loss", "loss"];

/** The choices of the field "Detector": networks by their architecture, and detectors without a network. */
export const detectors = {
  autoencoder: "LSTM autoencoder", stacked: "Stacked LSTM", layers: "Custom layers",
  pca: "PCA", zscore: "z-scores", kmeans: "k-means",
};
export const isNetwork = ({ architecture }) => ["autoencoder", "stacked", "layers"].includes(architecture);
const startsAnew = (values) => values.warm_start === "";
const hasUnits = (values) => ["autoencoder", "stacked"].includes(values.architecture) && startsAnew(values);
const stopsEarly = (values) => isNetwork(values) && values.early_stopping === "true";
const reducesRate = (values) => isNetwork(values) && values.reduce_lr_on_plateau === "true";

/**
 * The fields in groups. `kind` is `text`, `integer`, `number`, `choice`, `units` or `layers`; an empty value
 * means the default, which `standard` names. `above` is an exclusive minimum. `applies` says for which values
 * of the form the field matters; others are neither shown nor sent.
 */
export const groups = [
  {
    title: null,
    fields: [
      { name: "model", label: "Name", kind: "text", help: "A training adds a version to this model." },
      {
        name: "architecture", label: "Detector", kind: "choice", choices: detectors,
        applies: startsAnew, help: "A network, or a detector without one.",
      },
      {
        name: "timesteps", label: "Timesteps (T)", kind: "integer", min: 1, max: maxSize,
        help: "Rows in a window: about one period of the signal.",
      },
      {
        name: "units", label: "Units", kind: "units", standard: "64, 32", applies: hasUnits,
        help: "Of the encoder's layers; the last is the size of the encoding.",
      },
      { name: "layers", label: "Layers (JSON)", kind: "layers", applies: ({ architecture, ...rest }) =>
        architecture === "layers" && startsAnew(rest) },
    ],
  },
  {
    title: "Windows and scaling",
    fields: [
      {
        name: "windowing", label: "Windowing", kind: "choice", choices: ["sliding", "temporalize"],
        help: "temporalize: the article's function.",
      },
      {
        name: "stride", label: "Stride", kind: "integer", min: 1, max: 2_147_483_647, standard: "1",
        applies: ({ windowing }) => windowing !== "temporalize", help: "Rows from one window to the next.",
      },
      {
        name: "scaling", label: "Scaling", kind: "choice", applies: startsAnew,
        choices: ["robust", "standard", "minmax", "none"],
        help: "robust: learned without outliers.",
      },
      {
        name: "outliers", label: "Outliers", kind: "choice", choices: ["", "exclude", "keep"],
        standard: "by the scaling", help: "Values such as -9999: leave their windows out, or keep them.",
      },
    ],
  },
  {
    title: "Network", applies: isNetwork,
    fields: [
      {
        name: "activation", label: "Activation", kind: "choice", choices: activations, applies: hasUnits,
        help: "Of the LSTM layers.",
      },
      {
        name: "recurrent_activation", label: "Recurrent activation", kind: "choice",
        choices: ["sigmoid", "hard_sigmoid"], applies: hasUnits, help: "Of the gates.",
      },
      {
        name: "warm_start", label: "Continue from", kind: "text", standard: "new weights",
        help: "A version of this model: its number, an alias or latest.",
      },
    ],
  },
  {
    title: "Fit", applies: isNetwork,
    fields: [
      {
        name: "epochs", label: "Epochs", kind: "integer", min: 1, max: 100_000, standard: "automatic",
        help: "At most 100, with early stopping if there are 100 windows.",
      },
      { name: "batch_size", label: "Batch size", kind: "integer", min: 1, max: 65_536, standard: "32" },
      {
        name: "learning_rate", label: "Learning rate", kind: "number", above: 0, max: 1e6, standard: "0.001",
      },
      { name: "loss", label: "Loss", kind: "choice", choices: ["mse", "mae", "huber"] },
      {
        name: "validation_split", label: "Validation split", kind: "number", min: 0, max: 0.99,
        standard: "automatic", help: "Share of the windows that only val_loss is computed from.",
      },
      {
        name: "clip_norm", label: "Clip norm", kind: "number", above: 0, max: 1e30, standard: "none",
        help: "Maximum of the norm of all gradients.",
      },
      { name: "shuffle", label: "Shuffle", kind: "choice", choices: ["true", "false"] },
      {
        name: "early_stopping", label: "Early stopping", kind: "choice", choices: ["", "true"],
        standard: "automatic",
      },
      {
        name: "reduce_lr_on_plateau", label: "Reduce rate on plateau", kind: "choice", choices: ["", "true"],
        standard: "no",
      },
    ],
  },
  {
    title: "Early stopping", applies: stopsEarly, member: "early_stopping",
    fields: [
      { name: "patience", label: "Patience", kind: "integer", min: 0, max: 1e6, standard: "0" },
      { name: "min_delta", label: "Minimum change", kind: "number", min: 0, max: 1e30, standard: "0" },
      { name: "monitor", label: "Monitor", kind: "choice", choices: monitors },
      {
        name: "restore_best_weights", label: "Restore best weights", kind: "choice",
        choices: ["false", "true"],
      },
    ],
  },
  {
    title: "Reduce rate on plateau", applies: reducesRate, member: "reduce_lr_on_plateau",
    fields: [
      { name: "patience", label: "Patience", kind: "integer", min: 0, max: 1e6, standard: "10" },
      { name: "factor", label: "Factor", kind: "number", above: 0, max: 0.999, standard: "0.1" },
      { name: "min_lr", label: "Minimum rate", kind: "number", min: 0, max: 1e6, standard: "0" },
      { name: "min_delta", label: "Minimum change", kind: "number", min: 0, max: 1e30, standard: "0.0001" },
      { name: "cooldown", label: "Cooldown", kind: "integer", min: 0, max: 1e6, standard: "0" },
      { name: "monitor", label: "Monitor", kind: "choice", choices: monitors },
    ],
  },
  {
    title: "Detection",
    fields: [
      {
        name: "error_kind", label: "Error", kind: "choice", standard: "automatic",
        choices: ["", "mse", "mae", "mahalanobis", "level_spread"],
        help: "What is scored; by default level_spread if there are enough windows.",
      },
      {
        name: "threshold_rule", label: "Threshold by", kind: "choice",
        choices: ["quantile", "sigmas", "threshold"],
        help: "A quantile of the calibration errors, standard deviations above their mean, or an error.",
      },
      {
        name: "threshold_value", label: "Quantile, sigmas or error", kind: "number", min: 0, standard: "0.99",
      },
      {
        name: "calibration_split", label: "Calibration split", kind: "number", min: 0, max: 0.9,
        standard: "0.2", help: "Share of the windows for the threshold alone, if at least 20.",
      },
    ],
  },
  {
    title: "Run",
    fields: [
      {
        name: "seed", label: "Seed", kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER, standard: "0",
        help: "The same seed gives the same weights.",
      },
      {
        name: "strict", label: "Strict", kind: "choice", choices: ["false", "true"],
        help: "Refuse data with warnings of the level error.",
      },
    ],
  },
];

/** The name of a field in the form: that of an object's member is `object.member`. */
const formName = (group, field) => (group.member ? `${group.member}.${field.name}` : field.name);

/** All fields by their name in the form, each with whether it applies for the values of a form. */
export const fields = new Map(groups.flatMap((group) => group.fields.map((field) => [
  formName(group, field), {
    ...field, name: formName(group, field), isBasic: group.title === null,
    applies: (values) => (group.applies?.(values) ?? true) && (field.applies?.(values) ?? true),
  },
])));

/** The values of a choice with their texts. The first is the default, which an empty value means. */
export function choicesOf({ choices, standard }) {
  const entries = Array.isArray(choices)
    ? choices.map((value) => [value, wordOf(value)]) : Object.entries(choices);
  return entries.map(([value, text]) => [value, value === "" ? standard : text]);
}

const wordOf = (value) => ({ true: "yes", false: "no" }[value] ?? value);
