// Parameters in the layout a step wants, and the gradients and updates of those that are trained.

import CNeuralKernels
import COneDNN

extension PlanCompiler {
  /// The gradient memory of a learned parameter, which is trained from now on. Whoever records the
  /// step that fills it calls `finish` afterwards.
  func trainedGradient(_ slot: ParameterSlot) -> Value {
    if !trained.contains(where: { $0 === slot }) { trained.append(slot) }
    slot.isBound = true
    return updates ? recorder.value(slot.layout) : slot.makeGradient()
  }

  var updates: Bool { purpose.training?.updates == true }

  /// Records that the gradient of a parameter (of the part from its number `first` on) is complete and
  /// its old value read for the last time.
  func finish(_ slot: ParameterSlot, _ gradient: Value, at first: Int = 0) {
    guard updates else { return }
    finished.insert(ObjectIdentifier(slot))
    let context = context
    recorder.record("update", [gradient]) { context.update?(slot, gradient, first) }
  }

  /// A parameter in `layout`: itself, or a copy that is refreshed when it changes.
  func prepared(_ slot: ParameterSlot, as layout: TensorLayout) throws(NeuralError) -> Value {
    slot.isBound = true
    if slot.layout == layout { return slot.value }
    if let shared = slot.copy(in: layout) {
      preparations.append(shared.preparation)
      return recorder.shared(shared.value)
    }
    let copy = recorder.persistent(layout)
    let preparation = Preparation(slots: [slot], run: try copying(slot, to: copy))
    preparations.append(preparation)
    slot.share(copy, preparation)
    return copy
  }

  /// A trained parameter in `layout`: itself, or a copy made right here in the plan's own memory. It
  /// changes with every step, so a copy that is kept would be made as often and hold memory besides.
  func transient(_ slot: ParameterSlot, as layout: TensorLayout) throws(NeuralError) -> Value {
    slot.isBound = true
    if slot.layout == layout { return slot.value }
    let copy = recorder.value(layout)
    let isWinograd = layout.raw.format_kind == dnnl_format_kind_wino
    let isDirect =
      !isWinograd
      && (try? StepRecorder.reorderDescriptor(slot.layout, layout, layer: recorder.layer)) != nil
    if isDirect {
      try recorder.reorder(slot.value, to: copy, label: "weights")
      return copy
    }
    // Transformed weights are made from plain ones only, while training keeps weights in blocks.
    let extents = slot.layout.extents
    var plain = slot.value
    if plain.layout != .plain(extents) {
      plain = recorder.value(.plain(extents))
      try recorder.reorder(slot.value, to: plain, label: "weights")
    }
    guard let winograd = layout.winograd else {
      try recorder.reorder(plain, to: copy, label: "weights")
      return copy
    }
    recorder.record("weights", [plain, copy]) {
      nk_winograd_weights(copy.floats, plain.floats, nil, extents[0], extents[1], winograd)
    }
    return copy
  }

  /// A compiled copy of a parameter into another layout, independent of this plan's memory.
  private func copying(_ slot: ParameterSlot, to copy: Value) throws(NeuralError) -> () -> Void {
    if let winograd = copy.layout.winograd {
      let extents = slot.layout.extents
      return {
        slot.withPlain {
          nk_winograd_weights(copy.floats, $0, nil, extents[0], extents[1], winograd)
        }
      }
    }
    let own = StepRecorder()
    own.layer = recorder.layer
    guard
      let descriptor = try? StepRecorder.reorderDescriptor(
        slot.layout, copy.layout, layer: recorder.layer)
    else {
      return try copyingThroughPlain(slot, to: copy)
    }
    try own.record("copy", descriptor, [(DNNL_ARG_FROM, slot.value), (DNNL_ARG_TO, copy)])
    let arena = own.layOut()
    return {
      withExtendedLifetime(arena) {
        own.steps[0].run()
        own.stream.wait()
      }
    }
  }

  /// The same in two copies: Winograd's transformed weights are made from plain ones only, while
  /// training keeps weights in blocks: oneDNN then has no direct copy (status 3, unimplemented).
  private func copyingThroughPlain(
    _ slot: ParameterSlot, to copy: Value
  ) throws(NeuralError) -> () -> Void {
    let own = StepRecorder()
    own.layer = recorder.layer
    let plain = own.value(.plain(copy.layout.extents))
    try own.reorder(plain, to: copy)
    let arena = Arena(placing: own.buffers, for: own.values)
    return {
      arena.move(to: MemoryBlock(arena.byteCount))
      plain.floats.update(from: slot.read(), count: plain.layout.count)
      own.steps[0].run()
      own.stream.wait()
      // The plain copy is needed rarely: its memory is not kept.
      arena.leave()
    }
  }
}
