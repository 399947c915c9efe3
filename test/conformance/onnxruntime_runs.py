"""The runs that ONNX Runtime's own tests of RNN, GRU and LSTM make, each as a model, with what ONNX Runtime gives and what the test expects.

    python3 test/conformance/onnxruntime_runs.py FOLDER     (pip install onnx onnxruntime; and g++)

FOLDER has rnn_op_test.cc, deep_cpu_gru_op_test.cc and deep_cpu_lstm_op_test.cc of onnxruntime/test/providers/cpu/rnn in the sources. They are
compiled with onnxruntime_tests.h in place of the test classes, which prints the runs. Writes onnxruntime-runs.json. Runs that are to fail, and tests
that are disabled, are left out; equal runs are written once, with how often they are made.
"""
import base64
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

from common import FOLDER

FILES = ["rnn_op_test.cc", "deep_cpu_gru_op_test.cc", "deep_cpu_lstm_op_test.cc"]
WEIGHTS = {"W", "R", "B", "P"}


def runs_of(source):
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        for name in re.findall(r'#include "(.*)"', source.read_text()):
            header = place / name
            header.parent.mkdir(parents=True, exist_ok=True)
            header.write_text("")
        program = place / "runs"
        shim = str(FOLDER / "onnxruntime_tests.h")
        # The one test that a training build does not have is of memory that two sessions share.
        subprocess.run(["g++", "-std=c++17", "-w", "-DENABLE_TRAINING", f"-I{place}", "-include", shim, str(source), "-o", str(program)], check=True)
        return [json.loads(line) for line in subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()]


def tensor(values):
    return {"shape": list(values.shape), "data": base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()}


def array(given):
    return np.array(given["values"], np.int32 if given["name"] == "sequence_lens" else np.float32).reshape(given["dims"])


def model_of(run):
    """The node with its weights inside, the rest as inputs."""
    names = [one["name"] if one else "" for one in run["inputs"]]
    attributes = {name: [float(v) for v in value] if name.startswith("activation_") else float(value) if name == "clip" else value
                  for name, value in run["attributes"].items()}
    outputs = [one for one in run["outputs"] if one]
    node = onnx.helper.make_node(run["op"], names, [one["name"] if one else "" for one in run["outputs"]], **attributes)
    free = {one["name"]: array(one) for one in run["inputs"] if one and one["name"] not in WEIGHTS}
    info = lambda name, values: onnx.helper.make_tensor_value_info(name, onnx.helper.np_dtype_to_tensor_dtype(values.dtype), values.shape)
    graph = onnx.helper.make_graph(
        [node], "", [info(name, values) for name, values in free.items()],
        [onnx.helper.make_tensor_value_info(one["name"], onnx.TensorProto.FLOAT, one["dims"]) for one in outputs],
        [onnx.numpy_helper.from_array(array(one), one["name"]) for one in run["inputs"] if one and one["name"] in WEIGHTS])
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 14)], ir_version=7), free


if __name__ == "__main__":
    cases, worst = {}, 0
    for file in FILES:
        for run in runs_of(pathlib.Path(sys.argv[1]) / file):
            if run["fails"] or "DISABLED_" in run["test"]:
                continue
            model, free = model_of(run)
            data = model.SerializeToString()
            names = [one["name"] for one in run["outputs"] if one]
            made = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(names, free)
            for values, one in zip(made, [one for one in run["outputs"] if one]):
                worst = max(worst, float(np.abs(values - array(one)).max()))
            key = data + json.dumps({k: tensor(v) for k, v in free.items()}).encode()
            if key in cases:
                cases[key]["times"] += 1
                continue
            cases[key] = {"test": run["test"], "times": 1, "model": base64.b64encode(data).decode(),
                          "inputs": {k: tensor(v) for k, v in free.items()}, "outputs": {k: tensor(v) for k, v in zip(names, made)}}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases.values())
    path = FOLDER / "onnxruntime-runs.json"
    path.write_text('{"versions":%s,"runs":[\n%s\n]}\n' % (json.dumps({"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}), lines))
    print(sum(case["times"] for case in cases.values()), "runs,", len(cases), "of them different,", path.stat().st_size // 1000, "kB;",
          f"ONNX Runtime differs from its tests' values by {worst:.1e}")
