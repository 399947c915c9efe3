"""The layer calls that Keras's own tests of recurrent layers make: each layer's settings and weights, what goes in, and what comes out.

    python3 test/conformance/keras_calls.py     (pip install keras torch)

runs the tests that come with the package, listens to the layers, and writes keras-calls.json. Calls with placeholders are left out, and equal ones
are written once, with how often they were made. Random inputs and weights are seeded.
"""
import base64
import collections
import importlib
import json
import os
import unittest

os.environ["KERAS_BACKEND"] = "torch"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from keras.src import layers, testing, tree  # noqa: E402

from common import FOLDER  # noqa: E402

MODULES = ["simple_rnn_test", "gru_test", "lstm_test", "bidirectional_test", "time_distributed_test", "rnn_test", "stacked_rnn_cells_test"]
RECURRENT = (layers.RNN, layers.Bidirectional, layers.TimeDistributed)

calls = collections.OrderedDict()
state = {"inside": False, "test": ""}
plain_call = layers.Layer.__call__


def array(value):
    """Shape and float32 in base64."""
    value = np.asarray(keras.ops.convert_to_numpy(value))
    return {"shape": list(value.shape), "data": base64.b64encode(value.astype("<f4").tobytes()).decode()}


def is_symbolic(*values):
    return any(isinstance(v, keras.KerasTensor) or (torch.is_tensor(v) and v.is_meta) for v in tree.flatten(values))


def weights_of(layer):
    """By the names that TensorFlow.js gives: the reader of its models takes them."""
    parts = [("", layer)]
    if isinstance(layer, layers.Bidirectional):
        parts = [("forward_", layer.forward_layer), ("backward_", layer.backward_layer)]
    elif isinstance(layer, layers.TimeDistributed):
        parts = [("", layer.layer)]
    return [{"name": f"{layer.name}/{part}layer/{v.name}", **array(v)} for part, one in parts for v in one.weights if "seed" not in v.path]


def initial_of(layer, given):
    """The states that the layer starts from where they are not zero, in a flat list."""
    if given is not None:
        return tree.flatten(given)
    both = [layer.forward_layer, layer.backward_layer] if isinstance(layer, layers.Bidirectional) else [layer]
    held = [one.states for one in both if getattr(one, "stateful", False) and getattr(one, "states", None) is not None]
    return tree.flatten(held) if held else None


def settings(value):
    """Without what computes nothing."""
    unused = {"name", "trainable", "dtype", "kernel_initializer", "recurrent_initializer", "bias_initializer", "build_config", "registered_name", "module", "seed"}
    if isinstance(value, dict):
        return {k: settings(v) for k, v in value.items() if k not in unused and not (v is None and k not in ("merge_mode", "activation"))}
    return [settings(v) for v in value] if isinstance(value, (list, tuple)) else value


def listening(layer, *args, **kwargs):
    if state["inside"] or not isinstance(layer, RECURRENT):
        return plain_call(layer, *args, **kwargs)
    state["inside"] = True
    try:
        x = args[0] if args else kwargs.get("sequences", kwargs.get("inputs"))
        mask = kwargs.get("mask", getattr(x, "_keras_mask", None))
        given = kwargs.get("initial_state", args[1] if len(args) > 1 and not torch.is_tensor(args[1]) else None)
        before = initial_of(layer, given)
        before = None if before is None or is_symbolic(before) else [array(v) for v in before]
        result = plain_call(layer, *args, **kwargs)
    finally:
        state["inside"] = False
    if is_symbolic(x, result):
        return result
    serialized = keras.saving.serialize_keras_object(layer)
    call = {
        "className": serialized["class_name"], "config": {**settings(serialized["config"]), "name": layer.name},
        "weights": weights_of(layer), "x": array(x), **({} if mask is None else {"mask": array(mask)}),
        **({} if before is None else {"initial": before}), "training": bool(kwargs.get("training") or False),
        "outputs": [array(v) for v in tree.flatten(result)],
    }
    key = json.dumps(call, sort_keys=True, default=str).replace(layer.name, "layer")
    if key in calls:
        calls[key]["times"] += 1
    else:
        calls[key] = {"test": state["test"], "times": 1, **json.loads(json.dumps(call, default=str).replace(layer.name, "layer"))}
    return result


class Listener(unittest.TextTestResult):
    def startTest(self, test):
        state["test"] = test.id().removeprefix("keras.src.layers.rnn.")
        keras.utils.set_random_seed(7)
        super().startTest(test)


if __name__ == "__main__":
    layers.Layer.__call__ = listening
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(f"keras.src.layers.rnn.{name}")) for name in MODULES)
    result = unittest.TextTestRunner(resultclass=Listener, verbosity=0).run(suite)
    for one, reason in result.errors + result.failures:
        print(one, reason.strip().splitlines()[-1])
    lines = ",\n".join(json.dumps(call, separators=(",", ":")) for call in calls.values())
    path = FOLDER / "keras-calls.json"
    path.write_text('{"versions":%s,"calls":[\n%s\n]}\n' % (json.dumps({"keras": keras.__version__, "torch": torch.__version__}), lines))
    print(sum(call["times"] for call in calls.values()), "calls,", len(calls), "of them different,", path.stat().st_size // 1000, "kB")
