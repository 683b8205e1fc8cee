#!/bin/bash
# The server with curl alone: who computes embeddings elsewhere needs no library.
#
#   PRIVID_URL=http://127.0.0.1:8080 PRIVID_API_KEY=pv_... rest.sh EMBEDDING.json
#
# EMBEDDING.json is a list of 128 numbers of unit length (embedding model 14).
set -euo pipefail
: "${PRIVID_URL:?}" "${PRIVID_API_KEY:?}"
embedding=$(cat "${1:?a file with an embedding}")

call() { # PATH BODY
    curl --silent --show-error --fail-with-body -H "x-api-key: $PRIVID_API_KEY" \
        -H 'content-type: application/json' --data "$2" "$PRIVID_URL/$1"
    echo
}

call FACE3_4/enroll "{\"embedding_model\": 14, \"embedding\": $embedding}" | tee enrolled.json
call FACE3_4/predict "{\"embedding_model\": 14, \"embedding\": $embedding}"
puid=$(sed -n 's/.*"puid": *"\([^"]*\)".*/\1/p' enrolled.json)
call FACE3_4/deleteUser "{\"puid\": \"$puid\"}"
