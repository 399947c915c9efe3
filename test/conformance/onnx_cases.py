"""The RNN, GRU and LSTM cases of ONNX's backend node tests, in Sluice's layouts.

    python3 test/conformance/onnx_cases.py

ONNX has W [D, G*H, I], R [D, G*H, H], B [D, 2*G*H] (Wb then Rb), P [D, 3*H] (i o f); gates i o f c and z r h; z keeps the
old state, as in Sluice. A layer of direction `reverse` becomes the second direction of a bidirectional one whose first
direction has weights of zero; `direction` says that only the second is compared.
"""
import re

import numpy as np
import onnx
from onnx.backend.test.loader import load_model_tests

from common import flat, gates, write

CELLS = {"RNN": "rnn", "GRU": "gru", "LSTM": "lstm"}
ORDER = {"RNN": [0], "GRU": [1, 0, 2], "LSTM": [0, 2, 3, 1]}  # ours r z n in z r h; ours i f g o in i o f c


def case_of(test):
    node = test.model.graph.node[0]
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    values, results = test.data_sets[0]
    given = {name: v for name, v in zip([n for n in node.input if n], values)}
    expected = {name: v for name, v in zip([n for n in node.output if n], results)}
    op, H = node.op_type, attributes["hidden_size"]
    known = {"hidden_size", "direction", "layout", "linear_before_reset"}
    assert set(attributes) <= known, f"{test.name}: attributes {set(attributes) - known} are not handled"
    layout, direction = attributes.get("layout", 0), attributes.get("direction", b"forward").decode()
    cell = "gru-reset-after" if attributes.get("linear_before_reset", 0) else CELLS[op]

    X = given["X"].swapaxes(0, 1) if layout else given["X"]  # [T, B, I]
    T, B, I = X.shape
    order = ORDER[op]
    W = np.stack([gates(w.T, order, H) for w in given["W"]], 1)  # [I, D, G, H]
    U = np.stack([gates(r.T, order, H) for r in given["R"]])  # [D, H, G, H]
    parameters = {"layers.0.W": W, "layers.0.U": U}
    if "B" in given:
        halves = [gates(half, order, H) for half in np.split(given["B"], 2, axis=1)]  # each [D, G, H]
        both = halves[0] + halves[1]
        if cell == "gru-reset-after":
            parameters["layers.0.bn"] = halves[1][:, 2]
            both[:, 2] = halves[0][:, 2]
        parameters["layers.0.b"] = both
    if "P" in given:
        parameters["layers.0.p"] = gates(given["P"], [0, 2, 1], H)
    if direction == "reverse":
        unused = {"layers.0.W": 1}
        parameters = {k: np.concatenate([np.zeros_like(v), v], unused.get(k, 0)) for k, v in parameters.items()}

    def states(name):  # [D, B, H] or, batchwise, [B, D, H]
        if name not in given:
            return None
        state = given[name] if layout else given[name].swapaxes(0, 1)
        return np.concatenate([np.zeros_like(state), state], 1) if direction == "reverse" else state

    initial = {"h": states("initial_h"), "c": states("initial_c")}
    final = {"h": expected.get("Y_h"), "c": expected.get("Y_c")}
    by_batch = lambda v: v if layout else v.swapaxes(0, 1)  # to [B, D, H]
    Y = expected.get("Y")  # [T, D, B, H] or, batchwise, [B, T, D, H]
    outputs = None if Y is None else (Y.transpose(1, 0, 2, 3) if layout else Y.transpose(0, 2, 1, 3))  # [T, B, D, H]
    lengths = given.get("sequence_lens")
    some = lambda group: {k: flat(v) for k, v in group.items() if v is not None}
    return {
        "name": test.name.removeprefix("test_"), "cell": cell, "layers": 1, "bidirectional": direction != "forward",
        "bias": "B" in given, "peepholes": "P" in given, "steps": T, "batch": B, "features": I, "hidden": H,
        "lengths": None if lengths is None else [int(v) for v in lengths],
        "parameters": {k: flat(v) for k, v in parameters.items()}, "x": flat(X),
        "initial": [some(initial)],
        **({"direction": 1} if direction == "reverse" else {}),
        **({} if outputs is None else {"outputs": flat(outputs)}),
        "final": [some({k: None if v is None else by_batch(v) for k, v in final.items()})],
    }


if __name__ == "__main__":
    tests = [t for t in load_model_tests(kind="node") if re.search(r"(^|_)(rnn|gru|lstm)(_|$)", t.name)]
    write("onnx.json", {"onnx": onnx.__version__}, [case_of(t) for t in tests])
