"""Small weight files by the formats' own libraries:

pip install keras==3.15.1 torch h5py==3.16.0 onnx==1.23.2 protobuf==7.36.2 flatbuffers==25.12.19 tflite==2.18.0
python make_formats.py

Caffe's messages are declared here with the field numbers of BVLC's caffe.proto and written by protobuf.
"""

import json
import os

os.environ["KERAS_BACKEND"] = "torch"

import flatbuffers
import h5py
import keras
import numpy as np
import onnx
import tflite
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from onnx import TensorProto, helper, numpy_helper

base = (np.arange(24, dtype=np.float32) / 8 - 1).reshape(2, 3, 4)
kernel = np.arange(36, dtype=np.float32).reshape(3, 3, 2, 2)

# --- Keras and HDF5 ---------------------------------------------------------------------------
model = keras.Sequential(
    [
        keras.Input((6, 6, 2)),
        keras.layers.Conv2D(2, 3, name="conv1"),
        keras.layers.BatchNormalization(name="conv1_bn"),
        keras.layers.Flatten(),
        keras.layers.Dense(3, name="predictions"),
    ],
    name="small",
)
model.compile("adam", "mse")
model.layers[0].set_weights([kernel, np.array([0.5, -0.5])])
model.layers[1].set_weights([np.full(2, v, np.float32) for v in (1, 2, 3, 4)])
model.layers[3].set_weights([np.arange(96, dtype=np.float32).reshape(32, 3), np.arange(3)])
model.save("keras_model.h5")
model.save_weights("keras.weights.h5")
with h5py.File("arrays.h5", "w", libver=("v110", "v110")) as file:
    file.create_dataset("group/compressed", data=base, compression="gzip", shuffle=True)
    file.create_dataset("group/half", data=base.astype(np.float16))
    file.create_dataset("big", data=base.astype(">f8"))
    file.create_dataset("counts", data=np.arange(4, dtype=np.int64))
    file.create_dataset("text", data="no number")
    file["link"] = h5py.ExternalLink("/etc/passwd.h5", "/x")
    file["again"] = h5py.SoftLink("/big")
# Every way in which HDF5 1.10 and 1.8 keep an array, after a user's block of 512 bytes.
for name, version in (("layouts110.h5", "v110"), ("layouts108.h5", "v108")):
    with h5py.File(name, "w", libver=(version, version), userblock_size=512) as file:
        file.create_dataset("whole", data=base)
        file.create_dataset("single", data=base, chunks=base.shape)
        file.create_dataset("fixed", data=base, chunks=(1, 2, 3))
        file.create_dataset("extensible", data=base, chunks=(1, 2, 3), maxshape=(None, 3, 4))
        file.create_dataset("growing", data=base, chunks=(1, 2, 3), maxshape=(None, None, 4), compression="gzip")
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_chunk((1, 2, 3))
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        compact.set_layout(h5py.h5d.COMPACT)
        for key, creation in ((b"implicit", early), (b"compact", compact)):
            space = h5py.h5s.create_simple(base.shape)
            dataset = h5py.h5d.create(file.id, key, h5py.h5t.IEEE_F32LE, space, dcpl=creation)
            dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, base)
with h5py.File("newest.h5", "w", libver="latest") as file:
    file.create_dataset("growing", data=base, chunks=(1, 2, 3), maxshape=(None, None, 4), compression="gzip")
for name, layout in (("external.h5", "external"), ("virtual.h5", "virtual")):
    with h5py.File(name, "w") as file:
        if layout == "external":
            file.create_dataset("x", (4,), "f4", external=[("/etc/hostname", 0, 16)])
        else:
            virtual = h5py.VirtualLayout((4,), "f4")
            virtual[:] = h5py.VirtualSource("elsewhere.h5", "x", (4,))
            file.create_virtual_dataset("x", virtual)

# --- ONNX -------------------------------------------------------------------------------------
typed = helper.make_tensor("typed", TensorProto.FLOAT, [2, 3, 4], base.flatten().tolist())
half = helper.make_tensor("half", TensorProto.FLOAT16, [2], np.array([0.5, -2], np.float16))
half_typed = TensorProto(name="half_typed", data_type=TensorProto.FLOAT16, dims=[2])
half_typed.int32_data.extend([0x3800, 0xC000])
bytes_ = helper.make_tensor("bytes", TensorProto.INT8, [3], [-1, 0, 5])
double = numpy_helper.from_array(np.array(2.5), "double")
double_typed = helper.make_tensor("double_typed", TensorProto.DOUBLE, [2], [1.5, -2.5])
node = helper.make_node("Identity", ["typed"], ["out"])
graph = helper.make_graph(
    [node], "small", [], [helper.make_tensor_value_info("out", TensorProto.FLOAT, [2, 3, 4])],
    [numpy_helper.from_array(base, "raw"), typed, half, half_typed, bytes_, double, double_typed,
     helper.make_tensor("long", TensorProto.INT64, [2], [7, -7])])
onnx.save(helper.make_model(graph, producer_name="fixture"), "small.onnx")
away = TensorProto(name="away", data_type=TensorProto.FLOAT, dims=[2])
away.data_location = TensorProto.EXTERNAL
away.external_data.add(key="location", value="../../secret.bin")
graph = helper.make_graph([node], "small", [], [], [away])
onnx.save(helper.make_model(graph), "external.onnx")

# --- Caffe ------------------------------------------------------------------------------------
file = descriptor_pb2.FileDescriptorProto(name="caffe.proto", package="caffe", syntax="proto2")
kinds = {"int32": 5, "int64": 3, "float": 2, "double": 1, "string": 9}


def declare(name, *fields):
    message = file.message_type.add(name=name)
    for label, number, kind, repeated, packed in fields:
        field = message.field.add(name=label, number=number, label=3 if repeated else 1)
        if kind in kinds:
            field.type = kinds[kind]
        else:
            field.type, field.type_name = 11, f".caffe.{kind}"
        if packed:
            field.options.packed = True


declare("BlobShape", ("dim", 1, "int64", True, True))
declare(
    "BlobProto", ("num", 1, "int32", False, False), ("channels", 2, "int32", False, False),
    ("height", 3, "int32", False, False), ("width", 4, "int32", False, False),
    ("data", 5, "float", True, True), ("shape", 7, "BlobShape", False, False),
    ("double_data", 8, "double", True, True))
declare(
    "LayerParameter", ("name", 1, "string", False, False), ("type", 2, "string", False, False),
    ("bottom", 3, "string", True, False), ("top", 4, "string", True, False),
    ("blobs", 7, "BlobProto", True, False))
declare(
    "V1LayerParameter", ("bottom", 2, "string", True, False), ("top", 3, "string", True, False),
    ("name", 4, "string", False, False), ("type", 5, "int32", False, False),
    ("blobs", 6, "BlobProto", True, False))
declare(
    "NetParameter", ("name", 1, "string", False, False),
    ("layers", 2, "V1LayerParameter", True, False), ("layer", 100, "LayerParameter", True, False))
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
Net = message_factory.GetMessageClass(pool.FindMessageTypeByName("caffe.NetParameter"))


def blob(target, values, shape=None):
    values = np.asarray(values, np.float32)
    target.data.extend(values.flatten().tolist())
    target.shape.dim.extend(shape or values.shape)


oihw = kernel.transpose(3, 2, 0, 1)
net = Net(name="small")
layer = net.layer.add(name="data", type="Input", top=["data"])
layer = net.layer.add(name="conv1", type="Convolution", bottom=["data"], top=["conv1"])
blob(layer.blobs.add(), oihw)
blob(layer.blobs.add(), [0.5, -0.5])
layer = net.layer.add(name="bn1", type="BatchNorm")
blob(layer.blobs.add(), [2, 4])
blob(layer.blobs.add(), [6, 8])
blob(layer.blobs.add(), [2])
layer = net.layer.add(name="scale1", type="Scale")
blob(layer.blobs.add(), [1, 2])
blob(layer.blobs.add(), [3, 4])
layer = net.layer.add(name="fc", type="InnerProduct")
blob(layer.blobs.add(), np.arange(6).reshape(2, 3))
layer = net.layer.add(name="prelu", type="PReLU")
layer.blobs.add().double_data.extend([0.25, 0.75])
layer.blobs[0].shape.dim.extend([2])
open("small.caffemodel", "wb").write(net.SerializeToString())
net = Net(name="old")
layer = net.layers.add(name="conv1", type=4)
for values, shape in ((oihw, oihw.shape), ([0.5, -0.5], (1, 1, 1, 2))):
    target = layer.blobs.add(num=shape[0], channels=shape[1], height=shape[2], width=shape[3])
    target.data.extend(np.asarray(values, np.float32).flatten().tolist())
layer = net.layers.add(name="fc", type=14)
target = layer.blobs.add(num=1, channels=1, height=2, width=3)
target.data.extend(range(6))
open("old.caffemodel", "wb").write(net.SerializeToString())

# --- TensorFlow-Lite --------------------------------------------------------------------------
builder = flatbuffers.Builder(1024)


def vector(start, values, prepend):
    start(builder, len(values))
    for value in reversed(values):
        prepend(value)
    return builder.EndVector()


def tensor(name, kind, values, shape, scales=(), zeros=(), axis=0):
    raw = builder.CreateByteVector(np.asarray(values).tobytes())
    tflite.BufferStart(builder)
    tflite.BufferAddData(builder, raw)
    buffers.append(tflite.BufferEnd(builder))
    text = builder.CreateString(name)
    extents = vector(tflite.TensorStartShapeVector, shape, builder.PrependInt32)
    quantisation = None
    if scales:
        scale = vector(tflite.QuantizationParametersStartScaleVector, scales, builder.PrependFloat32)
        zero = vector(tflite.QuantizationParametersStartZeroPointVector, zeros, builder.PrependInt64)
        tflite.QuantizationParametersStart(builder)
        tflite.QuantizationParametersAddScale(builder, scale)
        tflite.QuantizationParametersAddZeroPoint(builder, zero)
        tflite.QuantizationParametersAddQuantizedDimension(builder, axis)
        quantisation = tflite.QuantizationParametersEnd(builder)
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, extents)
    tflite.TensorAddType(builder, kind)
    tflite.TensorAddBuffer(builder, len(buffers) - 1)
    tflite.TensorAddName(builder, text)
    if quantisation:
        tflite.TensorAddQuantization(builder, quantisation)
    return tflite.TensorEnd(builder)


tflite.BufferStart(builder)
buffers = [tflite.BufferEnd(builder)]
kind = tflite.TensorType
tensors = [
    tensor("float", kind.FLOAT32, base, base.shape),
    tensor("half", kind.FLOAT16, np.array([0.5, -2], np.float16), [2]),
    tensor("bytes", kind.UINT8, np.array([0, 128, 255], np.uint8), [3], [0.5], [128]),
    tensor("channels", kind.INT8, np.array([[1, -1], [2, -2]], np.int8), [2, 2], [1.0, 0.25], [0, 0], 1),
    tensor("bias", kind.INT32, np.array([100, -100], np.int32), [2], [0.01], [0]),
    tensor("shape", kind.INT32, np.array([1, -1], np.int32), [2]),
]
listed = vector(tflite.SubGraphStartTensorsVector, tensors, builder.PrependUOffsetTRelative)
tflite.SubGraphStart(builder)
tflite.SubGraphAddTensors(builder, listed)
graphs = vector(
    tflite.ModelStartSubgraphsVector, [tflite.SubGraphEnd(builder)], builder.PrependUOffsetTRelative)
stored = vector(tflite.ModelStartBuffersVector, buffers, builder.PrependUOffsetTRelative)
tflite.ModelStart(builder)
tflite.ModelAddVersion(builder, 3)
tflite.ModelAddSubgraphs(builder, graphs)
tflite.ModelAddBuffers(builder, stored)
builder.Finish(tflite.ModelEnd(builder), b"TFL3")
open("small.tflite", "wb").write(bytes(builder.Output()))

# --- TensorFlow.js ----------------------------------------------------------------------------
os.makedirs("tfjs", exist_ok=True)
content = base.tobytes() + np.array([0, 255], np.uint8).tobytes()
open("tfjs/group1-shard1of2", "wb").write(content[:50])
open("tfjs/group1-shard2of2", "wb").write(content[50:])
weights = [
    {"name": "conv1/kernel", "shape": [2, 3, 4], "dtype": "float32"},
    {"name": "conv1/bias", "shape": [2], "dtype": "float32",
     "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}},
]
manifest = [{"paths": ["group1-shard1of2", "group1-shard2of2"], "weights": weights}]
json.dump({"weightsManifest": manifest}, open("tfjs/model.json", "w"))
