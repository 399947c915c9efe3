"""A matrix of PyTorch layers: outputs, final states and every gradient, for given gradients of both.

    python3 test/conformance/pytorch_cases.py

Cell × layers 1 to 3 × directions × (bias, lengths, initial states), at sizes that are multiples of no tile. `gru` has the
equations of Dive into Deep Learning in torch tensors, with autograd. An LSTM with `proj_size` has a file of its own. In float64; test/fixtures/pytorch.py has the layouts.
"""
import itertools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fixtures"))
import pytorch as fixtures  # noqa: E402
import torch  # noqa: E402

from common import write  # noqa: E402

OPTIONS = [  # bias, lengths, initial states
    (True, None, False),
    (False, None, True),
    (True, [3, 4, 1], True),
    (False, [2, 4, 3], False),
]
fixtures.T, fixtures.B = 4, 3
fixtures.flat = lambda tensor: [float(f"{v:.7g}") for v in tensor.detach().contiguous().reshape(-1).tolist()]

if __name__ == "__main__":
    for c, cell in enumerate(fixtures.GATES):
        cases = []
        for n, (layers, D, (bias, lengths, initial)) in enumerate(itertools.product([1, 2, 3], [1, 2], OPTIONS)):
            fixtures.I, fixtures.H = 2 + n % 3, 3 + n % 3
            name = f"{layers} layers, {D} directions, bias {bias}, lengths {lengths}, initial {initial}"
            cases.append(fixtures.layer_case(cell, name, layers, D, bias, lengths, initial, seed=1000 * c + n))
        write(f"pytorch-{cell}.json", {"torch": torch.__version__}, cases)

    cases = []
    for n, (layers, D, half) in enumerate(itertools.product([1, 2], [1, 2], [0, 1])):
        bias, lengths, initial = OPTIONS[(2 * half + n // 2) % 4]
        fixtures.I, fixtures.H, P = 2 + n % 3, 4 + n % 3, 2 + n % 2
        name = f"projection, {layers} layers, {D} directions, bias {bias}, lengths {lengths}, initial {initial}"
        cases.append(fixtures.layer_case("lstm", name, layers, D, bias, lengths, initial, seed=9000 + n, projection=P))
    write("pytorch-lstm-projection.json", {"torch": torch.__version__}, cases)
