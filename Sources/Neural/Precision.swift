// The kinds of numbers that a network is computed in.

import COneDNN

/// What convolutions and linear layers multiply, and what intermediate results are kept as.
///
/// Parameters, gradients of parameters, the optimiser's state, statistics of normalisation, sums and
/// logits are single precision in any case, so that bfloat16 costs digits of products only. 3×3
/// convolutions may run by Winograd's algorithm there too, which rounds what it multiplies once more.
public enum Precision: String, Sendable, CaseIterable, CustomStringConvertible {
  /// Single precision: the default, and the one for reproductions.
  case float32
  /// The upper half of a single-precision number: its range with 8 significant bits. Half the memory
  /// traffic and twice the arithmetic on a CPU that has instructions for it.
  case bfloat16

  /// How well this computer's CPU can do it.
  public enum Support: Sendable {
    case native
    /// Correct, but slower than single precision.
    case emulated
    case none
  }

  public var support: Support {
    guard self == .bfloat16 else { return .native }
    let isa = dnnl_get_effective_cpu_isa().rawValue
    func has(_ wanted: dnnl_cpu_isa_t) -> Bool { isa & wanted.rawValue == wanted.rawValue }
    if has(dnnl_cpu_isa_avx512_core_bf16) { return .native }
    return has(dnnl_cpu_isa_avx512_core) ? .emulated : .none
  }

  public var description: String { rawValue }
}
