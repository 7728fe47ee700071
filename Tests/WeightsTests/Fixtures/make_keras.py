"""Keras applications with random weights and their logits, for the opt-in test of Keras's layouts:

python make_keras.py FOLDER; TLKB_KERAS=FOLDER swift test --filter KerasApplicationTests

The files are too large to be kept (VGG16: 540 MB). keras 3.15.1 on torch.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
generator = np.random.default_rng(4)
applications = {
    "densenet121": (keras.applications.DenseNet121, 64),
    "mobilenet_v1_0.25": (lambda **k: keras.applications.MobileNet(alpha=0.25, **k), 64),
    "vgg16": (keras.applications.VGG16, 224),
    "inception_v3_keras": (keras.applications.InceptionV3, 107),
    "xception": (keras.applications.Xception, 107),
    "resnet50_keras": (keras.applications.ResNet50, 75),
    "inception_resnet_v2": (keras.applications.InceptionResNetV2, 107),
    "efficientnet_b0_keras": (keras.applications.EfficientNetB0, 64),
    "mobilenet_v3_large_keras": (
        lambda **k: keras.applications.MobileNetV3Large(include_preprocessing=False, **k), 64),
    "mobilenet_v3_small_keras": (
        lambda **k: keras.applications.MobileNetV3Small(include_preprocessing=False, **k), 64),
    "mobilenet_v2_keras": (keras.applications.MobileNetV2, 64),
}
for name, (make, side) in applications.items():
    if len(sys.argv) > 2 and name not in sys.argv[2:]:
        continue
    keras.utils.set_random_seed(1)
    model = make(
        weights=None, input_shape=(side, side, 3), classes=10, classifier_activation=None)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            new = []
            for weight in layer.weights:
                low, high = (0.5, 1.5) if weight.name in ("gamma", "moving_variance") else (-0.3, 0.3)
                new.append(generator.uniform(low, high, weight.shape))
            layer.set_weights(new)
        elif getattr(layer, "bias", None) is not None:
            layer.bias.assign(generator.normal(0, 0.1, layer.bias.shape))
    images = generator.normal(size=(2, side, side, 3)).astype(np.float32)
    # EfficientNet divides by 255 itself; its normalisation is the identity without ImageNet's weights.
    factor = np.float32(255 if name.startswith("efficientnet") else 1)
    logits = np.asarray(model.predict(images * factor, verbose=0))
    model.save(f"{folder}/{name}.h5")
    np.savez(f"{folder}/{name}.npz", images=images.transpose(0, 3, 1, 2), logits=logits)
    print(name, logits[0, :3])
