"""Models as PyTorch exports them, and what they put out.

  python3 test/formats/onnx/pytorch.py     (pip install torch onnx)

writes test/fixtures/onnx-pytorch.json: for each the model (base64), its input and its outputs."""
import base64
import io
import json
import pathlib
import warnings

import torch
from torch import nn

warnings.filterwarnings('ignore')
torch.manual_seed(3)
T, B, I, H, V, E = 5, 3, 3, 4, 6, 3


class Classifier(nn.Module):
    """Ids, an embedding, a stack, a head on each step."""

    def __init__(self, cell, bidirectional, batch_first):
        super().__init__()
        self.embed = nn.Embedding(V, E)
        self.rnn = cell(E, H, num_layers=2, bidirectional=bidirectional, batch_first=batch_first)
        self.fc = nn.Linear(H * (2 if bidirectional else 1), V)

    def forward(self, ids):
        return self.fc(self.rnn(self.embed(ids))[0])


class Regressor(nn.Module):
    """Features, a head on what is left at the end: the last step, or the final states of both directions."""

    def __init__(self, cell, bidirectional, how):
        super().__init__()
        self.rnn = cell(I, H, bidirectional=bidirectional, batch_first=True)
        self.fc = nn.Linear(H * (2 if bidirectional else 1), 2)
        self.how = how

    def forward(self, x):
        y, state = self.rnn(x)
        h = state[0] if isinstance(state, tuple) else state
        if self.how == 'last step':
            return self.fc(y[:, -1])
        if self.how == 'both':
            return torch.sigmoid(self.fc(torch.cat([h[-2], h[-1]], dim=1)))
        return torch.softmax(self.fc(h[-1]), dim=-1)


class Deep(nn.Module):
    """Linear layers before, between and after; a head of two layers, on the final states of both directions."""

    def __init__(self):
        super().__init__()
        self.before, self.one, self.between = nn.Linear(I, 5), nn.GRU(5, H, batch_first=True), nn.Linear(H, 6, bias=False)
        self.two = nn.LSTM(6, H, bidirectional=True, batch_first=True)
        self.after, self.fc = nn.Linear(2 * H, 7), nn.Linear(7, 2)

    def forward(self, x):
        y = self.between(self.one(torch.relu(self.before(x)))[0])
        _, (h, _) = self.two(y)
        return torch.sigmoid(self.fc(torch.tanh(self.after(torch.cat([h[-2], h[-1]], dim=1)))))


class Joined(nn.Module):
    """As textgenrnn: the head reads the embedding and the outputs of every layer."""

    def __init__(self):
        super().__init__()
        self.embed, self.one, self.two, self.fc = nn.Embedding(V, E), nn.LSTM(E, H), nn.LSTM(H, H), nn.Linear(E + 2 * H, V)

    def forward(self, ids):
        x = self.embed(ids)
        one = self.one(x)[0]
        return self.fc(torch.cat([x, one, self.two(one)[0]], dim=2))


class Skip(nn.Module):
    """What Sluice does not have: outputs of two layers are added."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.fc = nn.GRU(I, H), nn.GRU(H, H), nn.Linear(H, 2)

    def forward(self, x):
        y = self.one(x)[0]
        return self.fc(y + self.two(y)[0])


cells = {'rnn': nn.RNN, 'gru': nn.GRU, 'lstm': nn.LSTM, 'relu': lambda *a, **k: nn.RNN(*a, nonlinearity='relu', **k)}
ids = torch.randint(0, V, (T, B))
features = torch.rand(B, T, I) * 2 - 1
models = []
for name, cell in cells.items():
    for bidirectional in (False, True):
        for batch_first in (False, True):
            models.append((f'classifier {name}{" both directions" if bidirectional else ""}{" batch first" if batch_first else ""}',
                           Classifier(cell, bidirectional, batch_first), ids.T.contiguous() if batch_first else ids))
for how, bidirectional in (('last step', False), ('final', False), ('both', True)):
    models.append((f'regressor, {how}', Regressor(nn.LSTM, bidirectional, how), features))
models.append(('linear layers before, between and after', Deep(), features))
models.append(('joined', Joined(), ids))
models.append(('skip', Skip(), features.transpose(0, 1).contiguous()))

cases = []
for name, model, x in models:
    model.eval()
    for free in (True, False):
        file = io.BytesIO()
        axes = {'x': {0: 'a', 1: 'b'}, 'y': {0: 'a'}} if free else None
        torch.onnx.export(model, (x,), file, input_names=['x'], output_names=['y'], dynamic_axes=axes, dynamo=False)
        cases.append({'name': f'{name}, {"free" if free else "fixed"} sizes', 'model': base64.b64encode(file.getvalue()).decode(),
                      'x': [float(v) for v in x.reshape(-1)], 'y': [float(v) for v in model(x).detach().reshape(-1)]})
target = pathlib.Path(__file__).parents[2] / 'fixtures' / 'onnx-pytorch.json'
target.write_text(json.dumps({'torch': torch.__version__, 'cases': cases}) + '\n')
print(len(cases), 'models')
