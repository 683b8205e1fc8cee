"""Weights of our own: what is committed, what is embedded, and the tool that writes their rows."""

import json
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, sha256
from golden import rows

WEIGHTS = ROOT / "models" / "weights"
LIMIT = 2_500_000  # every program carries them
OWN = {id: row for id, row in rows().items() if "weights" in row}


def test_every_committed_file_has_a_row_and_is_the_pinned_one():
    assert {path.name for path in WEIGHTS.glob("*.onnx")} == {
        row["weights"].removeprefix("weights/") for row in OWN.values()}
    for row in OWN.values():
        data = (ROOT / "models" / row["weights"]).read_bytes()
        assert len(data) <= LIMIT
        assert (len(data), sha256(data)) == (row["prepared"]["size"], row["prepared"]["sha256"])


def test_the_program_itself_holds_them(world):
    """With the built-in manifest, an empty folder and no network."""
    if not OWN:
        pytest.skip("there are no weights of our own yet")
    world.environment.update(PATH="/nonexistent", PRIVID_PYTHON="/nonexistent")
    done = world.run("fetch", *OWN, "--dir", str(world.models), manifest=False)
    assert done.returncode == 0, done.stderr
    for row in OWN.values():
        assert sha256((world.models / row["prepared"]["file"]).read_bytes()) == (
            row["prepared"]["sha256"])


def test_the_tool_writes_a_row_that_is_fetched(world, tmp_path):
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["y"])], "g",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["batch", 3])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["batch", 3])])
    copy = tmp_path / "copy"
    (copy / "models" / "weights").mkdir(parents=True)
    (copy / "tools").mkdir()
    tool = shutil.copy(ROOT / "tools" / "model_row.py", copy / "tools")
    onnx.save(helper.make_model(graph), copy / "models" / "weights" / "tiny.onnx")
    done = subprocess.run([sys.executable, tool, "tiny", "--role", "test", "--version", "1",
                           "--origin", "Made by a test."], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert row["inputs"][0]["shape"] == ["batch", 3]
    manifest = copy / "models" / "manifest.json"
    manifest.write_text(json.dumps({"schema": 1, "models": [row]}))
    done = subprocess.run([world.tool, "models", "fetch", "--manifest", str(manifest), "--dir",
                           str(world.models)], capture_output=True, text=True,
                          env=world.environment)
    assert done.returncode == 0, done.stderr
    data = (copy / "models" / "weights" / "tiny.onnx").read_bytes()
    assert (world.models / row["prepared"]["file"]).read_bytes() == data
