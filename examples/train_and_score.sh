#!/bin/sh
# Trains a model on one CSV file, scores another, prints its events and downloads the model. Needs curl and
# jq.
#
#   examples/train_and_score.sh normal.csv today.csv [model] [timesteps]
#
# Both files have a header row, an optional column of timestamps, and a column for each sensor;
# examples/pumps.py generates two. The server is http://127.0.0.1:8080, or REPRISE_URL; REPRISE_API_KEY is the
# key, if the server needs one.
set -eu

if [ $# -lt 2 ] || [ $# -gt 4 ]; then
    sed -n 's/^#   /usage: /p' "$0" >&2
    exit 64
fi
normal=$1 today=$2 model=${3:-pump} timesteps=${4:-24}
url=${REPRISE_URL:-http://127.0.0.1:8080}
name=$(jq -rn --arg name "$model" '$name | @uri')
response=$(mktemp)
trap 'rm -f "$response"' EXIT
for file in "$normal" "$today"; do
    [ -r "$file" ] || { echo "$0: cannot read $file" >&2; exit 66; }
done

# Prints the problem in a response.
print_problem() {
    jq -r '"\(.title): \(.detail)", (.hint // empty)' "$1" >&2 2>/dev/null || cat "$1" >&2
}

# api METHOD PATH [curl's options]: calls the server and stores the response in the file $response. curl reads
# the key from standard input, because every user of a machine can see the arguments of all processes.
api() {
    method=$1 path=$2
    shift 2
    status=$(
        if [ -n "${REPRISE_API_KEY:-}" ]; then
            printf 'header = "Authorization: Bearer %s"\n' "$REPRISE_API_KEY"
        fi |
            curl --config - --silent --show-error --request "$method" --output "$response" \
                --write-out '%{http_code}' "$@" "$url$path"
    )
    [ "$status" -lt 400 ] || { print_problem "$response"; exit 1; }
}

echo "training $model on $normal"
# The same request has the same key, so starting this twice finds the job that already runs.
options="model=$name&timesteps=$timesteps&units=32,8&epochs=50"
key=$(printf '%s' "$options" | cat - "$normal" | cksum | tr ' ' '-')
api POST "/train?$options" --data-binary "@$normal" \
    --header 'Content-Type: text/csv' --header 'Prefer: respond-async' --header "Idempotency-Key: $key"
job=$(jq -r .id "$response")

while true; do
    api GET "/jobs/$job"
    state=$(jq -r .state "$response")
    jq -r '"  \(.state), epoch \(.epoch) of \(.epochs), loss \(.loss // "-")"' "$response"
    case $state in queued | running) sleep 1 ;; *) break ;; esac
done
if [ "$state" != succeeded ]; then
    jq .problem "$response" >"$response.problem" && mv "$response.problem" "$response"
    print_problem "$response"
    exit 1
fi
jq -r '.result | "version \(.version), \(.parameters) parameters, \(.seconds) s"' "$response"

echo "scoring $today"
# An event has at least three rows; events that are at most ten rows apart are merged.
rule=$(jq -rn '{minimum_length: 3, merge_gap: 10} | tojson | @uri')
api POST "/score?model=$name&events=$rule" --data-binary "@$today" --header 'Content-Type: text/csv'
jq -r '.warnings[] | "  \(.level): \(.message)"' "$response"
jq -r '
    .events | "\(length) events", (.[] |
        "  \(.first_timestamp // .first_row) to \(.last_timestamp // .last_row)" +
        ", score up to \(.peak_score * 10 | round / 10)" +
        ", mainly \([.features[:2][] | "\(.name) (\(.share * 100 | round) %)"] | join(", "))")' "$response"

api GET "/models/$name/model.safetensors"
mv "$response" "$model.safetensors"
echo "the model is in $model.safetensors"
