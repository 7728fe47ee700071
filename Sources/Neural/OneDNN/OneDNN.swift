// oneDNN's C API behind Swift values: the only file that knows its handles' lifetimes.

import CNeuralKernels
import COneDNN

/// The CPU engine. oneDNN documents engines as safe to share between threads, and this one is never
/// destroyed, so the unchecked global below holds.
enum DNN {
  nonisolated(unsafe) private static let created: (status: dnnl_status_t, engine: dnnl_engine_t?) =
    {
      var engine: dnnl_engine_t?
      let status = dnnl_engine_create(&engine, dnnl_cpu, 0)
      return (status, engine)
    }()

  /// The engine, or nil when the library could not make one.
  static var engine: dnnl_engine_t? { created.engine }

  /// Throws `unsupported` for the layer at hand unless the call succeeded.
  static func check(
    _ status: dnnl_status_t, _ layer: String, _ call: String
  ) throws(NeuralError) {
    guard status != dnnl_success else { return }
    throw .unsupported(layer: layer, reason: "oneDNN's \(call) returned status \(status.rawValue)")
  }

  static func dims(_ values: [Int]) -> [Int64] { values.map(Int64.init) }
}

/// Attributes of a primitive: fused operations after it, scratch memory given by the caller.
final class PrimitiveAttributes {
  let handle: dnnl_primitive_attr_t?

  init(_ operations: [PostOperation] = []) {
    var attributes: dnnl_primitive_attr_t?
    dnnl_primitive_attr_create(&attributes)
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user)
    if !operations.isEmpty {
      var chain: dnnl_post_ops_t?
      dnnl_post_ops_create(&chain)
      for operation in operations {
        switch operation {
        case .sum: dnnl_post_ops_append_sum(chain, 1)
        case .elementwise(let kind, let alpha, let beta):
          dnnl_post_ops_append_eltwise(chain, 1, kind, alpha, beta)
        case .depthwise(let stride, let type):
          let append = stride == 1 ? dnnl_post_ops_append_dw_k3s1p1 : dnnl_post_ops_append_dw_k3s2p1
          _ = append(chain, type, dnnl_f32, type, 1, 0, [1])
        }
      }
      dnnl_primitive_attr_set_post_ops(attributes, chain)
      dnnl_post_ops_destroy(chain)
    }
    handle = attributes
  }

  deinit { dnnl_primitive_attr_destroy(handle) }
}

/// Something a convolution or linear layer does to its result before writing it.
enum PostOperation {
  /// Adds what the destination held before.
  case sum
  case elementwise(dnnl_alg_kind_t, Float, Float)
  /// A depthwise 3×3 convolution with one pixel of padding: a 1×1 convolution's result goes through
  /// it while still in cache.
  case depthwise(stride: Int, type: dnnl_data_type_t)
}

/// A primitive's description: the implementation oneDNN chose and the layouts it wants.
final class PrimitiveDescriptor {
  let handle: dnnl_primitive_desc_t?

  init(taking handle: dnnl_primitive_desc_t?) { self.handle = handle }

  /// Describes `operation` (one of oneDNN's `*_desc_t`).
  init<Description>(
    _ operation: inout Description, _ attributes: PrimitiveAttributes,
    hint: PrimitiveDescriptor? = nil, layer: String
  ) throws(NeuralError) {
    var handle: dnnl_primitive_desc_t?
    let status = withExtendedLifetime((attributes, hint)) {
      withUnsafePointer(to: &operation) {
        dnnl_primitive_desc_create(&handle, $0, attributes.handle, DNN.engine, hint?.handle)
      }
    }
    try DNN.check(status, layer, "primitive_desc_create")
    self.handle = handle
  }

  deinit { dnnl_primitive_desc_destroy(handle) }

  /// The layout of one of the primitive's arguments; nil when it does not have it.
  func layout(_ query: dnnl_query_t, _ index: Int32 = 0) -> TensorLayout? {
    guard let pointer = dnnl_primitive_desc_query_md(handle, query, index) else { return nil }
    let layout = TensorLayout(raw: pointer.pointee)
    return layout.byteCount == 0 ? nil : layout
  }

  var source: TensorLayout { layout(dnnl_query_src_md)! }
  var destination: TensorLayout { layout(dnnl_query_dst_md)! }
  var weights: TensorLayout { layout(dnnl_query_weights_md)! }

  /// Bytes to work in.
  var scratch: Int { layout(dnnl_query_scratchpad_md)?.byteCount ?? 0 }

  /// Whether this is oneDNN's Winograd algorithm.
  var isWinograd: Bool { implementation.contains("wino") }

  /// The name of the implementation, for profiles.
  var implementation: String {
    var text: UnsafePointer<CChar>?
    dnnl_primitive_desc_query(handle, dnnl_query_impl_info_str, 0, &text)
    return text.map { String(cString: $0) } ?? ""
  }
}

/// A compiled primitive.
final class Primitive {
  let handle: dnnl_primitive_t?

  init(_ descriptor: PrimitiveDescriptor, layer: String) throws(NeuralError) {
    var handle: dnnl_primitive_t?
    let status = withExtendedLifetime(descriptor) {
      dnnl_primitive_create(&handle, descriptor.handle)
    }
    try DNN.check(status, layer, "primitive_create")
    self.handle = handle
  }

  deinit { dnnl_primitive_destroy(handle) }
}

/// A queue of primitives; the CPU runs them as they are given.
final class Stream {
  let handle: dnnl_stream_t?

  init() {
    var handle: dnnl_stream_t?
    dnnl_stream_create(&handle, DNN.engine, UInt32(dnnl_stream_default_flags.rawValue))
    self.handle = handle
  }

  deinit { dnnl_stream_destroy(handle) }

  /// Returns when everything given so far is done.
  func wait() {
    withExtendedLifetime(self) { _ = dnnl_stream_wait(handle) }
  }
}
