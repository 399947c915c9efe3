"""ONNX's own node cases of RNN, GRU and LSTM, as models with their weights inside.

  python3 test/formats/onnx/node_cases.py     (pip install onnx)

writes test/fixtures/onnx-nodes.json: for each the model (base64), what goes in and what comes out."""
import base64
import json
import pathlib
import re

import numpy as np
import onnx
from onnx.backend.test.loader import load_model_tests

WEIGHTS = {'W', 'R', 'B', 'P'}


def tensor(values):
    return {'dims': list(values.shape), 'values': [float(v) for v in values.ravel()]}


cases = []
for test in load_model_tests(kind='node'):
    if not re.search(r'(^|_)(rnn|gru|lstm)(_|$)', test.name):
        continue
    model = onnx.ModelProto()
    model.CopyFrom(test.model)
    node = model.graph.node[0]
    values, results = test.data_sets[0]
    given = dict(zip([name for name in node.input if name], values))
    expected = dict(zip([name for name in node.output if name], results))
    for name in WEIGHTS & given.keys():  # the cases have them as inputs, a model has them inside
        model.graph.initializer.append(onnx.numpy_helper.from_array(given.pop(name), name))
    inside = [info for info in model.graph.input if info.name not in given]
    for info in inside:
        model.graph.input.remove(info)
    onnx.checker.check_model(model)
    cases.append({'name': test.name.removeprefix('test_'), 'model': base64.b64encode(model.SerializeToString()).decode(),
                  'inputs': {k: tensor(v) for k, v in given.items()}, 'outputs': {k: tensor(v) for k, v in expected.items()}})
target = pathlib.Path(__file__).parents[2] / 'fixtures' / 'onnx-nodes.json'
target.write_text(json.dumps({'onnx': onnx.__version__, 'cases': cases}) + '\n')
print(len(cases), 'cases,', target.stat().st_size // 1024, 'kB')
