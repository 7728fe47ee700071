// A pickle reader that executes nothing.

import Files

/// Interprets the instructions that hold weights (protocols 0 to 5, no code, no classes but the few
/// below); anything else is an error that names it.
struct Unpickler {
  private(set) var nodes: [PickleNode] = []
  var cursor: ByteCursor
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  init(_ cursor: ByteCursor) { self.cursor = cursor }

  /// Reads one pickle, up to its STOP; the cursor stands behind it then.
  mutating func load() throws(WeightsError) -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    while true {
      let opcode = try cursor.byte()
      if opcode == UInt8(ascii: ".") { return try pop() }
      try execute(opcode)
    }
  }

  // MARK: Looking at results

  /// The elements of a list or tuple.
  func sequence(_ value: PickleValue) -> [PickleValue]? {
    if case .node(let index) = value, case .sequence(let values) = nodes[index] { return values }
    return nil
  }

  /// The pairs of a dictionary.
  func mapping(_ value: PickleValue) -> [(key: PickleValue, value: PickleValue)]? {
    if case .node(let index) = value, case .mapping(let pairs) = nodes[index] { return pairs }
    return nil
  }

  /// Whole numbers of a list or tuple.
  func integers(_ value: PickleValue) -> [Int]? {
    guard let values = sequence(value) else { return nil }
    var result: [Int] = []
    for case .integer(let number) in values { result.append(number) }
    return result.count == values.count ? result : nil
  }

  /// The bytes of a bytes object.
  func bytes(_ value: PickleValue) -> [UInt8]? {
    switch value {
    case .bytes(let range): Array(cursor.bytes[range])
    case .madeBytes(let bytes): bytes
    default: nil
    }
  }

  // MARK: Stack

  private mutating func pop() throws(WeightsError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw cursor.damaged("its pickle takes from an empty stack")
    }
    return value
  }

  private mutating func popToMark() throws(WeightsError) -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else {
      throw cursor.damaged("its pickle has no mark where it needs one")
    }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  mutating func add(_ node: PickleNode) -> PickleValue {
    nodes.append(node)
    return .node(nodes.count - 1)
  }

  var top: PickleValue? { stack.last }

  mutating func replace(_ index: Int, _ node: PickleNode) { nodes[index] = node }

  mutating func pushGlobal(_ name: String) { stack.append(.global(name)) }

  private mutating func push(_ node: PickleNode) { stack.append(add(node)) }

  // MARK: Instructions

  private mutating func execute(_ opcode: UInt8) throws(WeightsError) {
    switch Character(UnicodeScalar(opcode)) {
    case "\u{80}": _ = try cursor.byte()  // protocol
    case "\u{95}": _ = try cursor.take(8)  // frame
    case "(": marks.append(stack.count)
    case "0": _ = try pop()
    case "1": _ = try popToMark()
    case "2":
      let value = try pop()
      stack += [value, value]
    case "N": stack.append(.none)
    case "\u{88}": stack.append(.bool(true))
    case "\u{89}": stack.append(.bool(false))
    case "J": stack.append(.integer(Int(Int32(truncatingIfNeeded: try cursor.unsigned(4)))))
    case "K": stack.append(.integer(Int(try cursor.byte())))
    case "M": stack.append(.integer(Int(try cursor.unsigned(2))))
    case "\u{8A}": try pushLong(width: try cursor.length(1))
    case "I": try pushDecimal(try cursor.line())
    case "G":
      let bits = try cursor.take(8).wholeNumber(isBigEndian: true)
      stack.append(.real(Double(bitPattern: bits)))
    case "X": stack.append(.text(try cursor.text(try cursor.length(4))))
    case "\u{8C}": stack.append(.text(try cursor.text(try cursor.length(1))))
    case "\u{8D}": stack.append(.text(try cursor.text(try cursor.length(8))))
    case "U": try pushBytes(try cursor.length(1))
    case "T": try pushBytes(try cursor.length(4))
    case "C": try pushBytes(try cursor.length(1))
    case "B": try pushBytes(try cursor.length(4))
    case "\u{8E}", "\u{96}": try pushBytes(try cursor.length(8))
    default: try executeContainer(opcode)
    }
  }

  private mutating func executeContainer(_ opcode: UInt8) throws(WeightsError) {
    switch Character(UnicodeScalar(opcode)) {
    case ")", "]": push(.sequence([]))
    case "t", "l": push(.sequence(try popToMark()))
    case "\u{85}": try pushTuple(1)
    case "\u{86}": try pushTuple(2)
    case "\u{87}": try pushTuple(3)
    case "}": push(.mapping([]))
    case "d": push(.mapping(try pairs(try popToMark())))
    case "a": try append([try pop()])
    case "e": try append(try popToMark())
    case "s":
      let value = try pop()
      try insert([try pop(), value])
    case "u": try insert(try popToMark())
    case "q": try remember(Int(try cursor.byte()))
    case "r": try remember(try cursor.length(4))
    case "\u{94}": try remember(memo.count)
    case "h": try recall(Int(try cursor.byte()))
    case "j": try recall(try cursor.length(4))
    case "c":
      let (module, name) = (try cursor.line(), try cursor.line())
      try refer("\(module).\(name)")
    case "\u{93}":
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw cursor.damaged("its pickle refers to something without a name")
      }
      try refer("\(module).\(name)")
    case "R":
      let arguments = try pop()
      guard case .global(let name) = try pop(), let values = sequence(arguments) else {
        throw cursor.damaged("its pickle calls something that is no function")
      }
      stack.append(try call(name, values))
    case "b": try build(try pop())
    case "Q":
      let reference = try pop()
      stack.append(try storage(reference))
    default:
      throw .forbidden(
        file: cursor.file, request: "pickle instruction 0x\(String(opcode, radix: 16))")
    }
  }

  private mutating func pushLong(width: Int) throws(WeightsError) {
    let bytes = try cursor.take(width)
    // Longer numbers (PyTorch's magic number is one) only need to be told apart from tensors.
    guard width <= 8 else { return stack.append(.text("long")) }
    var value = bytes.wholeNumber()
    if let top = bytes.last, top & 0x80 != 0, width < 8 {
      value |= ~UInt64(0) << (8 * UInt64(width))
    }
    stack.append(.integer(Int(bitPattern: UInt(value))))
  }

  private mutating func pushDecimal(_ line: String) throws(WeightsError) {
    switch line {
    case "00": stack.append(.bool(false))
    case "01": stack.append(.bool(true))
    default:
      guard let value = Int(line) else { throw cursor.damaged("'\(line)' is no whole number") }
      stack.append(.integer(value))
    }
  }

  private mutating func pushBytes(_ count: Int) throws(WeightsError) {
    let start = cursor.position
    _ = try cursor.take(count)
    stack.append(.bytes(start..<start + count))
  }

  private mutating func pushTuple(_ count: Int) throws(WeightsError) {
    var values: [PickleValue] = []
    for _ in 0..<count { values.append(try pop()) }
    push(.sequence(values.reversed()))
  }

  private mutating func append(_ values: [PickleValue]) throws(WeightsError) {
    guard case .node(let index)? = stack.last, case .sequence(var list) = nodes[index] else {
      throw cursor.damaged("its pickle appends to something that is no list")
    }
    nodes[index] = .sequence([])
    list += values
    nodes[index] = .sequence(list)
  }

  private func pairs(
    _ values: [PickleValue]
  ) throws(WeightsError) -> [(key: PickleValue, value: PickleValue)] {
    guard values.count % 2 == 0 else { throw cursor.damaged("a dictionary's key has no value") }
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }

  private mutating func insert(_ values: [PickleValue]) throws(WeightsError) {
    guard case .node(let index)? = stack.last, case .mapping(var entries) = nodes[index] else {
      throw cursor.damaged("its pickle fills something that is no dictionary")
    }
    nodes[index] = .mapping([])
    entries += try pairs(values)
    nodes[index] = .mapping(entries)
  }

  private mutating func remember(_ key: Int) throws(WeightsError) {
    guard let top = stack.last else { throw cursor.damaged("its pickle remembers nothing") }
    memo[key] = top
  }

  private mutating func recall(_ key: Int) throws(WeightsError) {
    guard let value = memo[key] else { throw cursor.damaged("its pickle recalls nothing") }
    stack.append(value)
  }
}
