# Makes the decoding and resizing fixtures with Pillow, NumPy, OpenCV and torchstain.
# Run in this folder: python3 make_fixtures.py  (pip: numpy pillow opencv-python-headless torchstain)
# Each picture has beside it the bytes a decoder must give, in `expected/<name>.npy` (uint8).
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image

os.makedirs("expected", exist_ok=True)


def save(name, array):
    np.save(f"expected/{name}.npy", np.ascontiguousarray(array.astype(np.uint8)))


def scene(h, w, seed=1):
    """A smooth colour field with a disc and some grain: 8-bit RGB."""
    r = np.random.default_rng(seed)
    y, x = np.mgrid[0:h, 0:w] / max(h, w)
    rgb = np.stack([0.5 + 0.4 * np.sin(7 * x + k) * np.cos(5 * y - k) for k in range(3)], -1)
    rgb[(x - 0.4) ** 2 + (y - 0.35) ** 2 < 0.05] *= 0.4
    rgb += r.normal(0, 0.03, rgb.shape)
    return (np.clip(rgb, 0, 1) * 255).astype(np.uint8)


def png(name, rows, depth, kind, palette=None, interlace=False):
    """Writes a PNG by hand where Pillow cannot (16-bit RGB, interlaced): rows of raw samples."""
    h = rows.shape[0]
    w = rows.shape[1]

    def chunk(tag, data):
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    def filtered(part):
        if part.size == 0:
            return b""
        out = b""
        for row in part:
            out += b"\0" + (row.astype(">u2").tobytes() if depth == 16 else row.tobytes())
        return out

    if interlace:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        raw = b"".join(filtered(rows[y::dy, x::dx]) for y, x, dy, dx in passes)
    else:
        raw = filtered(rows)
    data = b"\x89PNG\r\n\x1a\n"
    data += chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, kind, 0, 0, int(interlace)))
    if palette is not None:
        data += chunk(b"PLTE", palette.tobytes())
    data += chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    open(name, "wb").write(data)


rgb = scene(37, 53)
grey = np.array(Image.fromarray(rgb).convert("L"))
save("luma", grey)

# PNG
Image.fromarray(rgb).save("rgb8.png"); save("rgb8.png", rgb)
Image.fromarray(grey).save("grey8.png"); save("grey8.png", grey)
wide = (rgb.astype(np.uint16) << 8) | 0x5A
png("rgb16.png", wide, 16, 2); save("rgb16.png", rgb)
png("grey16.png", wide[:, :, 0], 16, 0); save("grey16.png", rgb[:, :, 0])
png("interlaced.png", rgb, 8, 2, interlace=True); save("interlaced.png", rgb)
q = Image.fromarray(rgb).quantize(16)
q.save("palette4.png"); save("palette4.png", np.array(q.convert("RGB")))
q.save("transparent.png", transparency=bytes(range(0, 160, 10))); save("transparent.png", np.array(q.convert("RGB")))
bits = Image.fromarray(((grey > 128) * 255).astype(np.uint8)).convert("1")
bits.save("bits.png"); save("bits.png", np.array(bits.convert("L")))
alpha = np.dstack([rgb, np.tile(np.arange(53, dtype=np.uint8) * 4, (37, 1))])
Image.fromarray(alpha, "RGBA").save("alpha.png"); save("alpha.png", rgb)

# JPEG: grey, colour, progressive, CMYK, all eight orientations
Image.fromarray(grey).save("grey.jpg", quality=90); save("grey.jpg", np.array(Image.open("grey.jpg")))
for name, options in [("rgb.jpg", {}), ("progressive.jpg", {"progressive": True})]:
    Image.fromarray(rgb).save(name, quality=90, **options); save(name, np.array(Image.open(name)))
Image.fromarray(rgb).convert("CMYK").save("cmyk.jpg", quality=95)
save("cmyk.jpg", np.array(Image.open("cmyk.jpg").convert("RGB")))
from PIL import ImageOps
for k in range(1, 9):
    exif = Image.Exif(); exif[0x0112] = k
    Image.fromarray(rgb[:24, :32]).save(f"orientation{k}.jpg", quality=95, exif=exif)
    save(f"orientation{k}.jpg", np.array(ImageOps.exif_transpose(Image.open(f"orientation{k}.jpg"))))

# TIFF
for name, options in [
    ("raw.tif", {}), ("lzw.tif", {"compression": "tiff_lzw"}), ("deflate.tif", {"compression": "tiff_adobe_deflate"}),
]:
    Image.fromarray(rgb).save(name, **options); save(name, rgb)
Image.fromarray(grey).save("grey.tif", compression="packbits"); save("grey.tif", grey)


def tiled_tiff(name, a, side=16):
    """An uncompressed tiled RGB TIFF, which Pillow does not write."""
    h, w, _ = a.shape
    down, across = -(-h // side), -(-w // side)
    tiles = []
    for r in range(down):
        for c in range(across):
            t = np.zeros((side, side, 3), np.uint8)
            part = a[r * side:(r + 1) * side, c * side:(c + 1) * side]
            t[:part.shape[0], :part.shape[1]] = part
            tiles.append(t.tobytes())
    entries = 12
    data_at = 8 + 2 + entries * 12 + 4
    bits_at = data_at; offsets_at = bits_at + 6; counts_at = offsets_at + 4 * len(tiles)
    first = counts_at + 4 * len(tiles)
    tags = [(256, 3, 1, w), (257, 3, 1, h), (258, 3, 3, bits_at), (259, 3, 1, 1), (262, 3, 1, 2), (274, 3, 1, 1),
            (277, 3, 1, 3), (284, 3, 1, 1), (322, 3, 1, side), (323, 3, 1, side),
            (324, 4, len(tiles), offsets_at), (325, 4, len(tiles), counts_at)]
    out = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", entries)
    for tag, kind, count, value in tags:
        out += struct.pack("<HHII", tag, kind, count, value)
    out += struct.pack("<I", 0) + struct.pack("<HHH", 8, 8, 8)
    out += b"".join(struct.pack("<I", first + i * side * side * 3) for i in range(len(tiles)))
    out += b"".join(struct.pack("<I", side * side * 3) for _ in tiles) + b"".join(tiles)
    open(name, "wb").write(out)


tiled_tiff("tiled.tif", rgb); save("tiled.tif", rgb)
assert (np.array(Image.open("tiled.tif")) == rgb).all()

# BMP, PGM, PPM
Image.fromarray(rgb).save("rgb.bmp"); save("rgb.bmp", rgb)
q.save("palette.bmp"); save("palette.bmp", np.array(q.convert("RGB")))
bits.save("bits.bmp"); save("bits.bmp", np.array(bits.convert("L")))
Image.fromarray(grey).save("grey.pgm"); save("grey.pgm", grey)
Image.fromarray(rgb).save("rgb.ppm"); save("rgb.ppm", rgb)
small = grey[:6, :7]
open("plain.pgm", "w").write("P2\n# plain\n7 6\n255\n" + " ".join(str(v) for v in small.flatten()) + "\n")
save("plain.pgm", small)

# Resizing, each size by each filter
big = scene(90, 120, seed=3)
np.save("expected/scene.npy", big)
names = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS, "box": Image.BOX}
for w, h in [(31, 22), (200, 150), (64, 64), (120, 40)]:
    for name, how in names.items():
        save(f"resize-{name}-{w}x{h}", np.array(Image.fromarray(big).resize((w, h), how)))
import cv2
for w, h in [(31, 22), (64, 64), (40, 30)]:
    save(f"resize-area-{w}x{h}", cv2.resize(big, (w, h), interpolation=cv2.INTER_AREA))

# NumPy files
np.save("expected/int-array.npy", np.arange(-6, 6, dtype=np.int16).reshape(3, 4))
np.savez_compressed("archive.npz", bytes=rgb, labels=np.arange(5, dtype=np.uint8), floats=np.linspace(0, 1, 4), names=np.array(["ab", "ç"]))
np.savez("stored.npz", bytes=rgb)

# MedMNIST's layout with several findings a picture
r = np.random.default_rng(7)
parts = {}
for name, n in [("train", 3), ("val", 1), ("test", 2)]:
    parts[f"{name}_images"] = r.integers(0, 256, (n, 8, 8), dtype=np.uint8)
    parts[f"{name}_labels"] = np.zeros((n, 14), np.uint8)
parts["train_labels"][1, [2, 13]] = 1
np.savez_compressed("chestmnist.npz", **parts)

# CLAHE (OpenCV), stain normalisation (torchstain's NumPy backend)
luma = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(4, 4)).apply(np.array(Image.fromarray(big).convert("L")))
save("clahe", luma)


def tissue(seed, h_vector, e_vector):
    """A made-up section: random concentrations of two dyes, as light."""
    r = np.random.default_rng(seed)
    n = 48
    h = np.clip(r.gamma(1.2, 0.5, (n, n)), 0, 2.5)
    e = np.clip(r.normal(0.7, 0.25, (n, n)), 0, 2)
    od = h[..., None] * np.array(h_vector) + e[..., None] * np.array(e_vector)
    return np.clip(240 * np.exp(-od), 0, 255).astype(np.uint8)


source = tissue(5, [0.65, 0.70, 0.29], [0.07, 0.99, 0.11])
target = tissue(6, [0.55, 0.75, 0.37], [0.15, 0.90, 0.40])
np.save("expected/stain-source.npy", source)
np.save("expected/stain-target.npy", target)
import torchstain
m = torchstain.normalizers.MacenkoNormalizer(backend="numpy")
norm, _, _ = m.normalize(I=source, stains=True)
save("macenko-reference", norm)
m.fit(target)
norm, _, _ = m.normalize(I=source, stains=True)
save("macenko-fitted", norm)
rn = torchstain.normalizers.ReinhardNormalizer(backend="numpy")
rn.fit(target)
save("reinhard-fitted", rn.normalize(source))
