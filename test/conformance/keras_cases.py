"""Keras layers on the torch backend: SimpleRNN, both forms of GRU, LSTM, Bidirectional, masks, backwards.

    python3 test/conformance/keras_cases.py

Keras has kernel [I, G*H], recurrent_kernel [H, G*H]; gates i f c o and z r h; GRU(reset_after=True) has bias [2, 3*H].
Outputs at steps that a mask skips repeat the last one in Keras; they are written as zero, as Sluice has them.
"""
import os

os.environ["KERAS_BACKEND"] = "torch"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402

from common import flat, gates, write  # noqa: E402

ORDER = {"rnn": [0], "gru": [1, 0, 2], "gru-reset-after": [1, 0, 2], "lstm": [0, 1, 2, 3]}
T, B, I, H = 5, 3, 3, 6
HOLES = np.array([[1, 0, 1, 1, 0], [0, 0, 1, 0, 1], [1, 1, 1, 1, 1]], bool)  # [B, T]


def make(cell, **options):
    options = dict(return_sequences=True, return_state=True, bias_initializer="random_normal", **options)
    if cell == "rnn":
        return keras.layers.SimpleRNN(H, **options)
    if cell == "lstm":
        return keras.layers.LSTM(H, **options)
    return keras.layers.GRU(H, reset_after=cell == "gru-reset-after", **options)


def parameters_of(cell, layers):
    """`layers`: one Keras layer for each direction. Also says whether the gradients' arrays are theirs or the values'."""
    def convert(read):
        W, U, b, bn = [], [], [], []
        for layer in layers:
            c = layer.cell
            W.append(gates(read(c.kernel), ORDER[cell], H))
            U.append(gates(read(c.recurrent_kernel), ORDER[cell], H))
            bias = gates(read(c.bias), ORDER[cell], H)
            if cell == "gru-reset-after":  # [2, 3, H]: input and recurrent
                both = bias[0] + bias[1] if read is value else bias[0].copy()
                both[2] = bias[0, 2]
                b.append(both)
                bn.append(bias[1, 2])
            else:
                b.append(bias)
        out = {"layers.0.W": np.stack(W, 1), "layers.0.U": np.stack(U), "layers.0.b": np.stack(b)}
        return {**out, "layers.0.bn": np.stack(bn)} if bn else out

    value = lambda v: keras.ops.convert_to_numpy(v.value).astype(np.float64)
    gradient = lambda v: v.value.grad.detach().numpy().astype(np.float64)
    return convert(value), lambda: convert(gradient)


def case(cell, name, bidirectional=False, lengths=None, backwards=False, mask=None):
    keras.utils.set_random_seed(len(name) + 7 * ord(name[0]))
    x = torch.randn(B, T, I, requires_grad=True)
    if lengths is not None:
        mask = np.arange(T)[None] < np.array(lengths)[:, None]
    layer = make(cell, go_backwards=backwards)
    if bidirectional:
        layer = keras.layers.Bidirectional(layer)
    made = layer(x, mask=None if mask is None else torch.tensor(mask))
    y, states = made[0], made[1:]
    layers = [layer.forward_layer, layer.backward_layer] if bidirectional else [layer]
    D = len(layers)
    inside = np.ones((B, T), bool) if mask is None else mask
    dy = torch.randn(B, T, D * H) * torch.tensor(inside[..., None], dtype=torch.float32)
    (y * dy).sum().backward()
    values, gradients = parameters_of(cell, layers)
    steps = lambda v: v.detach().numpy().transpose(1, 0, 2)  # to [T, B, ...]
    outputs, given = steps(y) * inside.T[..., None], steps(dy)
    if backwards:  # Keras gives the outputs in the order of reading; the second direction gives them in that of time
        outputs, given = outputs[::-1], given[::-1]
    names = ["h", "c"] if cell == "lstm" else ["h"]
    final = {n: np.stack([states[d * len(names) + k].detach().numpy() for d in range(D)], 1) for k, n in enumerate(names)}  # [B, D, H]
    parameters, gradients = values, gradients()
    if backwards:
        beside = lambda group: {k: np.concatenate([np.zeros_like(v), v], 1 if k.endswith("W") else 0) for k, v in group.items()}
        parameters = beside(parameters)
        given = np.concatenate([np.zeros_like(given), given], 2)
    return {
        "name": f"{cell}: {name}", "cell": cell, "layers": 1, "bidirectional": bidirectional or backwards, "bias": True,
        "steps": T, "batch": B, "features": I, "hidden": H, "lengths": lengths, **({"mask": [int(v) for v in mask.T.reshape(-1)]} if mask is not None and lengths is None else {}),
        "parameters": {k: flat(v) for k, v in parameters.items()}, "x": flat(steps(x)), "initial": [{}],
        "dy": flat(given), "outputs": flat(outputs), "final": [{k: flat(v) for k, v in final.items()}],
        "gradients": {"parameters": {k: flat(v) for k, v in gradients.items()}, "x": flat(steps(x.grad))},
        **({"direction": 1} if backwards else {}),
    }


if __name__ == "__main__":
    cases = []
    for cell in ORDER:
        cases.append(case(cell, "plain"))
        cases.append(case(cell, "bidirectional", bidirectional=True))
        cases.append(case(cell, "a mask at the end", lengths=[3, 5, 1]))
        cases.append(case(cell, "bidirectional, a mask at the end", bidirectional=True, lengths=[2, 5, 4]))
        cases.append(case(cell, "backwards", backwards=True))
        cases.append(case(cell, "a mask with holes", mask=HOLES))
        cases.append(case(cell, "bidirectional, a mask with holes", bidirectional=True, mask=HOLES))
    write("keras.json", {"keras": keras.__version__, "torch": torch.__version__}, cases)
