"""PyTorch on the example of a time series: the same network on the same series by the same recipe.

    node test/bench/series/main.mjs series.json
    python3 test/bench/series/pytorch.py series.json [seed …]

An LSTM with one bias (that on the state is zero and frozen) and a linear head say the next value at every step of
windows that begin at every row of the training part, in random order, normalised by its mean and deviation. Squared
error, Adam, a cosine with a warm-up, clipping by norm. Then each forecast of the held-out part reads a window and feeds
back. Weights and order are drawn by PyTorch, so the errors are not the same to the digit: give several seeds.
"""

import json
import math
import sys

import torch
from torch import nn

with open(sys.argv[1]) as file:
    data = json.load(file)
options, horizon, every = data["settings"], data["horizon"], data["every"]
window, batch, iterations = options["window"], options["batch"], options["iterations"]
values = torch.tensor(data["values"], dtype=torch.float64)
split = len(values) - math.floor(len(values) * data["heldOut"])
training, held_out = values[:split], values[split:]
mean, deviation = training.mean(), training.std(unbiased=False)
scaled = ((training - mean) / deviation).float()


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, options["hidden"], batch_first=True)
        nn.init.zeros_(self.lstm.bias_hh_l0)
        self.lstm.bias_hh_l0.requires_grad_(False)
        self.head = nn.Linear(options["hidden"], 1)

    def forward(self, x, state=None):
        outputs, state = self.lstm(x, state)
        return self.head(outputs), state


def rate_at(step):
    """That of Sluice's cosine."""
    warmup = iterations // 20
    rise = (step + 1) / warmup if step < warmup else 1
    progress = min(1, max(0, step - warmup) / (iterations - warmup))
    return rise * (1 + math.cos(math.pi * progress)) / 2


def train(model):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=options["rate"])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate_at)
    windows = scaled.unfold(0, window + 1, 1).unsqueeze(-1)
    order = torch.empty(0, dtype=torch.long)
    for step in range(iterations):
        if len(order) < batch:
            order = torch.randperm(len(windows))
        own, order = windows[order[:batch]], order[batch:]
        loss = nn.functional.mse_loss(model(own[:, :-1])[0], own[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1)
        optimizer.step()
        schedule.step()
        if step % 100 == 99:
            print(f"step {step + 1}: loss {loss.item():.4f}", flush=True)


@torch.no_grad()
def evaluate(model):
    origins = range(window, len(held_out) - horizon + 1, every)
    read = torch.stack([held_out[o - window : o] for o in origins])
    truth = torch.stack([held_out[o : o + horizon] for o in origins])
    outputs, state = model(((read - mean) / deviation).float().unsqueeze(-1))
    steps = [outputs[:, -1:]]
    while len(steps) < horizon:
        next_value, state = model(steps[-1], state)
        steps.append(next_value)
    errors = torch.cat(steps, 1).squeeze(-1).double() * deviation + mean - truth
    return errors.abs().mean().item(), errors.square().mean().sqrt().item()


for seed in [int(word) for word in sys.argv[2:]] or [1]:
    torch.manual_seed(seed)
    model = Model()
    train(model)
    mae, rmse = evaluate(model)
    print(f"PyTorch {torch.__version__}, seed {seed}: MAE {mae:.2f}  RMSE {rmse:.2f}", flush=True)
