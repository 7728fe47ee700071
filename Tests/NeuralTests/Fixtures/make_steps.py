#!/usr/bin/env python3
"""Reference numbers of losses and optimisers from PyTorch: writes steps.json beside this script."""
import json, os
import numpy as np
import torch
from make_networks import tensor, uniform

torch.set_num_threads(1)


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn = torch.nn.BatchNorm2d(8)
        self.fc = torch.nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(torch.relu(self.bn(self.conv(x))).mean((2, 3)))


def batch(step):
    x = torch.from_numpy((2 * uniform(f"batch{step}", 6 * 3 * 8 * 8) - 1).astype(np.float32).reshape(6, 3, 8, 8))
    return x, torch.tensor([(step + i) % 4 for i in range(6)])


def optimise(make):
    model = Small()
    state = model.state_dict()
    for key, value in state.items():
        if not key.endswith("num_batches_tracked"):
            state[key] = tensor(key, value.shape)
    model.load_state_dict(state)
    optimizer = make(model.parameters())
    losses = []
    for step in range(10):
        x, y = batch(step % 2)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return dict(losses=losses, weight=model.conv.weight.detach().flatten()[:12].tolist())


optimisers = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=1e-3),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=1e-3),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.01),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.005, momentum=0.5, weight_decay=1e-3),
}

F = torch.nn.functional
logits = torch.from_numpy((6 * uniform("logits", 5 * 4) - 3).astype(np.float32).reshape(5, 4))
labels = torch.tensor([0, 3, 1, 1, 2])
weights = torch.tensor([0.5, 2.0, 1.0, 3.0])
several = torch.tensor([[1, 0, 1, 0], [0, 0, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0], [0, 1, 0, 0]], dtype=torch.float32)
mixed = 0.75 * F.one_hot(labels, 4).float() + 0.25 * F.one_hot(labels.flip(0), 4).float()


def loss(function):
    z = logits.clone().requires_grad_()
    value = function(z)
    value.backward()
    return dict(loss=float(value), gradient=z.grad.flatten().tolist())


def focal(z):
    p = torch.softmax(z, 1)[torch.arange(5), labels]
    return (-weights[labels] * (1 - p) ** 2 * torch.log(p)).mean()


losses = {
    "plain": loss(lambda z: F.cross_entropy(z, labels)),
    "weighted": loss(lambda z: F.cross_entropy(z, labels, weight=weights)),
    "smoothed": loss(lambda z: F.cross_entropy(z, labels, weight=weights, label_smoothing=0.1)),
    "mixed": loss(lambda z: F.cross_entropy(z, mixed, weight=weights, label_smoothing=0.1)),
    "focal": loss(focal),
    "binary": loss(lambda z: F.binary_cross_entropy_with_logits(z, several)),
}
result = dict(optimisers={k: optimise(v) for k, v in optimisers.items()}, losses=losses)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "steps.json")
with open(path, "w") as file:
    json.dump(result, file, indent=1)
    file.write("\n")
