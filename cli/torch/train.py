"""Goes on with a training of Sluice under PyTorch, on one process or many:

    pip install torch numpy safetensors
    torchrun --nproc-per-node 2 train.py            # or: python train.py

It reads sluice.json, model.safetensors, optimizer.safetensors and corpus.txt of this folder, and writes the first three again at the
end, every 1000 steps, and when it is stopped. `sluice convert THIS-FOLDER model.safetensors` brings the training back.
The rows of a batch are shared by the processes, so the loss is that of one process."""

import json, math, os, signal
from pathlib import Path

import torch
import torch.distributed as dist
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.parallel import DistributedDataParallel

here = Path(__file__).parent
config = json.loads((here / "sluice.json").read_text(encoding="utf-8"))
world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
cuda = torch.cuda.is_available()
device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if cuda else torch.device("cpu")
if cuda:
    torch.cuda.set_device(device)
if world > 1:
    dist.init_process_group("nccl" if cuda else "gloo")
B, T, V, H, L = (config[name] for name in ("batch", "window", "vocabulary", "hidden", "layers"))
ids = {character: i for i, character in enumerate(V)}
assert B % world == 0, f"{B} rows cannot be shared by {world} processes: take a number that divides them"
mine = slice(rank * B // world, (rank + 1) * B // world)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        E = config["embedding"]
        self.embedding = nn.Embedding(len(V), E) if E else None
        kind = {"lstm": nn.LSTM, "gru-reset-after": nn.GRU}.get(config["cell"], nn.RNN)
        how = {"nonlinearity": "relu"} if config["cell"] == "rnn-relu" else {}
        self.rnn = kind(E or len(V), H, L, dropout=config["dropout"], **how)
        self.head = nn.Linear(H, len(V))
        # Unless its layers have two biases as well, Sluice has one where PyTorch has two, but for the candidate of a GRU.
        # The second stays as it is.
        for name, bias in self.rnn.named_parameters():
            if name.startswith("bias_hh") and not config["two_biases"]:
                trained = torch.zeros_like(bias, device=device)
                if config["cell"] == "gru-reset-after":
                    trained[2 * H :] = 1
                bias.register_hook(lambda gradient, trained=trained: gradient * trained)

    def forward(self, x, state):
        x = self.embedding(x) if self.embedding else nn.functional.one_hot(x, len(V)).float()
        y, state = self.rnn(x, state)
        return self.head(y), state


def drawn_below(n, index):
    """Random number `index` of stream 1 of the seed, a whole number below n, as Sluice draws the offset of an epoch.
    (PCG3D: Jarzynski and Olano, 2020.)"""
    m = 0xFFFFFFFF
    x, y, z = ((value * 1664525 + 1013904223) & m for value in (config["seed"], 1, index))
    for shift in (16, 0):
        x = (x + y * z) & m
        y = (y + z * x) & m
        z = (z + x * y) & m
        if shift:
            x, y, z = x ^ x >> shift, y ^ y >> shift, z ^ z >> shift
    return int(((x >> 5) * 2**26 + (y >> 6)) * 2**-53 * n)


def batches(text, position):
    """Minibatches [T, B] in the order of Sluice, from a position; with the position after each."""
    epoch, taken, drawn = position["epoch"], position["taken"], position["drawn"]
    while True:
        offset = drawn_below(min(T, len(text) - B * T - 1) + 1, drawn)
        row = (len(text) - offset - 1) // B
        starts = offset + row * torch.arange(B)
        for k in range(taken, row // T):
            at = starts + k * T + torch.arange(T)[:, None]
            yield text[at], text[at + 1], k == 0, {"epoch": epoch, "taken": k + 1, "drawn": drawn}
        epoch, taken, drawn = epoch + 1, 0, drawn + 1


text = (here / "corpus.txt").read_bytes().decode("utf-8")
text = torch.tensor([ids[character] for character in text][: config["characters"]])
model = Model()
model.load_state_dict(load_file(here / "model.safetensors"))
model.to(device)
saved = load_file(here / "optimizer.safetensors", device=str(device))
optimizer = torch.optim.AdamW(model.parameters(), config["rate"], config["betas"], config["epsilon"], weight_decay=config["decay"])
for name, parameter in model.named_parameters():
    moments = {key: saved[f"{key}.{name}"].clone() for key in ("exp_avg", "exp_avg_sq")}
    optimizer.state[parameter] = {"step": torch.tensor(float(config["step"])), **moments}
state = [torch.stack([saved[f"carried.{kind}.{l}"][mine] for l in range(L)]) for kind in "hc" if f"carried.{kind}.0" in saved]
parallel = DistributedDataParallel(model, device_ids=[device] if cuda else None) if world > 1 else model


def gathered(part):
    """The states [L, B, H] of all processes."""
    parts = [torch.empty_like(part) for _ in range(world)]
    dist.all_gather(parts, part.contiguous()) if world > 1 else parts[0].copy_(part)
    return torch.cat(parts, 1)


def save(step, position):
    moments = {f"{key}.{name}": optimizer.state[p][key] for name, p in model.named_parameters() for key in ("exp_avg", "exp_avg_sq")}
    carried = {f"carried.{kind}.{l}": whole[l].contiguous() for kind, whole in zip("hc", map(gathered, state)) for l in range(L)}
    if rank == 0:
        save_file(model.state_dict(), here / "model.safetensors", {"format": "pt"})
        save_file({**moments, **carried}, here / "optimizer.safetensors", {"format": "pt"})
        text = json.dumps({**config, "step": step, "position": position}, ensure_ascii=False, indent=1)
        (here / "sluice.json").write_text(text, encoding="utf-8")
        print(f"saved after step {step}", flush=True)


def rate_after(steps):
    """Constant, or half a cosine down to a twentieth at the last step, as `sluice train` has it."""
    if config["schedule"] == "constant":
        return config["rate"]
    progress = min(1, steps / config["until"])
    return config["rate"] * (1 + 19 * (1 + math.cos(math.pi * progress)) / 2) / 20


stopped = torch.zeros(1, device=device)
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, lambda *_: stopped.fill_(1))
for step, (x, y, fresh, position) in enumerate(batches(text, config["position"]), config["step"] + 1):
    state = None if fresh else [part.detach() for part in state]
    carried = None if state is None else tuple(state) if len(state) == 2 else state[0]
    logits, carried = parallel(x[:, mine].to(device), carried)
    state = list(carried) if isinstance(carried, tuple) else [carried]
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), y[:, mine].to(device).flatten())
    optimizer.zero_grad()
    for group in optimizer.param_groups:
        group["lr"] = rate_after(step - 1)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), config["clip"])
    optimizer.step()
    loss = loss.detach() / world
    if world > 1:
        dist.all_reduce(loss)
        dist.all_reduce(stopped)
    if rank == 0 and (step % 10 == 0 or step - config["step"] <= 10):
        print(f"step {step} loss {loss.item():.6f} perplexity {loss.exp().item():.3f}", flush=True)
    done = step >= config["until"] or bool(stopped)
    if done or step % 1000 == 0:
        save(step, position)
    if done:
        break
if world > 1:
    dist.destroy_process_group()
