"""What ONNX Runtime makes of Sluice's models.

  node test/formats/onnx/models.mjs FOLDER
  python3 test/formats/onnx/runtime.py FOLDER     (pip install onnx onnxruntime)

writes test/fixtures/onnx-runtime.json: for each model its SHA-256 and the outputs."""
import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

folder = pathlib.Path(sys.argv[1])
cases = []
for case in json.loads((folder / 'index.json').read_text()):
    data = (folder / case['file']).read_bytes()
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    session = onnxruntime.InferenceSession(data, providers=['CPUExecutionProvider'])
    feeds = {}
    T, B = case['T'], case['B']
    for given in session.get_inputs():
        if given.name == 'ids':
            feeds['ids'] = np.array(case['ids'], np.int64).reshape(T, B)
        elif given.name == 'features':
            feeds['features'] = np.array(case['features'], np.float32).reshape(T, B, -1)
        elif given.name == 'lengths':
            feeds['lengths'] = np.array(case['lengths'], np.int32)
        else:  # layers.0.h0
            _, layer, state = given.name.split('.')
            feeds[given.name] = np.array(case['initial'][int(layer)][state[0]], np.float32).reshape(1, B, -1)
    names = [output.name for output in session.get_outputs()]
    outputs = {name: [float(v) for v in value.ravel()] for name, value in zip(names, session.run(names, feeds))}
    cases.append({'name': case['name'], 'sha256': hashlib.sha256(data).hexdigest(), 'outputs': outputs})

target = pathlib.Path(__file__).parents[2] / 'fixtures' / 'onnx-runtime.json'
target.write_text(json.dumps({'onnxruntime': onnxruntime.__version__, 'cases': cases}) + '\n')
print(len(cases), 'models')
