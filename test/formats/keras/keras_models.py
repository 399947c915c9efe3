"""Models that Keras saved, with what they put out; and what Keras makes of Sluice's models.

  node test/formats/keras/keras.mjs FOLDER
  python3 test/formats/keras/keras_models.py FOLDER     (pip install keras torch h5py)

writes test/fixtures/keras.json. Files are gzipped, in base64."""
import base64
import gzip
import json
import os
import pathlib
import sys
import tempfile

os.environ['KERAS_BACKEND'] = 'torch'
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers as L  # noqa: E402

T, B, V, I, H = 5, 3, 6, 3, 4
folder = pathlib.Path(sys.argv[1])
keras.utils.set_random_seed(3)
rng = np.random.default_rng(5)


def numbers(values):
    return [float(v) for v in np.asarray(values, np.float64).ravel()]


def packed(data):
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


features = rng.uniform(-1, 1, (B, T, I)).astype(np.float32)
ids = rng.integers(1, V, (B, T)).astype(np.int32)
lengths = [T, 2, 4]
after = np.arange(T)[None] >= np.array(lengths)[:, None]
b = dict(bias_initializer='random_normal')
cells = {
    'SimpleRNN': lambda **k: L.SimpleRNN(H, **b, **k),
    'GRU, reset before': lambda **k: L.GRU(H, reset_after=False, **b, **k),
    'GRU, reset after': lambda **k: L.GRU(H, **b, **k),
    'LSTM': lambda **k: L.LSTM(H, **b, **k),
}
models = []
for name, cell in cells.items():
    for count in (1, 2):
        for both in (False, True):
            wrap = L.Bidirectional if both else (lambda layer: layer)
            model = keras.Sequential([keras.Input((None, I)), *[wrap(cell(return_sequences=True)) for _ in range(count)],
                                      L.TimeDistributed(L.Dense(2, **b))])
            models.append((f'{name}, {count} layers, {"both directions" if both else "forward"}', model, features))
models.append(('relu, no bias', keras.Sequential([keras.Input((T, I)), L.SimpleRNN(H, activation='relu', use_bias=False, return_sequences=True),
                                                  L.Dense(2, use_bias=False)]), features))
models.append(('a cell in an RNN', keras.Sequential([keras.Input((None, I)), L.RNN(L.LSTMCell(H, **b), return_sequences=True), L.Dense(2)]), features))
models.append(('a character model', keras.Sequential([
    L.Embedding(V, 3), L.LSTM(H, return_sequences=True, dropout=0.1), L.Dropout(0.5), L.LSTM(H, kernel_regularizer='l2'), L.Dense(V),
    L.Activation('softmax')]), ids))
tensor = keras.Input((None,), dtype='int32')
out = L.Dense(1, activation='sigmoid')(L.Bidirectional(L.GRU(H, **b))(L.Embedding(V, 3, mask_zero=True)(tensor)))
models.append(('functional, a mask of ids', keras.Model(tensor, out), np.where(after, 0, ids)))
models.append(('a mask of features', keras.Sequential([keras.Input((None, I)), L.Masking(-2.0), L.GRU(H, reset_after=False, **b), L.Dense(2)]),
               np.where(after[..., None], np.float32(-2), features)))
hard = dict(recurrent_activation='hard_sigmoid', **b)
models.append(('hard sigmoids, relu', keras.Sequential([keras.Input((None, I)), L.LSTM(H, activation='relu', return_sequences=True, **hard), L.GRU(
    H, return_sequences=True, **hard)]), features))
models.append(('merges, backwards', keras.Sequential([
    keras.Input((None, I)), *[L.Bidirectional(L.LSTM(H, return_sequences=True, **b), merge_mode=mode) for mode in ('sum', 'ave', 'mul')],
    L.SimpleRNN(H, go_backwards=True, **b)]), features))
# Functional models whose layers are joined.
tensor = keras.Input((None, I))
one = L.LSTM(H, return_sequences=True, **b)(tensor)
second = L.Bidirectional(L.GRU(H, return_sequences=True, **b))(L.Concatenate()([tensor, one]))
joined = L.Concatenate()([one, second, L.Dense(3, activation='relu', **b)(second)])
models.append(('skip connections, all layers joined', keras.Model(tensor, L.Dense(2, **b)(joined)), features))
tensor = keras.Input((None,), dtype='int32')
embedded = L.Embedding(V, 3)(tensor)
ends = [L.LSTM(H, **b)(embedded), L.GRU(H, go_backwards=True, **b)(embedded)]
dense = L.Dense(5, activation='tanh', **b)(L.Dropout(0.5)(L.Concatenate(axis=1)(ends)))
models.append(('branches, joined at the last step', keras.Model(tensor, L.Dense(V, activation='softmax', **b)(dense)), ids))
cells_of = lambda: L.StackedRNNCells([L.LSTMCell(H, **b), L.GRUCell(5, **b), L.LSTMCell(3, **b)])  # noqa: E731
models.append(('stacked cells', keras.Sequential([keras.Input((None, I)), L.RNN(cells_of(), return_sequences=True), L.Dense(2)]), features))
models.append(('stacked cells, backwards', keras.Sequential([keras.Input((None, I)), L.RNN(cells_of(), go_backwards=True), L.Dense(2)]), features))
two = keras.Input((None, I))
h = L.GRU(H, return_sequences=True)(two)
masked = L.GRU(H, return_sequences=True)(L.Masking(-2.0)(two))
relu = L.Dense(3)(h)
refused = [
    ('a residual connection', keras.Model(two, L.Dense(2)(L.Add()([h, L.GRU(H, return_sequences=True)(h)])))),
    ('a layer joined with itself', keras.Model(two, L.Dense(2)(L.Concatenate()([h, h])))),
    ('joined along the steps', keras.Model(two, L.Dense(2)(L.Concatenate(axis=1)([h, L.GRU(H, return_sequences=True)(h)])))),
    ('joined at the end', keras.Model(two, L.Concatenate()([h, L.GRU(H, return_sequences=True)(h)]))),
    ('joined layers with an activation', keras.Model(two, L.Dense(2)(L.ReLU()(L.Concatenate()([two, h]))))),
    ('a Dense with two activations', keras.Model(two, L.Dense(2)(L.Concatenate()([L.Dense(2)(relu), L.Dense(2)(L.ReLU()(relu))])))),
    ('a mask for one of two', keras.Model(two, L.Dense(2)(L.Concatenate()([masked, h])))),
    ('two inputs', keras.Model([two, tensor], L.Dense(2)(L.Concatenate()([h, L.Embedding(V, 3)(tensor)])))),
    ('directions one by one', keras.Model(two, L.Dense(2)(L.Concatenate()(L.Bidirectional(L.GRU(H, return_sequences=True), merge_mode=None)(two))))),
    ('a Bidirectional that reads backwards first', keras.Sequential([keras.Input((None, I)), L.Bidirectional(L.LSTM(
        H, go_backwards=True, return_sequences=True), backward_layer=L.LSTM(H, return_sequences=True))])),
    ('steps of stacked cells that read backwards', keras.Sequential([keras.Input((None, I)), L.RNN(cells_of(), go_backwards=True, return_sequences=True)])),
    ('a layer norm', keras.Sequential([keras.Input((None, I)), L.GRU(H, return_sequences=True), L.LayerNormalization(), L.Dense(2)])),
    ('steps of a layer that reads backwards', keras.Sequential([keras.Input((None, I)), L.LSTM(H, go_backwards=True, return_sequences=True)])),
    ('another activation', keras.Sequential([keras.Input((None, I)), L.GRU(H, activation='elu')])),
    ('no recurrent layer', keras.Sequential([keras.Input((I,)), L.Dense(2)])),
]

saved, no = [], []
with tempfile.TemporaryDirectory() as place:
    def file_of(model, name, save=None):
        path = os.path.join(place, name)
        (save or model.save)(path)
        return packed(open(path, 'rb').read())

    for name, model, x in models:
        y = model.predict(x, verbose=0)
        case = {'name': name, 'file': file_of(model, 'm.keras'), 'x': numbers(x), 'y': numbers(y)}
        if name in ('a character model', 'GRU, reset after, 2 layers, both directions'):
            case['h5'] = file_of(model, 'm.h5')
            case['weights'] = file_of(model, 'm.weights.h5', model.save_weights)
            case['config'] = model.to_json()
        saved.append(case)
    for name, model in refused:
        no.append({'name': name, 'file': file_of(model, 'm.keras')})

written = []
for case in json.loads((folder / 'index.json').read_text()):
    model = keras.models.load_model(folder / case['file'])
    x = np.array(case['x'], np.float32)
    x = x.reshape(case['B'], case['T']) if x.size == case['B'] * case['T'] else x.reshape(case['B'], case['T'], -1)
    x = x.astype(np.int32) if x.ndim == 2 else x
    y = model.predict(x, verbose=0)
    # The weights alone, into the same layers with other numbers.
    model.set_weights([w * 0 for w in model.get_weights()])
    model.load_weights(folder / case['weights'])
    assert np.array_equal(model.predict(x, verbose=0), y), case['name']
    written.append({'name': case['name'], 'structure': case['structure'], 'y': numbers(y)})

target = pathlib.Path(__file__).parents[2] / 'fixtures' / 'keras.json'
target.write_text(json.dumps({'keras': keras.__version__, 'saved': saved, 'refused': no, 'written': written}) + '\n')
print(len(saved), 'models of Keras,', len(no), 'refused,', len(written), 'of Sluice;', target.stat().st_size // 1024, 'kB')
