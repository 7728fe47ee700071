#!/usr/bin/env python3
"""Small weight files of every kind, and hostile ones: writes them beside this script.

Needs torch (CPU) and numpy; the safetensors file is written by hand from the format's description.
"""
import io, json, os, pickle, pickletools, struct, zipfile
from collections import OrderedDict
import numpy as np
import torch

here = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(0)


def path(name):
    return os.path.join(here, name)


base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 8 - 1
state = OrderedDict(
    {
        "conv.weight": base,
        "conv.transposed": base.permute(2, 0, 1),  # shares the storage, other strides
        "conv.part": base[1, 1:],  # an offset into the storage
        "half": torch.tensor([0.5, -2.0, 65504.0, 6e-8], dtype=torch.float16),
        "brain": torch.tensor([1.0, -3.140625, 1e30], dtype=torch.bfloat16),
        "double": torch.tensor([[1e-3, 2.5]], dtype=torch.float64),
        "bn.num_batches_tracked": torch.tensor(7),
        "empty": torch.zeros(0, 3),
    }
)
torch.save(state, path("new.pth"))
torch.save({"epoch": 3, "best": 0.5, "state_dict": state}, path("checkpoint.pth.tar"))
torch.save(state, path("legacy.pth"), _use_new_zipfile_serialization=False)

arrays = {"a": np.arange(6, dtype="<f4").reshape(2, 3), "b": np.asfortranarray(np.arange(6, dtype=">f8").reshape(2, 3)), "c": np.array([1, -2], dtype="<i8")}
np.savez(path("plain.npz"), **arrays)
np.savez_compressed(path("deflated.npz"), **arrays)
for protocol in (2, 3, 4, 5):
    with open(path(f"arrays{protocol}.pkl"), "wb") as file:
        pickle.dump({"layer": [arrays["a"], arrays["b"]], "c": arrays["c"]}, file, protocol=protocol)

header = {
    "__metadata__": {"made by": "make_files.py"},
    "x": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
    "y": {"dtype": "F16", "shape": [2], "data_offsets": [16, 20]},
}
text = json.dumps(header).encode()
with open(path("small.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + np.array([1, 2, 3, 4.5], "<f4").tobytes() + np.array([0.25, -1], "<f2").tobytes())


class Hostile:
    def __reduce__(self):
        return (os.system, ("touch /tmp/should-not-exist",))


with open(path("hostile.pkl"), "wb") as file:
    pickle.dump({"weights": Hostile()}, file, protocol=2)
