#include "console.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// The files of this repository.
static const unsigned char page[] = {
#embed "page/index.html"
};
static const unsigned char style[] = {
#embed "page/style.css"
};
static const unsigned char icon[] = {
#embed "page/icon.svg"
};
static const unsigned char tour_css[] = {
#embed "page/tour.css"
};
static const unsigned char api_js[] = {
#embed "page/api.js"
};
static const unsigned char article_js[] = {
#embed "page/article.js"
};
static const unsigned char chartgroup_js[] = {
#embed "page/chartgroup.js"
};
static const unsigned char charts_js[] = {
#embed "page/charts.js"
};
static const unsigned char compare_js[] = {
#embed "page/compare.js"
};
static const unsigned char compareprogress_js[] = {
#embed "page/compareprogress.js"
};
static const unsigned char contributions_js[] = {
#embed "page/contributions.js"
};
static const unsigned char crosshair_js[] = {
#embed "page/crosshair.js"
};
static const unsigned char curl_js[] = {
#embed "page/curl.js"
};
static const unsigned char data_js[] = {
#embed "page/data.js"
};
static const unsigned char datacharts_js[] = {
#embed "page/datacharts.js"
};
static const unsigned char dataset_js[] = {
#embed "page/dataset.js"
};
static const unsigned char decode_js[] = {
#embed "page/decode.js"
};
static const unsigned char decoding_js[] = {
#embed "page/decoding.js"
};
static const unsigned char dom_js[] = {
#embed "page/dom.js"
};
static const unsigned char drawing_js[] = {
#embed "page/drawing.js"
};
static const unsigned char encodings_js[] = {
#embed "page/encodings.js"
};
static const unsigned char encodingtable_js[] = {
#embed "page/encodingtable.js"
};
static const unsigned char events_js[] = {
#embed "page/events.js"
};
static const unsigned char feedback_js[] = {
#embed "page/feedback.js"
};
static const unsigned char form_js[] = {
#embed "page/form.js"
};
static const unsigned char fragment_js[] = {
#embed "page/fragment.js"
};
static const unsigned char heatmap_js[] = {
#embed "page/heatmap.js"
};
static const unsigned char intake_js[] = {
#embed "page/intake.js"
};
static const unsigned char layers_js[] = {
#embed "page/layers.js"
};
static const unsigned char losscurve_js[] = {
#embed "page/losscurve.js"
};
static const unsigned char main_js[] = {
#embed "page/main.js"
};
static const unsigned char model_js[] = {
#embed "page/model.js"
};
static const unsigned char overview_js[] = {
#embed "page/overview.js"
};
static const unsigned char pca_js[] = {
#embed "page/pca.js"
};
static const unsigned char problems_js[] = {
#embed "page/problems.js"
};
static const unsigned char range_js[] = {
#embed "page/range.js"
};
static const unsigned char rangeview_js[] = {
#embed "page/rangeview.js"
};
static const unsigned char registry_js[] = {
#embed "page/registry.js"
};
static const unsigned char remedies_js[] = {
#embed "page/remedies.js"
};
static const unsigned char report_js[] = {
#embed "page/report.js"
};
static const unsigned char results_js[] = {
#embed "page/results.js"
};
static const unsigned char sampling_js[] = {
#embed "page/sampling.js"
};
static const unsigned char scatter_js[] = {
#embed "page/scatter.js"
};
static const unsigned char score_js[] = {
#embed "page/score.js"
};
static const unsigned char scorechart_js[] = {
#embed "page/scorechart.js"
};
static const unsigned char settings_js[] = {
#embed "page/settings.js"
};
static const unsigned char source_js[] = {
#embed "page/source.js"
};
static const unsigned char state_js[] = {
#embed "page/state.js"
};
static const unsigned char storage_js[] = {
#embed "page/storage.js"
};
static const unsigned char texts_js[] = {
#embed "page/texts.js"
};
static const unsigned char threshold_js[] = {
#embed "page/threshold.js"
};
static const unsigned char tour_js[] = {
#embed "page/tour.js"
};
static const unsigned char train_js[] = {
#embed "page/train.js"
};
static const unsigned char trust_js[] = {
#embed "page/trust.js"
};
static const unsigned char upload_js[] = {
#embed "page/upload.js"
};
static const unsigned char validation_js[] = {
#embed "page/validation.js"
};
static const unsigned char verdict_js[] = {
#embed "page/verdict.js"
};
static const unsigned char versions_js[] = {
#embed "page/versions.js"
};
static const unsigned char views_js[] = {
#embed "page/views.js"
};
static const unsigned char windows_js[] = {
#embed "page/windows.js"
};
static const unsigned char worker_js[] = {
#embed "page/worker.js"
};

// From Debian's package libjs-dygraphs, which `scripts/setup` installs. The script links to its licence.
static const unsigned char dygraph_js[] = {
#embed "/usr/share/javascript/dygraphs/dygraph.min.js"
};
static const unsigned char dygraph_css[] = {
#embed "/usr/share/javascript/dygraphs/dygraph.css"
};

#define FILE(path, bytes) {path, bytes, sizeof bytes}

static const console_file files[] = {
    FILE("/", page),
    FILE("/console/style.css", style),
    FILE("/console/tour.css", tour_css),
    FILE("/console/icon.svg", icon),
    FILE("/console/api.js", api_js),
    FILE("/console/article.js", article_js),
    FILE("/console/chartgroup.js", chartgroup_js),
    FILE("/console/charts.js", charts_js),
    FILE("/console/compare.js", compare_js),
    FILE("/console/compareprogress.js", compareprogress_js),
    FILE("/console/contributions.js", contributions_js),
    FILE("/console/crosshair.js", crosshair_js),
    FILE("/console/curl.js", curl_js),
    FILE("/console/data.js", data_js),
    FILE("/console/datacharts.js", datacharts_js),
    FILE("/console/dataset.js", dataset_js),
    FILE("/console/decode.js", decode_js),
    FILE("/console/decoding.js", decoding_js),
    FILE("/console/dom.js", dom_js),
    FILE("/console/drawing.js", drawing_js),
    FILE("/console/encodings.js", encodings_js),
    FILE("/console/encodingtable.js", encodingtable_js),
    FILE("/console/events.js", events_js),
    FILE("/console/feedback.js", feedback_js),
    FILE("/console/form.js", form_js),
    FILE("/console/fragment.js", fragment_js),
    FILE("/console/heatmap.js", heatmap_js),
    FILE("/console/intake.js", intake_js),
    FILE("/console/layers.js", layers_js),
    FILE("/console/losscurve.js", losscurve_js),
    FILE("/console/main.js", main_js),
    FILE("/console/model.js", model_js),
    FILE("/console/overview.js", overview_js),
    FILE("/console/pca.js", pca_js),
    FILE("/console/problems.js", problems_js),
    FILE("/console/range.js", range_js),
    FILE("/console/rangeview.js", rangeview_js),
    FILE("/console/registry.js", registry_js),
    FILE("/console/remedies.js", remedies_js),
    FILE("/console/report.js", report_js),
    FILE("/console/results.js", results_js),
    FILE("/console/sampling.js", sampling_js),
    FILE("/console/scatter.js", scatter_js),
    FILE("/console/score.js", score_js),
    FILE("/console/scorechart.js", scorechart_js),
    FILE("/console/settings.js", settings_js),
    FILE("/console/source.js", source_js),
    FILE("/console/state.js", state_js),
    FILE("/console/storage.js", storage_js),
    FILE("/console/texts.js", texts_js),
    FILE("/console/threshold.js", threshold_js),
    FILE("/console/tour.js", tour_js),
    FILE("/console/train.js", train_js),
    FILE("/console/trust.js", trust_js),
    FILE("/console/upload.js", upload_js),
    FILE("/console/validation.js", validation_js),
    FILE("/console/verdict.js", verdict_js),
    FILE("/console/versions.js", versions_js),
    FILE("/console/views.js", views_js),
    FILE("/console/windows.js", windows_js),
    FILE("/console/worker.js", worker_js),
    FILE("/console/dygraph.js", dygraph_js),
    FILE("/console/dygraph.css", dygraph_css),
};

const console_file *console_files(size_t *count) {
    *count = sizeof files / sizeof files[0];
    return files;
}
