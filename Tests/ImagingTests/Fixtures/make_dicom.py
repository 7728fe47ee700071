# Makes dicom/*.dcm and the pixels that pydicom reads from them: pip install pydicom==3.0.2 numpy;
# dcmcjpeg is of the Debian package dcmtk.
# Usage: python3 make_dicom.py
import os
import subprocess

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.uid import (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian,
                         ImplicitVRLittleEndian, RLELossless, generate_uid)

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "dicom")
WIDTH, HEIGHT = 21, 17


def scene(depth, channels=1):
    """Ramps and waves over the whole range; odd sides show wrong strides."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    planes = [(np.sin(x / 4 + k) * np.cos(y / 5 - k) + 1) / 2 for k in range(channels)]
    top = 2 ** depth - 1
    a = np.rint(np.stack(planes, -1) * top)
    return (a[..., 0] if channels == 1 else a).astype(np.uint8 if depth <= 8 else np.uint16)


def base(pixels, stored, photometric="MONOCHROME2", syntax=ExplicitVRLittleEndian, signed=False):
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
    data.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["tlkb"])
    data.file_meta.ImplementationClassUID = generate_uid(entropy_srcs=["tlkb", "made"])
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID
    data.PatientName = "Phantom^Drawn"
    data.Modality = "MG"
    data.Rows, data.Columns = pixels.shape[:2]
    data.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    if pixels.ndim == 3:
        data.PlanarConfiguration = 0
    data.PhotometricInterpretation = photometric
    data.BitsAllocated = pixels.dtype.itemsize * 8
    data.BitsStored = stored
    data.HighBit = stored - 1
    data.PixelRepresentation = 1 if signed else 0
    raw = pixels.astype(pixels.dtype.newbyteorder(">")) if syntax == ExplicitVRBigEndian else pixels
    data.PixelData = raw.tobytes() + (b"\0" if raw.nbytes % 2 else b"")
    data["PixelData"].VR = "OW" if data.BitsAllocated == 16 else "OB"
    return data


def shown(data):
    """What a viewer shows, by pydicom: modality LUT, first window or the whole range, bright on dark."""
    a = data.pixel_array
    if a.ndim == 3:
        return a.astype(np.uint8)
    values = apply_modality_lut(a, data).astype(float)
    if "WindowCenter" in data:
        values = apply_voi_lut(apply_modality_lut(a, data), data, index=0).astype(float)
        slope, offset = float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0))
        low, high = 0 * slope + offset, (2 ** data.BitsStored - 1) * slope + offset
    else:
        low, high = values.min(), values.max()
    grey = np.clip((values - low) / (high - low) * 255, 0, 255)
    return np.rint(255 - grey if data.PhotometricInterpretation == "MONOCHROME1" else grey).astype(np.uint8)


def save(name, data, compress=None):
    path = os.path.join(OUT, name + ".dcm")
    data.save_as(path, enforce_file_format=True)
    if compress:  # dcmcjpeg's lossless processes
        subprocess.run(["dcmcjpeg", *compress, path, path], check=True)
    np.save(os.path.join(OUT, name + ".npy"), shown(data))


def main():
    os.makedirs(OUT, exist_ok=True)
    save("grey8", base(scene(8), 8))
    save("grey12", base(scene(12), 12))
    save("grey16", base(scene(16), 16))
    save("inverse12", base(scene(12), 12, "MONOCHROME1"))
    save("implicit", base(scene(12), 12, syntax=ImplicitVRLittleEndian))
    save("big-endian", base(scene(12), 12, syntax=ExplicitVRBigEndian))
    save("deflated", base(scene(12), 12, syntax=DeflatedExplicitVRLittleEndian))
    window = base(scene(12), 12)
    window.WindowCenter, window.WindowWidth = [1500, 200], [1000, 50]
    save("window", window)
    rescaled = base((scene(12).astype(int) - 1024).astype(np.int16), 12 + 4, signed=True)
    rescaled.RescaleSlope, rescaled.RescaleIntercept = 2, -100
    save("signed", rescaled)
    save("rgb", base(scene(8, 3), 8, "RGB"))
    for name, pixels in [("rle8", scene(8)), ("rle16", scene(12)), ("rle-rgb", scene(8, 3))]:
        data = base(pixels, 12 if pixels.dtype == np.uint16 else 8,
                    "RGB" if pixels.ndim == 3 else "MONOCHROME2")
        reference = shown(data)
        data.compress(RLELossless, generate_instance_uid=False)
        data.save_as(os.path.join(OUT, name + ".dcm"), enforce_file_format=True)
        np.save(os.path.join(OUT, name + ".npy"), reference)
    save("jpeg-lossless8", base(scene(8), 8), ["+e1"])
    save("jpeg-lossless12", base(scene(12), 12), ["+e1"])
    save("jpeg-lossless-inverse", base(scene(12), 12, "MONOCHROME1"), ["+el"])
    frames = base(scene(8), 8)
    frames.NumberOfFrames = 2
    frames.PixelData = frames.PixelData * 2
    frames.save_as(os.path.join(OUT, "two-frames.dcm"), enforce_file_format=True)


main()
