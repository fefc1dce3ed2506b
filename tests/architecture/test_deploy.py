"""What is deployed: manifests that their own schemas accept, settings and paths that exist, nobody as user, no secret, no open door."""

from __future__ import annotations

import copy
import importlib.metadata
import importlib.util
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from app.settings import PREFIX, Settings
from tests.doubles.deployment import DEPLOY, EXAMPLE, compose, container, objects, of_kind, stages

SLOW = pytest.mark.slow  # left to `make test`: other versions, what takes most of a second
VERSIONS = ("1.33", pytest.param("1.30", marks=SLOW), pytest.param("1.36", marks=SLOW))
OURS = ("gateway", "rasa", "actions")
WORKLOADS = ("Deployment", "Job")
SECRET_LIKE = re.compile(r"(TOKEN|PASSWORD|SECRET|KEYS?|DATABASE_URL|TRACKER_URL)$")


def refused(every: list[dict[str, Any]], version: str) -> list[str]:
    """What Kubernetes' own schemas do not accept; unknown fields are refused, too."""
    problems: list[str] = []
    for each in every:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                kubernetes_validate.validate(each, version, strict=True)
        except kubernetes_validate.ValidationError as problem:
            problems.append(f"{each['kind']} {each['metadata']['name']}: {problem.message}")
    return problems


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_accepts_the_manifests(version: str) -> None:
    every = objects()
    assert len(every) > 15
    assert refused(every, version) == []


@pytest.mark.parametrize(
    "breaking",
    [
        lambda made: made["spec"].update(replicas="two"),
        lambda made: made["spec"].pop("selector"),
        lambda made: made["spec"]["template"]["spec"].update(restartPolice="Always"),
        lambda made: container_of(made)["ports"][0].update(containerPort="http"),
        lambda made: container_of(made)["livenessProbe"]["httpGet"].pop("port"),
    ],
)
def test_a_broken_manifest_is_refused(breaking: Callable[[dict[str, Any]], Any]) -> None:
    broken = copy.deepcopy(of_kind(objects(), "Deployment")[0])
    breaking(broken)
    assert len(refused([broken], "1.33")) == 1


def container_of(workload: dict[str, Any]) -> dict[str, Any]:
    """Its container, to be changed."""
    made: dict[str, Any] = workload["spec"]["template"]["spec"]["containers"][0]
    return made


# -- what the schemas do not know -----------------------------------------------------------------------------------------


def incoherent(every: list[dict[str, Any]]) -> list[str]:
    """References between objects that lead nowhere."""
    problems: list[str] = []
    workloads = of_kind(every, *WORKLOADS)
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in workloads]
    names = {each["metadata"]["name"] for each in every}
    keys = set(next(each for each in every if each["kind"] == "Secret")["stringData"])
    services = {each["metadata"]["name"]: each for each in of_kind(every, "Service")}
    for each in workloads:
        ports = {port["name"] for port in container(each).get("ports", [])}
        probes = [
            container(each)[name]
            for name in ("startupProbe", "livenessProbe", "readinessProbe")
            if name in container(each)
        ]
        name = each["metadata"]["name"]
        problems += [
            f"{name}: a probe asks port {probe['httpGet']['port']}"
            for probe in probes
            if probe["httpGet"]["port"] not in ports
        ]
        if each["kind"] == "Deployment" and len(probes) != 3:
            problems.append(f"{name}: needs startup, liveness and readiness probes")
        for variable in container(each)["env"]:
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            if reference and (reference["name"] not in names or reference["key"] not in keys):
                problems.append(f"{name}: no secret holds {reference['key']}")
            if SECRET_LIKE.search(variable["name"]) and not reference:
                problems.append(f"{name}: {variable['name']} stands in clear")
    for each in of_kind(every, "Service", "PodDisruptionBudget", "NetworkPolicy"):
        spec = each["spec"]
        wanted = spec.get("podSelector", spec.get("selector", {}))
        wanted = wanted.get("matchLabels", wanted)
        if not wanted or not any(wanted.items() <= found.items() for found in labels):
            problems.append(f"{each['kind']} {each['metadata']['name']}: selects nothing")
    for name, service in services.items():
        pods = [
            each
            for each in workloads
            if service["spec"]["selector"].items() <= each["spec"]["template"]["metadata"]["labels"].items()
        ]
        open_ports = {
            (port["name"], port["containerPort"]) for each in pods for port in container(each).get("ports", [])
        }
        problems += [f"Service {name}: no pod listens at {port['name']}" for port in service["spec"]["ports"]
                     if (port["targetPort"], port["port"]) not in open_ports]  # fmt: skip
    for ingress in of_kind(every, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                if backend["name"] != "gateway" or backend["port"]["name"] != "http":
                    problems.append(f"Ingress: {backend['name']} is not for people")
    return problems


def unguarded(every: list[dict[str, Any]]) -> list[str]:
    """Containers that may do more than they need."""
    problems: list[str] = []
    for each in of_kind(every, *WORKLOADS):
        name, pod, made = each["metadata"]["name"], each["spec"]["template"]["spec"], container(each)
        own = made.get("securityContext", {})
        good = {
            "runs as root": pod.get("securityContext", {}).get("runAsNonRoot") is True,
            "has no seccomp profile": pod.get("securityContext", {}).get("seccompProfile")
            == {"type": "RuntimeDefault"},
            "may gain privileges": own.get("allowPrivilegeEscalation") is False,
            "has capabilities": own.get("capabilities") == {"drop": ["ALL"]},
            "may write to its image": own.get("readOnlyRootFilesystem") is True,
            "holds a token of the cluster": pod.get("automountServiceAccountToken") is False,
            "has no memory limit": "memory" in made.get("resources", {}).get("limits", {}),
            "asks for no CPU": "cpu" in made.get("resources", {}).get("requests", {}),
            "has no fixed version": bool(re.search(r":\d+\.\d+\.\d+$", made["image"])),
        }
        problems += [f"{name}: {what}" for what, fine in good.items() if not fine]
    return problems


def callers(every: list[dict[str, Any]], name: str) -> set[str]:
    """Whom the network policy of a part lets in: names of parts, "namespace X", "anybody"."""
    [policy] = [each for each in of_kind(every, "NetworkPolicy") if each["metadata"]["name"] == name]
    found: set[str] = set()
    for rule in policy["spec"]["ingress"]:
        if not rule.get("from"):
            found.add("anybody")
        for peer in rule.get("from", []):
            if "podSelector" in peer:
                found.add(peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"])
            elif "namespaceSelector" in peer:
                found.add("namespace " + peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"])
            else:
                found.add("anybody")
    return found


def test_everything_that_is_named_is_there() -> None:
    assert incoherent(objects()) == []


def test_containers_may_do_no_more_than_they_need() -> None:
    assert len(of_kind(objects(), *WORKLOADS)) == 4
    assert unguarded(objects()) == []


def test_nobody_but_who_must_gets_in() -> None:
    every = objects()
    [default] = [each for each in of_kind(every, "NetworkPolicy") if each["metadata"]["name"] == "jobseeker-nobody"]
    assert default["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(default["spec"])
    assert callers(every, "rasa") == {"gateway"}
    assert callers(every, "actions") == {"rasa", "gateway"}
    assert callers(every, "gateway") == {"namespace ingress-nginx", "namespace monitoring"}
    assert callers(every, "migrate") == set()


def test_the_gateway_alone_has_the_keys() -> None:
    """docs/adr/0043: nothing that the others read is sealed."""
    keys = "JOBSEEKER_ENCRYPTION_KEYS"
    workloads = of_kind(objects(), *WORKLOADS)
    holders = [
        each["metadata"]["name"] for each in workloads if keys in {one["name"] for one in container(each)["env"]}
    ]
    assert holders == ["gateway"]
    assert [name for name, each in compose()["services"].items() if keys in (each.get("environment") or {})] == holders


@SLOW
def test_what_leads_nowhere_or_is_unguarded_would_be_found() -> None:
    def changed(change: Callable[[dict[str, dict[str, Any]]], Any]) -> list[dict[str, Any]]:
        made = copy.deepcopy(objects())
        change({f"{each['kind']}/{each['metadata']['name']}": each for each in made})
        return made

    def in_clear(by: dict[str, dict[str, Any]]) -> None:
        container_of(by["Deployment/rasa"])["env"][1] = {"name": "JOBSEEKER_INTERNAL_TOKEN", "value": "x"}

    wrong = [
        changed(lambda by: container_of(by["Deployment/gateway"])["livenessProbe"]["httpGet"].update(port="web")),
        changed(lambda by: by["Service/rasa"]["spec"]["selector"].update({"app.kubernetes.io/name": "rosa"})),
        changed(lambda by: by["Secret/jobseeker"]["stringData"].pop("JOBSEEKER_TRACKER_URL")),
        changed(lambda by: by["Service/rasa"]["spec"]["ports"][0].update(port=5006)),
        changed(lambda by: by["Ingress/jobseeker"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"].update(name="rasa")),
        changed(in_clear),
    ]  # fmt: skip
    assert all(incoherent(each) for each in wrong)
    loose = [
        changed(lambda by: by["Deployment/rasa"]["spec"]["template"]["spec"]["securityContext"].pop("runAsNonRoot")),
        changed(lambda by: container_of(by["Job/migrate-0.1.0"]).update(image="jobseeker/app:latest")),
        changed(lambda by: container_of(by["Deployment/actions"])["securityContext"].update(readOnlyRootFilesystem=False)),
    ]  # fmt: skip
    assert all(len(unguarded(each)) == 1 for each in loose)


def test_the_kustomization_names_every_file_but_the_example() -> None:
    named = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))
    there = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")} - {"kustomization.yaml", EXAMPLE}
    assert len(there) > 5
    assert set(named["resources"]) == there


def test_the_example_of_the_secret_is_empty() -> None:
    [secret] = of_kind(objects(), "Secret")
    assert len(secret["stringData"]) >= 4
    assert set(secret["stringData"].values()) == {""}
    lines = [
        line for line in (DEPLOY / "env.example").read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]
    assert len(lines) >= 4
    assert all(line.endswith("=") for line in lines)


# -- settings and releases -------------------------------------------------------------------------------------------------


def unknown_settings(text: str) -> set[str]:
    """The names in a text that look like settings and are none."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", text)) - known


def test_settings_that_are_named_exist() -> None:
    files = [path for path in DEPLOY.rglob("*") if path.suffix in {".yml", ".yaml", ".example", ""} and path.is_file()]
    text = "\n".join(path.read_text("utf-8") for path in files)
    assert len(set(re.findall(rf"{PREFIX}[A-Z_]+", text))) > 12
    assert unknown_settings(text) == set()
    assert unknown_settings("JOBSEEKER_DATABASE_ADRESS: x") == {"JOBSEEKER_DATABASE_ADRESS"}


def test_settings_are_values_that_the_settings_take() -> None:
    [config] = of_kind(objects(), "ConfigMap")
    given = {name.removeprefix(PREFIX).lower(): value for name, value in config["data"].items()}
    made = Settings(**given)
    assert (made.host, made.metrics_port, made.migrate_on_start, made.samples) == ("0.0.0.0", 9464, False, False)
    ports = {
        port["name"]: port["containerPort"]
        for each in of_kind(objects(), "Deployment")
        for port in container(each)["ports"]
    }
    assert (made.port, made.metrics_port) == (ports["http"], ports["metrics"])
    assert made.rasa == f"http://rasa:{ports['turns']}"
    assert made.actions == f"http://actions:{ports['actions']}"


def test_all_name_the_same_release() -> None:
    release = importlib.metadata.version("jobseeker")
    text = "\n".join(path.read_text("utf-8") for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".json")
    named = set(re.findall(r"jobseeker/(?:app|rasa):([\w.]+)", text)) | set(re.findall(r"newTag: ([\w.]+)", text))
    named |= set(re.findall(r"name: migrate-([\w.]+)", text))
    assert named == {release}


# -- compose ---------------------------------------------------------------------------------------------------------------


def check_schema(schema: str, path: Path) -> subprocess.CompletedProcess[str]:
    """check-jsonschema, with the schemas that it brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@SLOW
def test_the_compose_file_is_one(tmp_path: Path) -> None:
    done = check_schema("vendor.compose-spec", DEPLOY / "compose.yml")
    assert done.returncode == 0, done.stdout
    broken = compose()
    broken["services"]["gateway"]["portz"] = ["80:80"]
    (tmp_path / "broken.yml").write_text(json.dumps(broken))
    assert check_schema("vendor.compose-spec", tmp_path / "broken.yml").returncode == 1


def open_doors(composed: dict[str, Any]) -> list[str]:
    """What of our parts is reachable from outside, or reaches out, and must not; or could write to its image."""
    problems = [
        f"{name} has ports" for name in (*OURS, "postgres", "migrate") if composed["services"][name].get("ports")
    ]
    problems += [
        f"{name} is not inside"
        for name in ("rasa", "actions", "postgres", "migrate")
        if set(composed["services"][name]["networks"]) != {"inner"}
    ]
    problems += [
        f"{name} may write to its image"
        for name in (*OURS, "migrate")
        if not composed["services"][name].get("read_only")
    ]
    problems += [
        f"{name} has capabilities"
        for name in (*OURS, "migrate")
        if composed["services"][name].get("cap_drop") != ["ALL"]
    ]
    if composed["networks"]["inner"] != {"internal": True}:
        problems.append("inside is not inside")
    return problems


def test_the_compose_file_opens_only_the_proxy() -> None:
    composed = compose()
    assert open_doors(composed) == []
    composed["services"]["actions"]["networks"] = ["inner", "front"]
    composed["services"]["rasa"]["ports"] = ["5005:5005"]
    assert len(open_doors(composed)) == 2


def secrets_in_clear(composed: dict[str, Any]) -> list[str]:
    """Variables that look like secrets and do not come from outside."""
    return [
        f"{name}: {variable}"
        for name, service in composed["services"].items()
        for variable, value in (service.get("environment") or {}).items()
        if re.search(r"(TOKEN|PASSWORD|SECRET|KEYS)$", variable) and "${" not in str(value)
    ]


def test_no_secret_stands_in_the_compose_file() -> None:
    composed = compose()
    assert secrets_in_clear(composed) == []
    assert all("${POSTGRES_PASSWORD}@" in str(service["environment"][name])
               for service in composed["services"].values() for name in ("JOBSEEKER_DATABASE_URL", "JOBSEEKER_TRACKER_URL")
               if name in (service.get("environment") or {}))  # fmt: skip
    composed["services"]["rasa"]["environment"]["JOBSEEKER_INTERNAL_TOKEN"] = "hunter2hunter2hunter2"
    assert secrets_in_clear(composed) == ["rasa: JOBSEEKER_INTERNAL_TOKEN"]


def test_both_ways_start_the_same_commands() -> None:
    workloads = {each["metadata"]["labels"]["app.kubernetes.io/name"]: each for each in of_kind(objects(), *WORKLOADS)}
    made, services = stages((DEPLOY / "Dockerfile").read_text("utf-8")), compose()["services"]
    compared = 0
    for name in (*OURS, "migrate"):
        target = services[name]["build"]["target"]
        [default] = [json.loads(value) for instruction, value in made[target].instructions if instruction == "CMD"]
        assert services[name].get("command", default) == container(workloads[name])["command"], name
        assert services[name]["image"] == container(workloads[name])["image"]
        compared += 1
    assert compared == 4


# -- images ----------------------------------------------------------------------------------------------------------------


def wrong_in(dockerfile: str, root: Path) -> list[str]:
    """What of our images' last stages may not be."""
    problems: list[str] = []
    for stage in stages(dockerfile).values():
        if stage.base not in stages(dockerfile) and not re.fullmatch(r"[\w./-]+:\d[\w.-]*", stage.base):
            problems.append(f"{stage.name}: {stage.base} has no version")
        for sources, _ in stage.copies():
            problems += [f"{stage.name}: there is no {name}" for name in sources if not (root / name).exists()]
        for instruction, value in stage.instructions:
            if instruction in ("ARG", "ENV") and re.search(r"TOKEN|PASSWORD|SECRET|KEYS?=", value):
                problems.append(f"{stage.name}: {instruction} holds a secret")
            if instruction == "ADD":
                problems.append(f"{stage.name}: ADD")
    for name in ("app", "rasa"):
        instructions = stages(dockerfile)[name].instructions
        users = [number for number, (instruction, _) in enumerate(instructions) if instruction == "USER"]
        if not users or instructions[users[-1]][1] != "10001:10001":
            problems.append(f"{name}: runs as root")
        for instruction, value in instructions:
            if instruction == "CMD":
                program = json.loads(value)
                if program[:2] != ["python", "-m"] or importlib.util.find_spec(program[2]) is None:
                    problems.append(f"{name}: {value} is no command of ours")
    return problems


def test_the_images_hold_what_exists_and_run_as_nobody(root: Path) -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert sum(len(sources) for stage in stages(text).values() for sources, _ in stage.copies()) > 20
    assert wrong_in(text, root) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("USER 10001:10001\nEXPOSE 5005", "EXPOSE 5005", "rasa: runs as root"),
        ("COPY packs packs", "COPY pakcs packs", "there is no pakcs"),
        ("FROM python:3.10-slim-bookworm AS rasa\n", "FROM python:latest AS rasa\n", "has no version"),
        ("PYTHONUNBUFFERED=1 OMP", "JOBSEEKER_INTERNAL_TOKEN=x OMP", "holds a secret"),
        ("app.gateway_main", "app.gateway_mian", "no command of ours"),
    ],
)
def test_a_wrong_image_would_be_found(root: Path, old: str, new: str, problem: str) -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert old in text
    assert [found for found in wrong_in(text.replace(old, new), root) if problem in found]


def test_the_build_context_is_what_is_copied(root: Path) -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert lines[1] == "*"
    copied = {
        name for stage in stages((DEPLOY / "Dockerfile").read_text("utf-8")).values() for sources, _ in stage.copies() for name in sources
    }  # fmt: skip
    needed = {
        name
        if ((root / name).is_file() and "/" not in name) or name.startswith("requirements/")
        else name.split("/")[0]
        for name in copied
    }
    assert len(needed) > 15
    assert needed == allowed
