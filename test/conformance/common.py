"""What the three scripts share: writing cases in Sluice's names and layouts (src/spec.ts), one case a line."""
import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent


def flat(array):
    """An array as a flat list; 9 significant digits give every float32 back exactly."""
    return [float(f"{v:.9g}") for v in np.asarray(array).reshape(-1).tolist()]


def gates(matrix, order, H):
    """[..., G*H] with another order of gates to [..., G, H] in Sluice's: `order` gives where each of ours is in theirs."""
    matrix = np.asarray(matrix)
    return matrix.reshape(*matrix.shape[:-1], len(order), H)[..., order, :]


def write(name, versions, cases):
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path = FOLDER / name
    path.write_text('{"versions":%s,"cases":[\n%s\n]}\n' % (json.dumps(versions), lines))
    print(f"{name}: {len(cases)} cases, {path.stat().st_size / 1e3:.0f} kB")
