"""Makes mias.npz: four drawn films of 4 by 4 pixels in the form of a mini-MIAS archive."""
import numpy as np

images = (np.arange(64) * 3).astype(np.uint8).reshape(4, 4, 4)
np.savez_compressed(
    "mias.npz", images=images, ids=np.array(["mdb001", "mdb002", "mdb003", "mdb005"]),
    tissue=np.array(["G", "G", "D", "F"]),
    abnormality=np.array(["CIRC", "CIRC", "NORM", "SPIC"]), severity=np.array(["B", "M", "", "M"]))
