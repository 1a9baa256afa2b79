"""Checks Kubernetes manifests on stdin against the schemas that kubernetes-validate carries: no cluster, no network."""

import sys

import kubernetes_validate
import yaml

# The oldest that has what the manifests use, and the newest that the package knows.
VERSIONS = ["1.29", kubernetes_validate.latest_version()]
# Of the Prometheus Operator: no schema of theirs comes with Kubernetes.
FOREIGN = "monitoring.coreos.com/"


def faults(manifest):
    """What is wrong with one manifest, a sentence for each version that refuses it."""
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            place = ".".join(str(part) for part in error.path)
            yield f"{name}, Kubernetes {version}, at {place}: {error.message}"


manifests = [manifest for manifest in yaml.safe_load_all(sys.stdin) if manifest]
ours = [manifest for manifest in manifests if not manifest["apiVersion"].startswith(FOREIGN)]
found = [fault for manifest in ours for fault in faults(manifest)]
print(f"{len(ours)} manifests against {' and '.join(VERSIONS)}, {len(manifests) - len(ours)} without a schema")
sys.exit("\n".join(found) or (0 if ours else "There is no manifest."))
