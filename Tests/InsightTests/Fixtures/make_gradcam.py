"""Grad-CAM of a small residual network by PyTorch's autograd (torch 2.15, CPU): gradcam.npz.

The arrays are the parameters, two images of 3 × 13 × 11, the logits, and for classes 2 and 0 the map
ReLU(sum of channels weighted by their mean gradient) of the layer `relu2` and the gradient with
respect to the images.
"""

import numpy as np
import torch
from torch import nn

torch.manual_seed(20)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.pool = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.bn2 = nn.BatchNorm2d(8)
        self.drop = nn.Dropout(0.5)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        self.last = torch.relu(self.bn2(self.conv2(x)) + x)
        self.last.retain_grad()
        return self.fc(self.drop(self.last.mean((2, 3))))


net = Small()
for norm in (net.bn1, net.bn2):
    norm.weight.data.uniform_(0.5, 1.5)
    norm.bias.data.normal_(0, 0.3)
    norm.running_mean.normal_(0, 0.2)
    norm.running_var.uniform_(0.3, 2)
net.fc.weight.data.normal_()
net.eval()
images = torch.randn(2, 3, 13, 11, requires_grad=True)
logits = net(images)
(logits[0, 2] + logits[1, 0]).backward()
weights = net.last.grad.mean((2, 3), keepdim=True)
maps = torch.relu((weights * net.last).sum(1))
arrays = {name: value.numpy() for name, value in net.state_dict().items() if "tracked" not in name}
np.savez(
    "gradcam.npz", images=images.detach().numpy(), logits=logits.detach().numpy(),
    maps=maps.detach().numpy(), gradient=images.grad.numpy(), **arrays)
