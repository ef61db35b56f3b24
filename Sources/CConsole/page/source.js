// The data that the user has loaded: their bytes, which are sent as they are, and the options with which the
// server reads them.

/** The roles of columns that the user can choose. `difference` is a feature whose differences are used. */
export const roleNames = {
  feature: "Feature", difference: "Feature (differences)", timestamp: "Timestamp", label: "Anomaly label",
  recording: "Recording", ignored: "Ignored",
};

/** The media type of a file by the end of its name; CSV by default. */
const mediaTypes = { npy: "application/x-npy", json: "application/json" };

/** The media type of data by their first bytes, or else by the name of their file. */
function mediaTypeOf(name, start) {
  if (start.startsWith("\x93NUMPY")) return "application/x-npy";
  if (/^(\xEF\xBB\xBF)?\s*\{\s*"/.test(start)) return "application/json";
  const [, extension] = /\.([a-z]+)(\.gz)?$/i.exec(name) ?? [];
  return mediaTypes[extension?.toLowerCase()] ?? "text/csv";
}

/** The longest text that a curl command contains; longer data are read from a file. */
const maxInlineLength = 2000;

/** The options that give a role to one column, with the role. */
const rolesOfOptions = {
  ignore: "ignored", difference: "difference", exclude: "label", timestamp: "timestamp",
  recording: "recording",
};

export class Source {
  /**
   * `body` is a text or a blob. `isFile` says whether the user has a file of this name. `start` is the first
   * bytes, each as a character.
   */
  constructor(name, body, { isFile = false, start = "" } = {}) {
    const mediaType = mediaTypeOf(name, start);
    Object.assign(this, { name, body, isFile, mediaType });
    /** What the user has chosen: `charset`, `missing`, and the options of `query`. */
    this.options = {};
    /** The roles that the user has chosen, by the names of columns. */
    this.roles = new Map();
    /** The roles that the server has found without a choice of the user, by the names of columns. */
    this.foundRoles = new Map();
    this.hasMissing = false;
    /** The columns of the latest report. */
    this.columns = [];
  }

  get isCSV() {
    return this.mediaType === "text/csv";
  }

  /** Whether options give the rows another order or number than they were sent in. */
  get reordersRows() {
    return ["order", "duplicates", "interval"].some((option) => option in this.options);
  }

  /** The same data, read row by row as they were sent. */
  get asSent() {
    const { order, duplicates, interval, aggregate, ...options } = this.options;
    const { roles, foundRoles } = this;
    return Object.assign(new Source(this.name, this.body, this), {
      mediaType: this.mediaType, options, roles, foundRoles,
    });
  }

  /** Takes over what a response of `POST /inspect` says about the columns. */
  update({ columns }) {
    const namesFeatures = this.namesFeatures;
    for (const { name, role } of columns) {
      if (!this.roles.has(name) && !namesFeatures) this.foundRoles.set(name, role);
    }
    this.hasMissing = columns.some((column) => column.missing > 0);
    this.columns = columns;
  }

  /** The columns with the roles that were chosen or found, of data that the server refuses at present. */
  get refusedColumns() {
    return this.columns.map(({ name }) => ({ name, role: this.foundRoles.get(name) ?? "feature" }));
  }

  setRole(name, role) {
    const found = this.foundRoles.get(name) ?? "feature";
    // Only one column can have each of these roles.
    if (["timestamp", "label", "recording"].includes(role)) {
      for (const other of this.columnsWithRole(role)) this.roles.delete(other);
    }
    if (role === found) this.roles.delete(name);
    else this.roles.set(name, role);
  }

  /** Sets an option of the server to a value: a role of one column, or a word. An empty value removes it. */
  apply(option, value) {
    if (option in rolesOfOptions) this.setRole(value, rolesOfOptions[option]);
    else if (value === "") delete this.options[option];
    else this.options[option] = value;
  }

  /** Whether an option has a value. */
  has(option, value) {
    if (option === "missing") return this.missingRule === value;
    return option in rolesOfOptions
      ? this.roles.get(value) === rolesOfOptions[option] : this.options[option] === value;
  }

  /** Makes features of the columns with these names, unless they are. Returns whether any role changed. */
  releaseFeatures(names) {
    return (names ?? []).filter((name) => this.roles.delete(name)).length > 0;
  }

  /** The names of the columns that the user has given a role. */
  columnsWithRole(role) {
    return [...this.roles].filter(([, chosen]) => chosen === role).map(([name]) => name);
  }

  /** What is done about missing values: the choice of the user, or interpolation if there are any. */
  get missingRule() {
    return this.options.missing ?? (this.hasMissing ? "linear" : "error");
  }

  /** Whether the features have to be named, because one of them has another role by itself. */
  get namesFeatures() {
    return [...this.roles].some(([name, role]) =>
      ["feature", "difference"].includes(role) && (this.foundRoles.get(name) ?? "feature") !== "feature");
  }

  /** Query parameters; `label` and `model` are those of `request`. */
  query({ label, model }) {
    const known = new Set(model?.feature_names);
    const withRole = (role) => this.columnsWithRole(role).filter((name) => !known.has(name));
    const pairs = [];
    // A model has features and differences of its own.
    if (!model && this.namesFeatures) {
      const features = [...new Set([...this.foundRoles.keys(), ...this.roles.keys()])].filter((name) =>
        ["feature", "difference"].includes(this.roles.get(name) ?? this.foundRoles.get(name)));
      pairs.push(["columns", nameList(features)]);
    }
    const ignored = [...withRole("ignored"), ...(label ? [] : withRole("label"))];
    if (ignored.length) pairs.push(["ignore", nameList(ignored)]);
    const differences = model ? [] : withRole("difference");
    if (differences.length) pairs.push(["difference", nameList(differences)]);
    const parameters = { timestamp: "timestamp", recording: "recording", label };
    for (const [role, parameter] of Object.entries(parameters)) {
      const [name] = withRole(role);
      if (name !== undefined && parameter) pairs.push([parameter, name]);
    }
    const { header, order, duplicates, interval, max_gap, aggregate } = this.options;
    // A model that was trained on resampled rows resamples others as it needs them.
    const resampling = interval === undefined || model?.interval ? {} : { interval, aggregate };
    for (const [name, value] of Object.entries({ header, order, duplicates, ...resampling, max_gap })) {
      if (value !== undefined) pairs.push([name, value]);
    }
    return pairs;
  }

  /**
   * A request that sends the data. `query` are further parameters, as pairs. `label` is the parameter of the
   * operation for the column of labels, if it has one. `model` is the version that the data are for.
   */
  request(path, query, { label = null, model = null, fillsMissing = true, accept } = {}) {
    const version = model ? [["model", model.model], ["version", model.version]] : [];
    const { charset } = this.options;
    const isInline = typeof this.body === "string" && this.body.length <= maxInlineLength;
    const missing = fillsMissing && this.missingRule !== "error" ? [["missing", this.missingRule]] : [];
    return {
      method: "POST", path, query: [...version, ...query, ...this.query({ label, model }), ...missing],
      body: this.body, file: this.isFile || !isInline ? this.name : null,
      contentType: charset ? `${this.mediaType}; charset=${charset}` : this.mediaType, accept,
    };
  }
}

/** Names of columns as a query parameter: separated by commas, or as JSON if a name needs that. */
function nameList(names) {
  return names.some((name) => /[,[\]"]/.test(name)) ? JSON.stringify(names) : names.join(",");
}

/** What an option does, for the button that sets it. */
export function optionText(option, value) {
  const texts = {
    ignore: `Ignore “${value}”`, difference: `Use the differences of “${value}”`,
    exclude: `Use “${value}” as labels`, timestamp: `Use “${value}” as timestamps`,
    recording: `Use “${value}” as recordings`,
    header: value === "false" ? "The first row is data" : "The first row has the names",
    charset: `Read as ${value}`, order: "Sort the rows by time",
    duplicates: value === "last" ? "Keep the last row of each time" : "Take the mean of rows of one time",
    interval: `Resample to a row every ${value}`, missing: "Interpolate missing values",
    timesteps: `Use windows of ${value} timesteps`, scaling: `Use the scaling ${value}`,
    outliers: "Leave outliers out of training", max_gap: "Let windows span the gaps",
  };
  return texts[option] ?? "Apply";
}
