"""Small models of the architectures and with the tensor names of five that others made, with random weights, and what their frameworks put out:

  python3 test/formats/models/models.py     (pip install numpy torch onnx onnxruntime onnxscript keras h5py)

writes test/fixtures/models/. The sixth, ml5's charRNN, is of TensorFlow.js: see charrnn.mjs."""
import json
import os
import pathlib

os.environ['KERAS_BACKEND'] = 'torch'
import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
import torch  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from torch import nn  # noqa: E402

target = pathlib.Path(__file__).parents[2] / 'fixtures' / 'models'
target.mkdir(exist_ok=True)
torch.manual_seed(1)
keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
index = {}


def numbers(values):
    values = values.detach().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
    return [float(v) for v in values.astype(np.float64).ravel()]


def arrays(module):
    return {name: value.numpy() for name, value in module.state_dict().items()}


# g2p_en: a GRU reads the letters of a word, another one writes its phonemes, from the state of the first. An .npz with names of its own.
letters, phonemes, H = 29, 74, 8
enc_emb, dec_emb = nn.Embedding(letters, H), nn.Embedding(phonemes, H)
enc, dec, fc = nn.GRU(H, H, batch_first=True), nn.GRU(H, H, batch_first=True), nn.Linear(H, phonemes)
checkpoint = {'enc_emb': enc_emb.weight, 'dec_emb': dec_emb.weight, 'fc_w': fc.weight, 'fc_b': fc.bias}
for name, gru in (('enc', enc), ('dec', dec)):
    for kind in ('w_ih', 'w_hh', 'b_ih', 'b_hh'):
        checkpoint[f'{name}_{kind}'] = getattr(gru, kind.replace('w_', 'weight_').replace('b_', 'bias_') + '_l0')
np.savez(target / 'g2p_en.npz', **{name: value.detach().numpy() for name, value in checkpoint.items()})
word = [5, 11, 3, 22, 2]
_, state = enc(enc_emb(torch.tensor([word])))
written, logits = [2], []  # <s>
for _ in range(6):
    out, state = dec(dec_emb(torch.tensor([[written[-1]]])), state)
    logits.append(fc(out[0, 0]))
    written.append(int(logits[-1].argmax()))
index['g2p_en'] = {'word': word, 'start': 2, 'written': written[1:], 'logits': numbers(torch.stack(logits))}


# g2pM: a biLSTM over the characters of a sentence, two linear layers with a relu between them. Its pickle of arrays, as an .npz.
class G2pM(nn.Module):
    def __init__(self, characters, pinyins, E=6, H=5):
        super().__init__()
        self.embedding = nn.Embedding(characters, E)
        self.lstm = nn.LSTM(E, H, batch_first=True, bidirectional=True)
        self.logit_layer = nn.Sequential(nn.Linear(2 * H, 7), nn.ReLU(), nn.Linear(7, pinyins))

    def forward(self, ids):
        return self.logit_layer(self.lstm(self.embedding(ids))[0])


g2pm = G2pM(20, 13)
np.savez_compressed(target / 'g2pm.npz', **arrays(g2pm))
sentence = rng.integers(0, 20, (1, 7))
index['g2pm'] = {'ids': sentence.ravel().tolist(), 'logits': numbers(g2pm(torch.tensor(sentence)))}


# NNSplit: a biLSTM over the bytes of a text, a linear layer: where it splits. ONNX as PyTorch exports it.
class NNSplit(nn.Module):
    def __init__(self, E=6, H=5, levels=4):
        super().__init__()
        self.embedding = nn.Embedding(256, E)
        self.lstm1 = nn.LSTM(E, H, batch_first=True, bidirectional=True)
        self.lstm2 = nn.LSTM(2 * H, H, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * H, levels)

    def forward(self, data):
        x, _ = self.lstm1(self.embedding(data.long()))
        x, _ = self.lstm2(x)
        return self.out(x)


text = np.frombuffer(b'This is a test This is another test.', np.uint8)[None].repeat(2, 0).copy()
text[1] = text[1][::-1]
torch.onnx.export(NNSplit().eval(), (torch.tensor(text),), target / 'nnsplit.onnx', dynamo=False, input_names=['input'], output_names=['output'],
                  dynamic_axes={'input': {0: 'batch', 1: 'length'}, 'output': {0: 'batch', 1: 'length'}}, opset_version=17)
session = onnxruntime.InferenceSession(str(target / 'nnsplit.onnx'), providers=['CPUExecutionProvider'])
index['nnsplit'] = {'ids': text.tolist(), 'logits': numbers(session.run(None, {'input': text})[0])}


# Silero VAD: a branch for each sampling rate, with convolutions, an LSTMCell, a relu, and a convolution of width one with a sigmoid. All tensors
# are constants in the branches, under PyTorch's names with a prefix.
def branch(prefix, samples, size):
    def constant(name, value):
        return helper.make_node('Constant', [], [prefix + name], value=numpy_helper.from_array(value.detach().numpy(), prefix + name))

    conv, cell, last = nn.Conv1d(1, size, samples), nn.LSTMCell(size, size), nn.Conv1d(size, 1, 1)

    def turned(rows):  # PyTorch's gates i f g o in ONNX's order i o f c
        i, f, g, o = rows.chunk(4)
        return torch.cat([i, o, f, g])[None]
    nodes = [constant('encoder.weight', conv.weight), constant('encoder.bias', conv.bias), constant('decoder.rnn.weight_ih', cell.weight_ih),
             constant('decoder.rnn.weight_hh', cell.weight_hh), constant('decoder.rnn.bias_ih', cell.bias_ih),
             constant('decoder.rnn.bias_hh', cell.bias_hh), constant('decoder.decoder.2.weight', last.weight),
             constant('decoder.decoder.2.bias', last.bias), constant('W', turned(cell.weight_ih)), constant('R', turned(cell.weight_hh)),
             constant('B', torch.cat([turned(cell.bias_ih), turned(cell.bias_hh)], 1))]

    def node(op, inputs, outputs, **more):
        own = [name if name in ('input', 'state', 'zero', 'one', 'two', 'axis') else name and prefix + name for name in inputs]
        nodes.append(helper.make_node(op, own, [prefix + name for name in outputs], **more))
    node('Unsqueeze', ['input', 'one'], ['wave'])                              # [B, 1, samples]
    node('Conv', ['wave', 'encoder.weight', 'encoder.bias'], ['convolved'])    # [B, size, 1]
    node('Relu', ['convolved'], ['features'])
    node('Transpose', ['features'], ['x'], perm=[2, 0, 1])                     # [1, B, size]
    node('Slice', ['state', 'zero', 'one'], ['h'])
    node('Slice', ['state', 'one', 'two'], ['c'])
    node('LSTM', ['x', 'W', 'R', 'B', '', 'h', 'c'], ['y', 'hn', 'cn'], hidden_size=size)
    node('Concat', ['hn', 'cn'], ['stateN'], axis=0)
    node('Transpose', ['hn'], ['column'], perm=[1, 2, 0])                      # [B, size, 1]
    node('Relu', ['column'], ['active'])
    node('Conv', ['active', 'decoder.decoder.2.weight', 'decoder.decoder.2.bias'], ['logit'])
    node('Sigmoid', ['logit'], ['chance'])
    node('Squeeze', ['chance', 'two'], ['output'])
    of = [helper.make_tensor_value_info(prefix + name, TensorProto.FLOAT, None) for name in ('output', 'stateN', 'features')]
    return helper.make_graph(nodes, prefix, [], of), (conv, cell, last)


samples, size = 12, 6
then, _ = branch('If_0_then_branch__Inline_0__', samples, size)
other, _ = branch('If_0_else_branch__Inline_0__', samples // 2, size)
whole = [numpy_helper.from_array(np.array([value], np.int64), name) for name, value in (('zero', 0), ('one', 1), ('two', 2))]
graph = helper.make_graph(
    [helper.make_node('Constant', [], ['rate'], value=numpy_helper.from_array(np.array(16000, np.int64))),
     helper.make_node('Equal', ['sr', 'rate'], ['is16']), helper.make_node('If', ['is16'], ['output', 'stateN', 'features'], then_branch=then, else_branch=other)],
    'silero', [helper.make_tensor_value_info('input', TensorProto.FLOAT, ['B', 'samples']),
               helper.make_tensor_value_info('state', TensorProto.FLOAT, [2, 'B', size]), helper.make_tensor_value_info('sr', TensorProto.INT64, [])],
    [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ('output', 'stateN', 'features')], whole)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 16)], ir_version=8)
onnx.save(model, target / 'silero.onnx')
session = onnxruntime.InferenceSession(str(target / 'silero.onnx'), providers=['CPUExecutionProvider'])
state, features, chances = np.zeros((2, 1, size), np.float32), [], []
for _ in range(5):
    wave = rng.uniform(-2, 2, (1, samples)).astype(np.float32)
    chance, state, x = session.run(None, {'input': wave, 'state': state, 'sr': np.array(16000)})
    features.append(x.ravel())
    chances.append(chance.ravel())
index['silero'] = {'size': size, 'features': numbers(features), 'chances': numbers(chances)}


# textgenrnn: an embedding, two LSTMs, all three side by side, their average over the steps weighted by attention, a Dense with softmax. The
# weights alone, in the HDF5 of Keras 2.
class AttentionWeightedAverage(keras.layers.Layer):
    def build(self, shape):
        self.W = self.add_weight(shape=(shape[-1], 1), name='attention_W', initializer='uniform')

    def call(self, x):
        ai = keras.ops.exp(keras.ops.matmul(x, self.W))
        return keras.ops.sum(x * (ai / keras.ops.sum(ai, axis=1, keepdims=True)), axis=1)


V, E, H, T = 9, 5, 6, 8
given = keras.Input((T,), dtype='int32')
embedded = keras.layers.Embedding(V, E, name='embedding')(given)
kind = dict(return_sequences=True, recurrent_activation='sigmoid', bias_initializer='random_normal')
first = keras.layers.LSTM(H, name='rnn_1', **kind)(embedded)
second = keras.layers.LSTM(H, name='rnn_2', **kind)(first)
joined = keras.layers.Concatenate(name='rnn_concat')([embedded, first, second])
attention = AttentionWeightedAverage(name='attention')(joined)
textgen = keras.Model(given, keras.layers.Dense(V, activation='softmax', name='output', bias_initializer='random_normal')(attention))
kinds = {'embedding': ['embeddings'], 'rnn_1': ['kernel', 'recurrent_kernel', 'bias'], 'rnn_2': ['kernel', 'recurrent_kernel', 'bias'],
         'attention': ['attention_W'], 'output': ['kernel', 'bias']}
with h5py.File(target / 'textgenrnn.hdf5', 'w', track_order=False) as file:
    file.attrs['backend'], file.attrs['keras_version'] = b'tensorflow', b'2.1.5'
    file.attrs['layer_names'] = [name.encode() for name in kinds]
    for name, weights in kinds.items():
        group = file.create_group(name)
        group.attrs['weight_names'] = [f'{name}/{kind}:0'.encode() for kind in weights]
        for weight, value in zip(weights, textgen.get_layer(name).get_weights(), strict=True):
            group.create_dataset(f'{name}/{weight}:0', data=value, track_times=False)
ids = rng.integers(0, V, (2, T))
ids[0, :3] = 0
index['textgenrnn'] = {'ids': ids.tolist(), 'joined': numbers(keras.Model(given, joined).predict(ids, verbose=0)),
                       'chances': numbers(textgen.predict(ids, verbose=0))}

(target / 'models.json').write_text(json.dumps(index) + '\n')
print({path.name: path.stat().st_size for path in target.iterdir()})
