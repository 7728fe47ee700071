// Saving a training run as bytes and continuing it bit for bit.

extension Trainer {
  private static let magic: [UInt8] = Array("tlkb-state-1\n".utf8)

  /// Parameters, running statistics, optimiser state, generator and step count.
  ///
  /// The options and the algorithms chosen are not part of it: give the same ones again.
  public func encodeState() -> [UInt8] {
    var writer = ByteWriter(bytes: Self.magic)
    writer.text(model.network.name)
    writer.word(UInt64(stepCount))
    writer.word(generator.state)
    writer.word(UInt64(model.store.slots.count))
    for slot in model.store.slots {
      writer.text(slot.name)
      writer.floats(slot.read())
      let state = states[slot.name] ?? []
      writer.word(UInt64(state.count))
      for value in state { writer.floats(Self.plain(value)) }
    }
    return writer.bytes
  }

  /// Puts a saved state in place of the present one; nothing changes when it throws.
  public func decodeState(_ bytes: [UInt8]) throws(NeuralError) {
    var reader = ByteReader(bytes: bytes)
    guard reader.take(Self.magic.count).map(Array.init) == Self.magic else {
      throw .badState(reason: "it does not start as one")
    }
    let name = try reader.text()
    guard name == model.network.name else {
      throw .badState(reason: "it belongs to \(name), not \(model.network.name)")
    }
    let steps = try reader.word()
    let generator = try reader.word()
    let slots = model.store.slots
    guard steps < 1 << 48, try reader.word() == UInt64(slots.count) else {
      throw .badState(reason: "it has another number of parameters")
    }
    var contents: [(values: [Float], state: [[Float]])] = []
    for slot in slots {
      guard try reader.text() == slot.name else {
        throw .badState(reason: "it has no parameter '\(slot.name)' where it belongs")
      }
      let count = slot.specification.shape.reduce(1, *)
      let values = try reader.floats(count, of: slot.name)
      let states = try reader.word()
      guard states == 0 || states == UInt64(options.optimizer.stateCount) else {
        throw .badState(reason: "it was made by another optimiser")
      }
      var state: [[Float]] = []
      for _ in 0..<states { state.append(try reader.floats(count, of: slot.name)) }
      contents.append((values, state))
    }
    guard reader.isAtEnd else { throw .badState(reason: "there are bytes after its end") }
    for (slot, content) in zip(slots, contents) {
      slot.write(content.values)
      states[slot.name] = nil
      for (values, target) in zip(content.state, content.state.isEmpty ? [] : state(of: slot)) {
        slot.write(values, to: target)
      }
    }
    stepCount = Int(steps)
    self.generator = SeededGenerator(seed: generator)
  }

  private static func plain(_ value: Value) -> [Float] {
    let layout = TensorLayout.plain(value.layout.extents)
    let copy = Value(layout, in: Buffer(persistent: layout.byteCount))
    try? ParameterSlot.copy(value, to: copy)
    return Array(UnsafeBufferPointer(start: copy.floats, count: layout.count))
  }
}

/// Little-endian words, texts and floats, one after the other.
private struct ByteWriter {
  var bytes: [UInt8]

  mutating func word(_ value: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }

  mutating func text(_ text: String) {
    word(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func floats(_ values: [Float]) {
    word(UInt64(values.count))
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

/// The reverse of `ByteWriter`; every length is checked against what is there.
private struct ByteReader {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= bytes.count - position else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func word() throws(NeuralError) -> UInt64 {
    guard let slice = take(8) else { throw .badState(reason: "it is cut off") }
    return slice.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func text() throws(NeuralError) -> String {
    let count = try word()
    guard count < 4096, let slice = take(Int(count)) else {
      throw .badState(reason: "it is cut off")
    }
    return String(decoding: slice, as: UTF8.self)
  }

  mutating func floats(_ count: Int, of name: String) throws(NeuralError) -> [Float] {
    guard try word() == UInt64(count) else {
      throw .badState(reason: "'\(name)' has another shape")
    }
    guard let slice = take(4 * count) else { throw .badState(reason: "it is cut off") }
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      slice.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
  }
}
