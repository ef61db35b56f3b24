#!/bin/sh
# Trains a model on one CSV file, scores another, prints the events in it and takes the model away. Needs curl and jq.
#
#   examples/train_and_score.sh normal.csv today.csv [model] [timesteps]
#
# Both files have a header row, a column of timestamps if there is one, and a column for each sensor; examples/pumps.py makes
# two to try it with. The server is http://127.0.0.1:8080, or REPRISE_URL; REPRISE_API_KEY is the key, where one is needed.
set -eu

if [ $# -lt 2 ] || [ $# -gt 4 ]; then
    sed -n 's/^#   /usage: /p' "$0" >&2
    exit 64
fi
normal=$1 today=$2 model=${3:-pump} timesteps=${4:-24}
url=${REPRISE_URL:-http://127.0.0.1:8080}
name=$(jq -rn --arg name "$model" '$name | @uri')
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
for file in "$normal" "$today"; do
    [ -r "$file" ] || { echo "$0: can't read $file" >&2; exit 66; }
done

# What an answer says that is a problem.
complain() {
    jq -r '"\(.title): \(.detail)", (.hint // empty)' "$1" >&2 2>/dev/null || cat "$1" >&2
}

# api METHOD PATH [curl's options]: calls the server; the answer is in the file $answer. The key goes to curl over standard
# input, because every user of a machine sees the arguments of all processes.
api() {
    method=$1 path=$2
    shift 2
    status=$(
        if [ -n "${REPRISE_API_KEY:-}" ]; then printf 'header = "Authorization: Bearer %s"\n' "$REPRISE_API_KEY"; fi |
            curl --config - --silent --show-error --request "$method" --output "$answer" --write-out '%{http_code}' \
                "$@" "$url$path"
    )
    [ "$status" -lt 400 ] || { complain "$answer"; exit 1; }
}

echo "training $model on $normal"
# The same key for the same request: who starts this twice gets the job that runs already.
options="model=$name&timesteps=$timesteps&units=32,8&epochs=50"
key=$(printf '%s' "$options" | cat - "$normal" | cksum | tr ' ' '-')
api POST "/train?$options" --data-binary "@$normal" \
    --header 'Content-Type: text/csv' --header 'Prefer: respond-async' --header "Idempotency-Key: $key"
job=$(jq -r .id "$answer")

while true; do
    api GET "/jobs/$job"
    state=$(jq -r .state "$answer")
    jq -r '"  \(.state), epoch \(.epoch) of \(.epochs), loss \(.loss // "-")"' "$answer"
    case $state in queued | running) sleep 1 ;; *) break ;; esac
done
if [ "$state" != succeeded ]; then
    jq .problem "$answer" >"$answer.problem" && mv "$answer.problem" "$answer"
    complain "$answer"
    exit 1
fi
jq -r '.result | "version \(.version), \(.parameters) parameters, \(.seconds) s"' "$answer"

echo "scoring $today"
# Three rows and more are an event, and two with ten rows or fewer between them are one.
rule=$(jq -rn '{minimum_length: 3, merge_gap: 10} | tojson | @uri')
api POST "/score?model=$name&events=$rule" --data-binary "@$today" --header 'Content-Type: text/csv'
jq -r '.warnings[] | "  warning: \(.)"' "$answer"
jq -r '
    .events | "\(length) events", (.[] |
        "  \(.first_timestamp // .first_row) to \(.last_timestamp // .last_row)" +
        ", score up to \(.peak_score * 10 | round / 10)" +
        ", most of it in \([.features[:2][] | "\(.name) (\(.share * 100 | round) %)"] | join(", "))")' "$answer"

api GET "/models/$name/model.safetensors"
mv "$answer" "$model.safetensors"
echo "the model is in $model.safetensors"
