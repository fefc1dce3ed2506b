#!/bin/sh
# Ask the assistant with curl: sh rest_client.sh https://jobs.example.org "question". Prints the replies as JSON.
set -eu
service=${1:?address of the service}
question=${2:?a question}
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

begun=$(curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused --json '{"language": "en"}' "$service/api/v1/conversations")
id=$(printf %s "$begun" | field id)
token=$(printf %s "$begun" | field token)
body=$(python3 -c 'import json, sys; print(json.dumps({"text": sys.argv[1], "client_message_id": sys.argv[2]}))' "$question" "$(date +%s)-$$")
# The same client_message_id may be sent again as often as needed: it is answered once.
curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused --json "$body" --header "Authorization: Bearer $token" \
  "$service/api/v1/conversations/$id/messages?wait=20"
