// What whoever gives a dataset's images out counts in them, with where that stands.

extension Dataset {
  /// Numbers of one document of the dataset's publisher: what a whole download holds.
  public struct Published: Codable, Sendable, Hashable {
    /// The document: a paper, a page, a file of the dataset.
    public let source: String
    /// Where it is had: an address or a DOI.
    public let url: String
    /// The table, section or column in it.
    public let place: String
    /// How the numbers were compared with it; nil where that could not be done.
    public let checked: String?
    public let counts: [Number]

    /// One number of things.
    public struct Number: Codable, Sendable, Hashable {
      /// `images`, `patients`, `lesions`, or `pictures` that patches are cut from.
      public let of: Thing
      public let n: Int
      /// The class as the dataset's files tell it; nil for all.
      public let label: String?
      public let magnification: Int?
      public let split: SplitPart?
      /// The labels of the dataset's reader that the number belongs to; empty for any.
      public let labels: [String]

      public init(
        of: Thing, n: Int, label: String?, magnification: Int?, split: SplitPart?,
        labels: [String]
      ) {
        self.of = of
        self.n = n
        self.label = label
        self.magnification = magnification
        self.split = split
        self.labels = labels
      }
    }

    /// What a publisher counts.
    public enum Thing: String, Codable, Sendable, CaseIterable {
      case images, patients, lesions, pictures
    }

    public init(source: String, url: String, place: String, checked: String?, counts: [Number]) {
      self.source = source
      self.url = url
      self.place = place
      self.checked = checked
      self.counts = counts
    }
  }
}
