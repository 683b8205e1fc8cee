"""The preparation scripts: same answers, same bytes everywhere. And real downloads."""

import importlib.util
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from conftest import OFFLINE, ROOT, sha256
from golden import NETS, rows, run_onnxruntime, synthetic

ROWS = rows()
FOLD = ROOT / "models" / "prepare" / "fold.py"
COMPANION = "_companion"
TOLERANCE = 1e-4
real = pytest.mark.skipif(OFFLINE, reason="PRIVID_TEST_OFFLINE=1: nothing real is downloaded")


def has(*modules):
    return all(importlib.util.find_spec(name) for name in modules)


needs_onnx = pytest.mark.skipif(not has("onnx", "numpy"), reason="onnx is not installed")
needs_onnxruntime = pytest.mark.skipif(
    not has("onnxruntime"), reason="ONNX Runtime is not installed: no answers to compare with")


def run_openvino(path, values):
    folder = os.environ.get("PRIVID_OPENVINO_DIR")
    if folder and str(Path(folder).parent) not in sys.path:
        sys.path.insert(0, str(Path(folder).parent))
    try:
        import openvino
    except ImportError as reason:
        pytest.skip(f"OpenVINO's Python API cannot be imported: {reason}")
    if not hasattr(openvino, "Core"):  # the product's own copy of the engine is without it
        pytest.skip("OpenVINO's Python API is not installed")
    core = openvino.Core()
    model = core.read_model(str(path))
    names = [next(iter(entry.names)) for entry in model.outputs]
    compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    result = compiled(values)
    return {name: result[number] for number, name in enumerate(names)}


def difference(left, right):
    assert set(left) == set(right)
    assert all(left[name].shape == right[name].shape for name in left)
    return max(float(abs(left[name] - right[name]).max()) for name in left)


def fetch(tool, *words, **environment):
    return subprocess.run([tool, "models", "fetch", *words], capture_output=True, text=True,
                          env={**os.environ, **environment}, timeout=600)


@pytest.fixture(scope="session")
def prepared(tool, tmp_path_factory):
    """The files that a real fetch makes."""
    if OFFLINE:
        pytest.skip("PRIVID_TEST_OFFLINE=1: nothing real is downloaded")
    folder = tmp_path_factory.mktemp("prepared")
    done = fetch(tool, "--dir", str(folder))
    assert done.returncode == 0, done.stderr
    return {id: folder / row["prepared"]["file"] for id, row in ROWS.items()}


@pytest.fixture(scope="session")
def sources(tool, tmp_path_factory):
    """The files as their packages have them."""
    if OFFLINE:
        pytest.skip("PRIVID_TEST_OFFLINE=1: nothing real is downloaded")
    folder = tmp_path_factory.mktemp("sources")
    names, plain = {}, []
    for id, row in ROWS.items():
        if "weights" in row:
            continue
        companion = row.get("companion")
        row = {name: value for name, value in row.items() if name != "companion"}
        names[id] = id + Path(row["path"]).suffix
        plain.append({**row, "prepared": {"file": names[id], **row["source"]}})
        if companion:
            # The script's second argument.
            pinned = {name: companion[name] for name in ("sha256", "size")}
            names[id + COMPANION] = id + COMPANION + Path(companion["path"]).suffix
            plain.append({**row, "id": id + COMPANION, "path": companion["path"], "source": pinned,
                          "prepared": {"file": names[id + COMPANION], **pinned}})
    (folder / "manifest.json").write_text(json.dumps({"schema": 1, "models": plain}))
    done = fetch(tool, "--manifest", str(folder / "manifest.json"), "--dir", str(folder))
    assert done.returncode == 0, done.stderr
    return {id: folder / name for id, name in names.items()}


def test_a_real_fetch_is_as_pinned(prepared):
    for id, path in prepared.items():
        assert sha256(path.read_bytes()) == ROWS[id]["prepared"]["sha256"]


@real
def test_the_pictures_for_tests_are_as_pinned(tool, tmp_path):
    manifest = ROOT / "tests" / "pictures.json"
    done = fetch(tool, "--manifest", str(manifest), "--dir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    for row in json.loads(manifest.read_text())["models"]:
        data = (tmp_path / row["prepared"]["file"]).read_bytes()
        assert sha256(data) == row["prepared"]["sha256"]
        assert data[:2] in (b"\xff\xd8", b"\x89P")


@needs_onnxruntime
@pytest.mark.parametrize("id", ["sface", "fr_feature", "fr_pose", "fr_liveness"])
def test_answers_stay_the_same(prepared, sources, id):
    """Against the package's own file in ONNX Runtime, singly and as a batch, in both engines."""
    import numpy

    values = synthetic(id, (3, *NETS[id][0][1:]))
    singles = [run_onnxruntime(sources[id], values[at : at + 1]) for at in range(3)]
    expected = {name: numpy.concatenate([answer[name] for answer in singles])
                for name in singles[0]}
    assert difference(expected, run_onnxruntime(prepared[id], values)) < TOLERANCE
    assert difference(expected, run_openvino(prepared[id], values)) < TOLERANCE


def test_answers_of_the_detector_stay_the_same(prepared, sources):
    """Against the package's own file in OpenVINO, which runs it at its one size."""
    values = synthetic("yunet", (1, 3, 640, 640))
    expected = run_openvino(sources["yunet"], values)
    assert difference(expected, run_openvino(prepared["yunet"], values)) < TOLERANCE


@needs_onnxruntime
@pytest.mark.parametrize("size", [(640, 640), (32, 32), (320, 192), (96, 736)])
def test_the_detector_takes_any_size(prepared, size):
    values = synthetic("yunet", (1, 3, *size))
    expected = run_onnxruntime(prepared["yunet"], values)
    cells = size[0] * size[1] // 64
    assert expected["kps_8"].shape == (1, cells, 10)
    assert difference(expected, run_openvino(prepared["yunet"], values)) < TOLERANCE


@needs_onnxruntime
@pytest.mark.parametrize("id", list(NETS))
def test_golden_answers(prepared, id):
    """In ONNX Runtime; tests/model/test_runtime.c has the product's engine."""
    if prepared[id].suffix != ".onnx":
        pytest.skip("ONNX Runtime reads no TFLite")
    golden = json.loads((Path(__file__).parent / "golden.json").read_text())[id]
    answers = run_onnxruntime(prepared[id], synthetic(id, golden["input"]))
    assert set(answers) == set(golden["outputs"])
    for name, expected in golden["outputs"].items():
        values = answers[name].ravel()[:: golden["every"]].tolist()
        assert len(values) == len(expected)
        limit = TOLERANCE * max(1, *map(abs, expected))
        assert max(abs(a - b) for a, b in zip(values, expected)) < limit


@real
def test_a_python_without_onnx_gets_its_own(tool, tmp_path_factory):
    """And the bytes are the pinned ones with these versions too."""
    folder = tmp_path_factory.mktemp("plain")
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / "bin" / "python")
    models = folder / "models"
    done = fetch(tool, "yunet", "face_mask", "--dir", str(models), PRIVID_PYTHON=python,
                 PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    assert "do not serve: ModuleNotFoundError: No module named" in done.stderr
    assert "Traceback" not in done.stderr
    assert "installing the pinned onnx, NumPy and h5py" in done.stderr
    assert str(models / ".python") in done.stderr
    for wanted in ("onnx-1.20.1", "numpy-2.", "h5py-3."):
        assert list((models / ".python").glob(wanted + "*.dist-info"))
    # Once: the next preparation finds them there.
    (models / ROWS["yunet"]["prepared"]["file"]).unlink()
    done = fetch(tool, "yunet", "--dir", str(models), PRIVID_PYTHON=python, PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    assert "installing" not in done.stderr
    # A folder that was left half-way is made anew.
    (models / ".python" / "requirements").unlink()
    (models / ROWS["yunet"]["prepared"]["file"]).unlink()
    done = fetch(tool, "yunet", "--dir", str(models), PRIVID_PYTHON=python, PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    assert "installing" in done.stderr


@real
@pytest.mark.skipif(sys.version_info >= (3, 14), reason="these versions are for Python up to 3.13")
def test_bytes_do_not_depend_on_versions(sources, tmp_path):
    packages = tmp_path / "packages"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", packages,
                    "--only-binary=:all:", "onnx==1.18.0", "numpy==2.2.6", "protobuf==5.29.5",
                    "typing_extensions==4.15.0", "h5py==3.12.1"], check=True, capture_output=True,
                   env={**os.environ, "PIP_USER": "0"})
    for id, row in ROWS.items():
        if "script" not in row["prepared"]:
            continue
        script = ROOT / "models" / row["prepared"]["script"]
        output = tmp_path / "output"
        done = subprocess.run([sys.executable, str(script), *row["prepared"].get("arguments", []),
                               *(str(sources[name]) for name in (id, id + COMPANION)
                                 if name in sources), str(output)],
                              capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": str(packages)})
        assert done.returncode == 0, done.stderr
        assert sha256(output.read_bytes()) == row["prepared"]["sha256"]


@needs_onnxruntime
@pytest.mark.parametrize("id", [id for id, net in NETS.items() if net[0][0] == 1])
def test_a_batch_gives_what_each_picture_gives(prepared, id):
    import numpy

    if not isinstance(ROWS[id]["inputs"][0]["shape"][0], str) or prepared[id].suffix != ".onnx":
        pytest.skip("one picture at a time")
    values = synthetic(id, (3, *NETS[id][0][1:]))
    batch = run_onnxruntime(prepared[id], values)
    for at in range(3):
        single = run_onnxruntime(prepared[id], values[at : at + 1])
        assert difference(single, {name: array[at : at + 1] for name, array in batch.items()}) < (
            TOLERANCE * max(1, *(numpy.abs(array).max() for array in single.values())))


@pytest.mark.parametrize("name", ["age", "alphabet", "keras_network", "mesh", "tflite"])
@pytest.mark.parametrize("damage", ["empty", "cut", "noise"])
def test_damaged_sources_are_refused_by_name(sources, tmp_path, name, damage):
    """In words where the script sees it; never with a result that is taken."""
    id = next(id for id, row in ROWS.items()
              if row["prepared"].get("script") == f"prepare/{name}.py")
    whole = sources[id].read_bytes()
    bad = tmp_path / "bad"
    bad.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2],
                     "noise": bytes(byte ^ 0x5A for byte in whole)}[damage])
    words = [*ROWS[id]["prepared"].get("arguments", []), bad,
             *([sources[id + COMPANION]] if id + COMPANION in sources else []), tmp_path / "out"]
    done = subprocess.run([sys.executable, str(ROOT / "models" / "prepare" / f"{name}.py"),
                           *map(str, words)], capture_output=True, text=True)
    if done.returncode == 0:  # bare numbers cannot be told from others; their SHA-256 can
        assert (name, damage) == ("age", "noise")
        return
    assert "cannot be prepared" in done.stderr and str(bad) in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


# --- the script on small models ---


def small_model(nodes, constants, outputs=("y",), shape=(1, 4), opset=21):
    import onnx
    from onnx import helper, numpy_helper

    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, (1, 3)) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in constants.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def fold(model, tmp_path, *words):
    import onnx

    onnx.save(model, tmp_path / "in.onnx")
    done = subprocess.run([sys.executable, str(FOLD), *words, str(tmp_path / "in.onnx"),
                           str(tmp_path / "out.onnx")], capture_output=True, text=True)
    return done, (onnx.load(tmp_path / "out.onnx") if done.returncode == 0 else None)


@needs_onnx
@pytest.mark.parametrize("type", ["int8", "uint8"])
@pytest.mark.parametrize("axis, block, scales", [
    (0, 0, ()), (0, 0, (4,)), (1, 0, (3,)), (-1, 0, (3,)), (0, 2, (2, 3)), (1, 2, (4, 2)),
    (-2, 3, (2, 3)),
])
def test_dequantisation_is_that_of_the_specification(tmp_path, axis, block, scales, type):
    import numpy
    from onnx import helper, numpy_helper

    random = numpy.random.default_rng(5)
    info = numpy.iinfo(type)
    weights = random.integers(info.min, info.max, (4, 3), endpoint=True).astype(type)
    scale = random.uniform(1e-3, 1, scales).astype(numpy.float32)
    zero = random.integers(info.min, info.max, scales, endpoint=True).astype(type)
    words = {"axis": axis}
    if block:
        words["block_size"] = block
    model = small_model([helper.make_node("DequantizeLinear", ["w", "s", "z"], ["d"], **words),
                         helper.make_node("MatMul", ["x", "d"], ["y"])],
                        {"w": weights, "s": scale, "z": zero})
    done, folded = fold(model, tmp_path)
    assert done.returncode == 0, done.stderr
    assert [node.op_type for node in folded.graph.node] == ["MatMul"]
    found = numpy_helper.to_array(folded.graph.initializer[0])
    for row in range(4):
        for column in range(3):
            place = (row, column)
            if scales == ():
                at = ()
            elif not block:
                at = (place[axis % 2],)
            else:
                at = tuple(place[d] // block if d == axis % 2 else place[d] for d in range(2))
            level = int(weights[row, column]) - int(zero[at])
            assert found[row, column] == numpy.float32(level) * scale[at]


@needs_onnx
def test_what_is_not_known_is_refused(tmp_path):
    import numpy
    from onnx import helper

    ones = {"w": numpy.ones((4, 3), numpy.float32)}
    matmul = helper.make_node("MatMul", ["x", "w"], ["m"])
    for nodes, constants, words, said in (
        ([matmul, helper.make_node("Reshape", ["m", "t"], ["y"], name="r")],
         {**ones, "t": numpy.array([3, 1], numpy.int64)}, ["--free", "batch"], "a free batch"),
        ([matmul, helper.make_node("Dropout", ["m"], ["y"], name="d")], ones, [], "constant"),
        ([matmul, helper.make_node("Cast", ["m"], ["y"], to=1, name="c"),
          helper.make_node("ConstantOfShape", ["k"], ["u"], name="v",
                           value=helper.make_tensor("v", 1, [1], [2.0]))],
         {**ones, "k": numpy.array([1], numpy.int64)}, [], None),
    ):
        done, _ = fold(small_model(nodes, constants), tmp_path, *words)
        if said is None:  # the dead node with a tensor attribute is simply left out
            assert done.returncode == 0, done.stderr
        else:
            assert done.returncode == 1
            assert "cannot be prepared" in done.stderr and said in done.stderr
