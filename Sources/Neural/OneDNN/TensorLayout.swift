// How a tensor's numbers lie in memory: oneDNN's memory descriptor as a Swift value.

import CNeuralKernels
import COneDNN

/// Extents, layout and kind of number of a tensor, possibly blocked (N, C/16, H, W, 16) and padded.
struct TensorLayout: Equatable {
  var raw: dnnl_memory_desc_t

  init(raw: dnnl_memory_desc_t) { self.raw = raw }

  /// `tag` may be `dnnl_format_tag_any`: the library chooses.
  init(_ extents: [Int], _ tag: dnnl_format_tag_t, _ type: dnnl_data_type_t = dnnl_f32) {
    raw = dnnl_memory_desc_t()
    let status = dnnl_memory_desc_init_by_tag(
      &raw, Int32(extents.count), DNN.dims(extents), type, tag)
    precondition(status == dnnl_success, "no layout \(tag.rawValue) of \(extents)")
  }

  /// The row-major layout.
  static func plain(_ extents: [Int], _ type: dnnl_data_type_t = dnnl_f32) -> TensorLayout {
    let tags = [dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde]
    return TensorLayout(extents, tags[extents.count - 1], type)
  }

  static func any(_ extents: [Int], _ type: dnnl_data_type_t = dnnl_f32) -> TensorLayout {
    TensorLayout(extents, dnnl_format_tag_any, type)
  }

  /// What the numbers are: `dnnl_f32` or `dnnl_bf16`.
  var type: dnnl_data_type_t { raw.data_type }

  /// The same layout of other numbers.
  func holding(_ type: dnnl_data_type_t) -> TensorLayout {
    var copy = raw
    copy.data_type = type
    return TensorLayout(raw: copy)
  }

  static func == (a: TensorLayout, b: TensorLayout) -> Bool {
    var (a, b) = (a.raw, b.raw)
    return dnnl_memory_desc_equal(&a, &b) != 0
  }

  /// Bytes in memory, padding included.
  var byteCount: Int {
    var copy = raw
    return dnnl_memory_desc_get_size(&copy)
  }

  /// Numbers in memory, padding included.
  var count: Int { byteCount / (type == dnnl_bf16 ? 2 : 4) }

  var extents: [Int] {
    withUnsafeBytes(of: raw.dims) { bytes in
      bytes.bindMemory(to: Int64.self).prefix(Int(raw.ndims)).map { Int($0) }
    }
  }

  /// The same memory seen with other extents, or nil where the blocking forbids it.
  func reshaped(_ extents: [Int]) -> TensorLayout? {
    var source = raw
    var result = dnnl_memory_desc_t()
    let status = dnnl_memory_desc_reshape(
      &result, &source, Int32(extents.count), DNN.dims(extents))
    return status == dnnl_success ? TensorLayout(raw: result) : nil
  }

  /// A window of the same memory, or nil where it would cut a block.
  func window(_ extents: [Int], at offsets: [Int]) -> TensorLayout? {
    var source = raw
    var result = dnnl_memory_desc_t()
    let status = dnnl_memory_desc_init_submemory(
      &result, &source, DNN.dims(extents), DNN.dims(offsets))
    return status == dnnl_success ? TensorLayout(raw: result) : nil
  }

  /// The blocking of weights that Winograd's F(4×4, 3×3) has transformed; nil for other layouts.
  var winograd: nk_winograd_layout? {
    let blocks = raw.format_desc.wino_desc
    guard raw.format_kind == dnnl_format_kind_wino,
      blocks.wino_format == dnnl_wino_wei_OBaaIBOIio, blocks.r == 3, blocks.alpha == 6,
      blocks.oc_block == 16, blocks.adj_scale == 1
    else { return nil }
    return nk_winograd_layout(
      input_block: Int(blocks.ic_block), input_blocks: Int(blocks.ic2_block),
      output_blocks: Int(blocks.oc2_block))
  }

  /// A four-dimensional tensor as [outer][spatial][inner] with channels in outer and inner; nil for
  /// layouts that are not of this form.
  var channels: ChannelLayout? {
    guard raw.ndims == 4, raw.format_kind == dnnl_blocked, raw.offset0 == 0 else { return nil }
    let extents = extents
    let spatial = extents[2] * extents[3]
    for (tag, block) in [(dnnl_nchw, 1), (dnnl_nChw16c, 16), (dnnl_nChw8c, 8)]
    where self == TensorLayout(extents, tag, type) {
      return ChannelLayout(
        outer: extents[0] * ((extents[1] + block - 1) / block), spatial: spatial, inner: block,
        tag: tag)
    }
    if self == TensorLayout(extents, dnnl_nhwc, type) {
      return ChannelLayout(outer: extents[0], spatial: spatial, inner: extents[1], tag: dnnl_nhwc)
    }
    return nil
  }
}

/// A layout as three nested loops; a tensor of the same tag with one pixel is [outer][inner].
struct ChannelLayout {
  let outer: Int, spatial: Int, inner: Int
  let tag: dnnl_format_tag_t
}
