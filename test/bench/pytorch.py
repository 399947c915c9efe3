"""PyTorch on the works of the bench, for a column beside Sluice's:

    python3 test/bench/pytorch.py out=pytorch.json threads=4
    npm run bench -- merge=pytorch.json

With CUDA the GPU (cuDNN in float32, TF32 off), else the processor with as many threads as given. A training step is what
it is for the other peers: one-hot input uploaded, forward, softmax cross-entropy at every step, backward, clipping by
norm, Adam, loss read back. Also: works=lstm,h512 kinds=train,forward,generate runs=11 budget=5000 larger device=cpu
"""

import json
import math
import platform
import re
import statistics
import sys
import time
from datetime import date

import torch
from torch import nn

# The names of works.ts; a test compares them.
WORKS = """
rnn-b32-t35-v28-h256 gru-b32-t35-v28-h256 gru-reset-after-b32-t35-v28-h256 lstm-b32-t35-v28-h256
rnn-b32-t32-v64-h128 gru-b32-t32-v64-h128 gru-reset-after-b32-t32-v64-h128 lstm-b32-t32-v64-h128
lstm-2x-b50-t50-v65-h128 lstm-b32-t64-v65-h512 bi-lstm-b32-t35-v28-h128
"""
LARGER = """
rnn-b32-t128-v64-h512 gru-reset-after-b32-t128-v64-h512 lstm-b32-t128-v64-h512
rnn-b32-t128-v64-h1024 gru-reset-after-b32-t128-v64-h1024 lstm-b32-t128-v64-h1024
lstm-b16-t256-v64-h768
"""
WRITING = """
lstm-b1-t256-v64-h256
"""

CLIP_NORM, RATE = 5.0, 1e-3


def work_of(name):
    both, cell, layers, B, T, V, H = re.fullmatch(r"(bi-)?([a-z-]+?)(?:-(\d+)x)?-b(\d+)-t(\d+)-v(\d+)-h(\d+)", name).groups()
    return {"cell": cell, "B": int(B), "T": int(T), "V": int(V), "H": int(H), "layers": int(layers or 1), "bidirectional": bool(both)}


def flops(kind, w):
    """The formula of works.ts."""
    D, G, rows = 2 if w["bidirectional"] else 1, {"rnn": 1, "lstm": 4}.get(w["cell"], 3), w["T"] * w["B"]
    state = w["layers"] * 2 * rows * D * G * w["H"] ** 2
    inputs = (w["layers"] - 1) * 2 * rows * D * G * D * w["H"] ** 2
    head = 2 * rows * D * w["H"] * w["V"]
    return (3 if kind == "train" else 1) * (state + inputs + head)


class Model(nn.Module):
    def __init__(self, w):
        super().__init__()
        cell = {"rnn": nn.RNN, "gru-reset-after": nn.GRU, "lstm": nn.LSTM}[w["cell"]]
        self.recurrent = cell(w["V"], w["H"], w["layers"], bidirectional=w["bidirectional"])
        self.head = nn.Linear(w["H"] * (2 if w["bidirectional"] else 1), w["V"])

    def forward(self, x, state=None):
        y, state = self.recurrent(x, state)
        return self.head(y), state


def data(w, shift, device):
    t, b = torch.meshgrid(torch.arange(w["T"]) + shift, torch.arange(w["B"]), indexing="ij")
    return (t * t + 3 * t * b + 7 * b) % w["V"]  # [T, B]


def later(value):
    """A function that waits for a number of the device and gives it; its copy is queued here, before any later work."""
    if value.device.type != "cuda":
        return value.detach().item
    number = torch.empty((), pin_memory=True)
    number.copy_(value.detach(), non_blocking=True)
    copied = torch.cuda.Event()
    copied.record()

    def read():
        copied.synchronize()
        return number.item()

    return read


def job(kind, w, device):
    """A function that does the work once, and what it returns is on the CPU: of a training the loss of the step before, which
    is read while the next runs; of its first step, its own."""
    torch.manual_seed(1)
    model = Model(w).to(device)
    one_hot = nn.functional.one_hot(data(w, 0, device), w["V"]).float()
    targets = data(w, 1, device)
    if kind == "train":
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=device.type == "cuda")
        before = None

        def step():
            nonlocal before
            logits, _ = model(one_hot.to(device))
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.to(device).flatten())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)
            optimizer.step()
            last, before = before, later(loss)
            return (last or before)()

        return step
    if kind == "forward":

        @torch.inference_mode()
        def step():
            return model(one_hot.to(device))[0].cpu()

        return step

    @torch.inference_mode()
    def step():
        state, token, written = None, torch.zeros(1, 1, dtype=torch.long), []
        for _ in range(w["T"]):
            logits, state = model(nn.functional.one_hot(token, w["V"]).float().to(device), state)
            token = logits.argmax(-1).cpu()
            written.append(token.item())
        return written

    return step


def check_losses(losses, V):
    if not abs(losses[0] / math.log(V) - 1) < 0.1:
        raise SystemExit(f"the first loss is {losses[0]}, expected about ln V = {math.log(V):.3f}")
    if not losses[-1] < losses[0]:
        raise SystemExit(f"the loss does not fall: {losses}")


def measure(kind, w, device, runs, budget):
    if w["cell"] == "gru":
        return {"status": "not offered", "why": "PyTorch has no GRU with the reset gate before the product"}
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    step = job(kind, w, device)

    def timed():
        begin = time.perf_counter()
        outcome = step()
        return (time.perf_counter() - begin) * 1000, outcome

    first, _ = timed()
    outcomes = [timed()[1] for _ in range(2)]
    ms, outcome = timed()
    outcomes.append(outcome)
    if kind == "train":
        check_losses(outcomes, w["V"])
    times = [timed()[0] for _ in range(1 if ms > 10_000 else min(runs, max(3, int(budget / ms))))]
    median = statistics.median(times)
    row = {
        "status": "measured", "median": median, "min": min(times), "max": max(times), "mad": statistics.median(abs(t - median) for t in times),
        "runs": len(times), "first": first, "dispatches": 0, "submits": 0,
        "bytes": torch.cuda.max_memory_allocated() if device.type == "cuda" else None,
    }
    return row | ({"losses": outcomes} if kind == "train" else {})


def processor():
    try:
        return re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read()).group(1)
    except (OSError, AttributeError):
        return platform.processor() or platform.machine()


def main():
    options = dict(arg.partition("=")[::2] for arg in sys.argv[1:])
    unknown = options.keys() - {"out", "threads", "works", "kinds", "runs", "budget", "larger", "device"}
    if unknown:
        raise SystemExit(f"{', '.join(sorted(unknown))} was not understood.\n{__doc__}")
    device = torch.device(options.get("device") or ("cuda" if torch.cuda.is_available() else "cpu"))
    if "threads" in options:
        torch.set_num_threads(int(options["threads"]))
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False

    peer = f"pytorch-{device.type}"
    if device.type == "cuda":
        adapter, how = torch.cuda.get_device_name(), f"CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}, float32"
    else:
        adapter, how = processor(), f"{torch.get_num_threads()} threads"
    wanted = [part for part in options.get("works", "").split(",") if part]
    kinds = options.get("kinds", "train,forward,generate").split(",")
    known = f"{WORKS} {LARGER} {WRITING}".split()
    unknown = [part for part in wanted if not any(part in name for name in known)]
    if unknown:
        raise SystemExit(f"works={','.join(unknown)} is in no name, expected a part of one of {', '.join(known)}")
    works = []
    for kind in kinds:
        for name in (WRITING if kind == "generate" else WORKS + (LARGER if "larger" in options else "")).split():
            if wanted and not any(part in name for part in wanted):
                continue
            w = work_of(name)
            row = measure(kind, w, device, int(options.get("runs", 11)), float(options.get("budget", 5000)))
            print(f"{kind} {name}: " + (f"{row['median']:.2f} ms" if row["status"] == "measured" else row["why"]), flush=True)
            works.append({"id": name, "kind": kind, "work": w, "flops": flops(kind, w), "rows": {peer: row}})
    results = {
        "schema": "sluice-bench 1", "date": date.today().isoformat(), "adapter": adapter, "host": {"runtime": f"PyTorch {torch.__version__}", "how": how},
        "peers": {peer: f"PyTorch {torch.__version__}, {how}"}, "probe": None, "works": works,
    }
    if options.get("out"):
        with open(options["out"], "w") as file:
            json.dump(results, file, indent=1)
            file.write("\n")


main()
