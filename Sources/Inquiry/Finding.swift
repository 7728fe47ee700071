// A contradiction: what disagrees with what, where it is printed, and how that was computed.

import Evidence

/// A contradiction in the knowledge base, with everything needed to check it by hand.
public struct Finding: Codable, Sendable, Hashable {
  /// How much a reader of the source would be misled.
  public enum Severity: String, Codable, Sendable, CaseIterable, Comparable {
    case low, medium, high

    public static func < (left: Self, right: Self) -> Bool {
      allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
  }

  /// How sure it is that something is wrong: proved from the print (high), the likeliest reading
  /// (medium), or worth a look (low).
  public enum Confidence: String, Codable, Sendable, CaseIterable, Comparable {
    case low, medium, high

    public static func < (left: Self, right: Self) -> Bool {
      allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
  }

  /// What sort of thing disagrees.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case disagreement
    case swap
    case attribution
    case scores
    case totals
    case size
    case overlap
    case augmentation
    case usage
    case ranking
    case completeness
    case modality
    case naming
    case layout
    case architecture
    case references
    case crossReference = "cross-reference"
    case definition
  }

  /// One printed thing that the finding rests on.
  public struct Evidence: Codable, Sendable, Hashable {
    /// What is printed: `accuracy of resnet50`, `images, class benign`.
    public let what: String
    /// As printed.
    public let printed: String
    public let at: Place

    public init(_ what: String, _ printed: String, at: Place) {
      self.what = what
      self.printed = printed
      self.at = at
    }
  }

  /// Stable as long as the rule and what it is about stay: `same-setup/saber-2021.vgg16.recall`.
  public let id: String
  public let rule: String
  public let kind: Kind
  public let severity: Severity
  public let confidence: Confidence
  public let subjects: [EntityReference]
  /// What contradicts what, in one sentence.
  public let summary: String
  /// The computation in one line, with its numbers.
  public let computation: String
  /// What would resolve it.
  public let resolution: String
  public let evidence: [Evidence]
  /// Findings of other rules that rest on the same print: other sides of one defect.
  public var related: [String] = []
}

/// What is printed at a place.
private struct Print: Hashable {
  let printed: String
  let at: Place
}

extension [Finding] {
  /// The findings with the ids of those of other rules that rest on a same print and share a subject.
  var linked: [Finding] {
    var holders: [Print: [Int]] = [:]
    for (index, finding) in enumerated() {
      for print in Set(finding.evidence.map({ Print(printed: $0.printed, at: $0.at) })) {
        holders[print, default: []].append(index)
      }
    }
    return map { finding in
      var finding = finding
      let others = Set(
        finding.evidence.flatMap { holders[Print(printed: $0.printed, at: $0.at)] ?? [] })
      finding.related = others.map { self[$0] }.filter { other in
        other.rule != finding.rule && !Set(other.subjects).isDisjoint(with: finding.subjects)
      }.map(\.id).sorted()
      return finding
    }
  }
}

/// A finding before its rule's name, kind and severity are put on it.
struct Draft {
  /// What the finding is about, unique within its rule.
  var key: String
  var subjects: [EntityReference]
  var confidence = Finding.Confidence.high
  /// A severity other than the rule's.
  var severity: Finding.Severity?
  var summary: String
  var computation: String
  var resolution: String
  var evidence: [Finding.Evidence]
}
