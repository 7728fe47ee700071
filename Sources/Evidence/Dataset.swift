// A dataset of the catalogue: every printed count and fact of it, never merged.

/// A dataset as the sources describe it.
public struct Dataset: Codable, Sendable, Hashable {
  /// A label of the dataset; a subclass names its parent.
  public struct Label: Codable, Sendable, Hashable {
    public let id: String
    public let name: String
    public let parent: String?

    public init(id: String, name: String, parent: String?) {
      self.id = id
      self.name = name
      self.parent = parent
    }
  }

  /// One printed number of things.
  public struct Count: Codable, Sendable, Hashable {
    /// What is counted: `images`, `patients`, `classes` …
    public let of: String
    public let n: Int
    public let printed: String
    /// The label the number is of; nil for all labels.
    public let label: String?
    public let magnification: String?
    public let split: SplitPart?
    /// A part that is none of the above: a task of a challenge, a photograph's side.
    public let subset: String?
    /// Whether the number is printed as a bound: `more-than`, `about`, `less-than`.
    public let bound: Bound?
    public let at: Place
    public let uncertain: Doubt?

    /// How a number that is not exact is printed.
    public enum Bound: String, Codable, Sendable, CaseIterable {
      case moreThan = "more-than"
      case about
      case lessThan = "less-than"
    }

    public init(
      of: String, n: Int, printed: String, label: String?, magnification: String?,
      split: SplitPart?, subset: String?, bound: Bound?, at: Place, uncertain: Doubt?
    ) {
      self.of = of
      self.n = n
      self.printed = printed
      self.label = label
      self.magnification = magnification
      self.split = split
      self.subset = subset
      self.bound = bound
      self.at = at
      self.uncertain = uncertain
    }
  }

  /// A printed shortcoming, coded.
  public struct Limitation: Codable, Sendable, Hashable {
    public let code: String
    public let at: Place

    public init(code: String, at: Place) {
      self.code = code
      self.at = at
    }
  }

  public let id: String
  public let name: String
  public let aliases: [String]
  /// The collection this dataset is a part of.
  public let partOf: String?
  /// Datasets whose images this one contains.
  public let includes: [String]
  public let modality: Reported<String>
  public let tasks: [String]
  /// Entries of reference lists that describe it, the main one first.
  public let references: [String]
  public let labels: [Label]
  public let counts: [Count]
  public let facts: [Fact]
  public let limitations: [Limitation]
  /// What its publisher counts.
  public let published: [Published]
  /// Why it is not certain what the dataset is.
  public let uncertain: Doubt?

  public init(
    id: String, name: String, aliases: [String], partOf: String?, includes: [String],
    modality: Reported<String>, tasks: [String], references: [String], labels: [Label],
    counts: [Count], facts: [Fact], limitations: [Limitation], published: [Published] = [],
    uncertain: Doubt?
  ) {
    self.id = id
    self.name = name
    self.aliases = aliases
    self.partOf = partOf
    self.includes = includes
    self.modality = modality
    self.tasks = tasks
    self.references = references
    self.labels = labels
    self.counts = counts
    self.facts = facts
    self.limitations = limitations
    self.published = published
    self.uncertain = uncertain
  }
}

/// A printed fact that is not a count of samples: a size, a year, a network's parameters.
public struct Fact: Codable, Sendable, Hashable {
  public let about: String
  public let printed: String
  /// The value in base units (138 m parameters is 138000000), as text; as printed where it has none.
  public let value: String
  /// The label the fact is of, where it is of one.
  public let label: String?
  public let subset: String?
  /// The reference entry whose title or address is the fact.
  public let reference: String?
  /// Another dataset the fact is about.
  public let dataset: String?
  /// The entity compared with and how, for facts that relate two entities.
  public let than: EntityReference?
  public let relation: String?
  /// What a printed list holds: the depths or networks of a family.
  public let members: [String]
  /// The year of the challenge that the fact is about.
  public let edition: Int?
  public let at: Place
  public let uncertain: Doubt?

  public init(
    about: String, printed: String, value: String, label: String?, subset: String?,
    reference: String?, dataset: String?, than: EntityReference?,
    relation: String?, members: [String], edition: Int?, at: Place, uncertain: Doubt?
  ) {
    self.about = about
    self.printed = printed
    self.value = value
    self.label = label
    self.subset = subset
    self.reference = reference
    self.dataset = dataset
    self.than = than
    self.relation = relation
    self.members = members
    self.edition = edition
    self.at = at
    self.uncertain = uncertain
  }

  /// The value as a number, where it is one.
  public var number: Double? { Double(value) }
}
