"""Layers that go to Sluice and come back: PyTorch's and Keras's own, and Sluice's by ONNX; every cell in 1 to 3 layers and 1 or 2 directions.

    python3 test/conformance/round_trips.py make FOLDER      (pip install keras torch onnxruntime)
    node test/conformance/round_trips.mjs FOLDER
    python3 test/conformance/round_trips.py check FOLDER

writes round-trips.json: what each layer was, and what it gives before and after.
"""
import base64
import gzip
import json
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "torch"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import torch  # noqa: E402

from common import FOLDER  # noqa: E402

T, B, I, H = 5, 3, 3, 4
STACKS = [(layers, two) for layers in (1, 2, 3) for two in (False, True)]
TORCH = {
    "rnn": lambda **k: torch.nn.RNN(I, H, **k), "rnn-relu": lambda **k: torch.nn.RNN(I, H, nonlinearity="relu", **k),
    "gru-reset-after": lambda **k: torch.nn.GRU(I, H, **k), "lstm": lambda **k: torch.nn.LSTM(I, H, **k),
}
OPTIONS = dict(return_sequences=True, bias_initializer="random_normal")
KERAS = {
    "rnn": lambda: keras.layers.SimpleRNN(H, **OPTIONS), "rnn-relu": lambda: keras.layers.SimpleRNN(H, activation="relu", **OPTIONS),
    "gru": lambda: keras.layers.GRU(H, reset_after=False, **OPTIONS), "gru-reset-after": lambda: keras.layers.GRU(H, **OPTIONS),
    "lstm": lambda: keras.layers.LSTM(H, **OPTIONS),
}


def packed(values):
    values = np.asarray(values, "<f4")
    return {"shape": list(values.shape), "data": base64.b64encode(values.tobytes()).decode()}


def unpacked(value):
    return np.frombuffer(base64.b64decode(value["data"]), "<f4").reshape(value["shape"]).copy()


def module(cell, layers, two):
    return TORCH[cell](num_layers=layers, bidirectional=two)


def make(folder):
    torch.manual_seed(5)
    keras.utils.set_random_seed(5)
    trips = {"pytorch": [], "keras": []}
    for cell in TORCH:
        for layers, two in STACKS:
            net, x = module(cell, layers, two), torch.randn(T, B, I)
            state = {name: packed(v) for name, v in net.state_dict().items()}
            trips["pytorch"].append({"cell": cell, "layers": layers, "bidirectional": two, "state": state, "x": packed(x), "y": packed(net(x)[0].detach())})
    for cell, layer in KERAS.items():
        for layers, two in STACKS:
            wrap = keras.layers.Bidirectional if two else lambda one: one
            model = keras.Sequential([keras.Input((None, I)), *[wrap(layer()) for _ in range(layers)]])
            x = np.random.default_rng(len(trips["keras"])).uniform(-1, 1, (B, T, I)).astype("f4")
            path = folder / f"{cell}-{layers}-{two}.keras"
            model.save(path)
            trips["keras"].append({"cell": cell, "layers": layers, "bidirectional": two, "file": path.name, "x": packed(x), "y": packed(model.predict(x, verbose=0))})
    (folder / "there.json").write_text(json.dumps(trips))


def check(folder):
    trips = json.loads((folder / "back.json").read_text())
    for trip in trips["pytorch"]:
        net = module(trip["cell"], trip["layers"], trip["bidirectional"])
        net.load_state_dict({name: torch.tensor(unpacked(v)) for name, v in trip.pop("backState").items()})
        trip["back"] = packed(net(torch.tensor(unpacked(trip["x"])))[0].detach())
    for trip in trips["keras"]:
        there, back = (keras.models.load_model(folder / trip[name]) for name in ("file", "backFile"))
        # Of the two biases of GRU(reset_after=True), [2, 3*H], Sluice has the sum for z and r.
        same = lambda a, b: np.array_equal(a, b) if a.shape != (2, 3 * H) else np.array_equal(a.sum(0), b.sum(0)) and np.array_equal(a[:, 2 * H:], b[:, 2 * H:])
        assert all(same(a, b) for a, b in zip(there.get_weights(), back.get_weights(), strict=True)), trip["file"]
        trip["back"] = packed(back.predict(unpacked(trip["x"]), verbose=0))
        trip["file"] = base64.b64encode(gzip.compress((folder / trip["file"]).read_bytes(), mtime=0)).decode()
        del trip["backFile"]
    for trip in trips["onnx"]:
        session = onnxruntime.InferenceSession(folder / trip.pop("file"), providers=["CPUExecutionProvider"])
        trip["y"] = packed(session.run(["outputs"], {"features": unpacked(trip["x"])})[0])
    versions = {"torch": torch.__version__, "keras": keras.__version__, "onnxruntime": onnxruntime.__version__}
    rows = ",\n".join('"%s":[\n%s\n]' % (name, ",\n".join(json.dumps(one, separators=(",", ":")) for one in list_)) for name, list_ in trips.items())
    path = FOLDER / "round-trips.json"
    path.write_text('{"versions":%s,\n%s}\n' % (json.dumps(versions), rows))
    print({name: len(list_) for name, list_ in trips.items()}, path.stat().st_size // 1000, "kB")


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]))
