// Kinds of entity, references to them, and the folding that makes names comparable.

/// The kinds of thing the knowledge base keeps, each a folder of `Data/`.
public enum EntityKind: String, Codable, Sendable, CaseIterable, Comparable {
  case source = "sources"
  case reference = "references"
  case task = "tasks"
  case modality = "modalities"
  case technique = "techniques"
  case backbone = "backbones"
  case dataset = "datasets"
  case study = "studies"
  case challenge = "challenges"
  case recommendation = "recommendations"
  case statement = "statements"

  /// The word for one such entity.
  public var singular: String {
    switch self {
    case .study: "study"
    case .modality: "modality"
    default: String(rawValue.dropLast())
    }
  }

  public static func < (left: EntityKind, right: EntityKind) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// A reference to one entity, written `datasets/breakhis`.
public struct EntityReference: Codable, Sendable, Hashable, Comparable, CustomStringConvertible {
  public let kind: EntityKind
  public let id: String

  public init(_ kind: EntityKind, _ id: String) {
    self.kind = kind
    self.id = id
  }

  /// Reads `folder/id`; nil when the folder is not one of `Data/`.
  public init?(parsing text: String) {
    guard let slash = text.firstIndex(of: "/"),
      let kind = EntityKind(rawValue: String(text[..<slash]))
    else { return nil }
    self.init(kind, String(text[text.index(after: slash)...]))
  }

  public var description: String { "\(kind.rawValue)/\(id)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.kind, left.id) < (right.kind, right.id)
  }
}

/// The folding under which two spellings are the same name: letters and digits only, lower case,
/// without accents. `BreaKHis`, `Break-His` and `BREAKHIS` fold alike; `BreCaHis` does not.
public func foldedName(_ name: String) -> String {
  if let plain = foldedPlainName(name) { return plain }
  var folded = ""
  for scalar in name.lowercased().unicodeScalars {
    if scalar.isASCII {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        folded.unicodeScalars.append(scalar)
      }
    } else if let base = unaccented[scalar] {
      folded += base
    } else if scalar.properties.isAlphabetic {
      folded.unicodeScalars.append(scalar)
    } else if scalar == "×" {
      folded += "x"
    }
  }
  return folded
}

/// ``foldedName(_:)`` of a name in ASCII, byte by byte; nil for any other.
private func foldedPlainName(_ name: String) -> String? {
  var isPlain = true
  let folded = String(unsafeUninitializedCapacity: name.utf8.count) { buffer in
    var count = 0
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        buffer[count] = byte
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): buffer[count] = byte | 0x20
      case 0x80...:
        isPlain = false
        return 0
      default: continue
      }
      count += 1
    }
    return count
  }
  return isPlain ? folded : nil
}

private let unaccented: [Unicode.Scalar: String] = [
  "á": "a", "à": "a", "â": "a", "ä": "a", "ã": "a", "å": "a", "ç": "c", "é": "e", "è": "e",
  "ê": "e", "ë": "e", "í": "i", "ì": "i", "î": "i", "ï": "i", "ñ": "n", "ó": "o", "ò": "o",
  "ô": "o", "ö": "o", "õ": "o", "ø": "o", "ú": "u", "ù": "u", "û": "u", "ü": "u", "ğ": "g",
  "ş": "s", "ı": "i", "ß": "ss",
]

/// The number of single-character edits (insert, delete, replace, swap of neighbours) between two
/// words: the restricted Damerau–Levenshtein distance.
public func editDistance(_ left: String, _ right: String) -> Int {
  let a = Array(left.unicodeScalars)
  let b = Array(right.unicodeScalars)
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i] + [Int](repeating: 0, count: b.count)
    for j in 1...b.count {
      let cost = a[i - 1] == b[j - 1] ? 0 : 1
      row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        row[j] = min(row[j], beforeLast[j - 2] + 1)
      }
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}

/// The candidate nearest to a mistyped word, or nil when none is near enough to be meant.
///
/// Near enough is at most a third of the word's length in edits, or the word begins the candidate.
public func nearestName(to word: String, in candidates: some Sequence<String>) -> String? {
  let folded = foldedName(word)
  var best: (distance: Int, name: String)?
  for candidate in candidates {
    let other = foldedName(candidate)
    var distance = editDistance(folded, other)
    if folded.count >= 3, other.hasPrefix(folded) { distance = min(distance, 1) }
    guard distance <= max(1, folded.count / 3) else { continue }
    if let best, (best.distance, best.name) <= (distance, candidate) { continue }
    best = (distance, candidate)
  }
  return best?.name
}
