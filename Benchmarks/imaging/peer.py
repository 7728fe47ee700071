# Images per second of ImagingBench beside Pillow + NumPy on the same files, turn about in one run.
# Usage: peer.py BINARY [FOLDER]. Without a folder, 64 made pictures of 600 × 450 are used.
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import PIL
from PIL import Image

SECONDS = 2.0
ROUNDS = 3
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
SD = np.array([0.229, 0.224, 0.225], np.float32)


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


def tensor(image):
    a = np.asarray(image, np.float32) / 255
    return np.ascontiguousarray(((a - MEAN) / SD).transpose(2, 0, 1))


def prepare(path):
    return tensor(Image.open(path).convert("RGB").resize((224, 224), Image.BILINEAR))


def prepare_fast(path):
    image = Image.open(path)
    image.draft("RGB", (224, 224))
    return tensor(image.convert("RGB").resize((224, 224), Image.BILINEAR))


def augment(image):
    if random.random() < 0.5:
        image = image.transpose(Image.FLIP_LEFT_RIGHT)
    return tensor(image.rotate(random.uniform(-15, 15), Image.BILINEAR))


def fitted(path):
    return Image.open(path).convert("RGB").resize((224, 224), Image.BILINEAR)


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


def batches(items, f, pool):
    def body():
        order = random.sample(items, len(items))
        for i in range(0, len(order), 32):
            np.stack(list(pool.map(f, order[i:i + 32])))
        return len(order)
    return body


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor(2) as pool:
        folder = sys.argv[2] if len(sys.argv) > 2 else made
        if folder == made:
            make(made)
        paths = sorted(os.path.join(d, f) for d, _, fs in os.walk(folder) for f in fs)
        jpeg = [p for p in paths if p.endswith((".jpg", ".jpeg"))]
        png = [p for p in paths if p.endswith(".png")]
        first = Image.open(jpeg[0]).convert("RGB")
        kept = [fitted(p) for p in jpeg]
        peers = {
            "jpeg": each(jpeg, prepare), "jpeg-fast": each(jpeg, prepare_fast),
            "resize": each([0], lambda _: first.resize((224, 224), Image.BILINEAR)),
            "loader": batches(jpeg, lambda p: augment(fitted(p)), pool),
            "cached": batches(kept, augment, pool),
        }
        if png:
            peers["png"] = each(png, prepare)
        print(f"Imaging beside Pillow {PIL.__version__} + NumPy {np.__version__}, {platform.machine()}, "
              f"{os.cpu_count()} cores; median images/s of {ROUNDS} rounds of {SECONDS:g} s, turn about\n")
        print("| case | images/s | Pillow + NumPy | ratio |\n| --- | ---: | ---: | ---: |")
        for name, body in peers.items():
            ours, theirs = [], []
            for _ in range(ROUNDS):
                out = subprocess.run([binary, name, folder, str(SECONDS)], capture_output=True, text=True, check=True)
                ours.append(float(out.stdout))
                theirs.append(rate(body))
            a, b = sorted(ours)[ROUNDS // 2], sorted(theirs)[ROUNDS // 2]
            print(f"| {name} | {a:,.0f} | {b:,.0f} | {a / b:.2f} |", flush=True)


main()
