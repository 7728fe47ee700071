# Images per second of ImagingBench beside torchvision's loader on the same files, turn about in one run.
# Usage: peer.py BINARY [FOLDER]. Without a folder, 64 made pictures of 600 × 450 are used.
import os
import platform
import random
import subprocess
import sys
import tempfile
import time

import numpy as np
import PIL
import torch
from PIL import Image

try:
    import torchvision
except RuntimeError:
    # PyPI's torchvision beside a torch without CUDA lacks compiled operators; no transform uses them.
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ["nms", "qnms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"]:
        for end in ["", "_backward"]:
            library.define(("_" if end else "") + name + end + "(Tensor x) -> Tensor")
    for module in [m for m in sys.modules if m.startswith("torchvision")]:
        del sys.modules[module]
    import torchvision
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

SECONDS = 2.0
ROUNDS = 3
NORMALISE = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
PLAIN = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor(), NORMALISE])
FITTED = transforms.Resize((224, 224))
AUGMENT = transforms.Compose([
    transforms.RandomHorizontalFlip(), transforms.RandomRotation(15, transforms.InterpolationMode.BILINEAR),
    transforms.ToTensor(), NORMALISE,
])


def make(folder):
    """Pictures with the look of photographs: smooth fields, a shape, grain."""
    for i in range(64):
        r = np.random.default_rng(i)
        y, x = np.mgrid[0:450, 0:600] / 450
        a = np.stack([0.6 + 0.3 * np.sin(3 * x + k + i) * np.cos(4 * y - k) for k in range(3)], -1)
        a[(x - 0.6) ** 2 + (y - 0.5) ** 2 < 0.08] *= 0.5
        a += r.normal(0, 0.03, a.shape)
        picture = Image.fromarray((np.clip(a, 0, 1) * 255).astype(np.uint8))
        picture.save(f"{folder}/{i:02}.jpg", quality=90)
        if i < 16:
            picture.save(f"{folder}/{i:02}.png")


def opened(path):
    """As torchvision's own datasets open a picture."""
    with open(path, "rb") as file:
        return Image.open(file).convert("RGB")


class Pictures(Dataset):
    def __init__(self, items, load):
        self.items, self.load = items, load

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.load(self.items[index]), 0


def decoded(path):
    return AUGMENT(FITTED(opened(path)))


def rate(body):
    body()
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        done += body()
    return done / (time.perf_counter() - start)


def each(paths, f):
    def body():
        for p in paths:
            f(p)
        return len(paths)
    return body


def epochs(items, load, workers=2):
    loader = DataLoader(Pictures(items, load), batch_size=32, shuffle=True, num_workers=workers,
                        persistent_workers=workers > 0)

    def body():
        return sum(len(labels) for _, labels in loader)
    return body


def main():
    binary = sys.argv[1]
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as made:
        folder = sys.argv[2] if len(sys.argv) > 2 else made
        if folder == made:
            make(made)
        paths = sorted(os.path.join(d, f) for d, _, fs in os.walk(folder) for f in fs)
        # Several times the list: an epoch is then long enough to hide the start of its workers.
        jpeg = [p for p in paths if p.endswith((".jpg", ".jpeg"))]
        png = [p for p in paths if p.endswith(".png")]
        first = opened(jpeg[0])
        kept = [FITTED(opened(p)) for p in jpeg]
        plain = each(jpeg, lambda p: PLAIN(opened(p)))
        loader = epochs(jpeg * 4, decoded)
        single = epochs(jpeg, decoded, workers=0)
        cases = [
            ("resize", "resize 600 × 450 → 224 × 224, bilinear", each([0], lambda _: FITTED(first))),
            ("jpeg", "JPEG → tensor, every pixel decoded", plain),
            ("jpeg-fast", "JPEG → tensor, decoded at half size", plain),
        ]
        if png:
            cases.append(("png", "PNG → tensor", each(png, lambda p: PLAIN(opened(p)))))
        cases += [
            ("loader-single", "loader, 1 thread: JPEG, flip, turn, batch of 32", single),
            ("loader-full", "loader, 2 workers, every pixel decoded", loader),
            ("loader", "loader, 2 workers, decoded at half size", loader),
            ("cached", "loader, 2 workers, prepared pictures in memory", epochs(kept * 4, AUGMENT)),
        ]
        print(f"Imaging beside torchvision {torchvision.__version__}, torch {torch.__version__}, Pillow "
              f"{PIL.__version__}; {platform.machine()}, {os.cpu_count()} processors; median images/s of "
              f"{ROUNDS} rounds of {SECONDS:g} s, turn about\n")
        print("| case | images/s | torchvision | ratio |\n| --- | ---: | ---: | ---: |", flush=True)
        for name, title, body in cases:
            ours, theirs = [], []
            for _ in range(ROUNDS):
                out = subprocess.run([binary, name, folder, str(SECONDS)], capture_output=True, text=True, check=True)
                ours.append(float(out.stdout))
                theirs.append(rate(body))
            a, b = sorted(ours)[ROUNDS // 2], sorted(theirs)[ROUNDS // 2]
            print(f"| {title} | {a:,.0f} | {b:,.0f} | {a / b:.2f} |", flush=True)
            print(name, file=sys.stderr, flush=True)


main()
