// How many of what the publishers of the datasets count in their own files.

extension DatasetReader {
  /// The publisher's numbers for the labels of `task`; empty where none are known.
  ///
  /// The literature misprints such numbers now and then (BreakHis's tubular adenomas and phyllodes
  /// tumours change places in a review): what a whole download holds is decided here.
  package func published(task: String? = nil) -> [ExpectedCount] {
    PublishedCounts.of(card.id, task: task ?? card.tasks[0])
  }
}

/// Numbers by dataset and labels, with where they are from. Compared with their source here are those
/// of BreakHis, CBIS-DDSM, BreCaHAD, HAM10000 and MIAS, and PH2's in the catalogue; the others are as
/// commonly cited and still to be compared.
private enum PublishedCounts {
  static func of(_ id: String, task: String) -> [ExpectedCount] {
    switch id {
    // The homepage, and Table 1 of Spanhol et al. 2016, doi 10.1109/TBME.2015.2496264.
    case "breakhis":
      images(7909)
        + [40: 1995, 100: 2081, 200: 2013, 400: 1820].sorted { $0.key < $1.key }
        .map { ExpectedCount($1, magnification: $0, origin: .publisher) }
        + [count(82, .patients)] + (task == "binary" ? breakHisHalves : breakHisSubtypes)
    // The tables of the challenges.
    case "isic-2016":
      images(1279) + classes(["benign": 1031, "malignant": 248])
        + parts([.train: 900, .test: 379])
    case "isic-2018":
      images(10015)
        + classes([
          "MEL": 1113, "NV": 6705, "BCC": 514, "AKIEC": 327, "BKL": 1099, "DF": 115, "VASC": 142,
        ])
    case "isic-2019":
      images(25331)
        + classes([
          "melanoma": 4522, "nevus": 12875, "BCC": 3323, "AK": 867, "benign keratosis": 2624,
          "dermatofibroma": 239, "vascular": 253, "SCC": 628,
        ])
    case "isic-2020":
      images(33126) + classes(["benign": 32542, "malignant": 584]) + [count(2056, .patients)]
    // HAM10000_metadata.csv names 7,470 lesions.
    case "ham10000": images(10015) + [count(7470, .lesions)]
    // Glaister, Wong and Clausi 2014: two sets of two sources each.
    case "dermis": images(69) + classes(["melanoma": 43, "non-melanoma": 26])
    case "dermquest": images(137) + classes(["melanoma": 76, "non-melanoma": 61])
    case "derm-is-quest": images(206) + classes(["melanoma": 119, "non-melanoma": 87])
    // The tables of the competitions.
    case "aptos-2019":
      images(3662) + grades([1805, 370, 999, 193, 295], task, APTOSReader.fiveClasses)
    case "eyepacs":
      images(88702) + parts([.train: 35126, .test: 53576])
        + grades([65343, 6205, 13153, 2087, 1914], task, EyePACSReader.fiveClasses)
    case "idc": images(277_524) + classes(["negative": 198_738, "positive": 78_786])
    // Info.txt; one film, mdb144, has benign and malignant records.
    case "mias": miniMIAS(task)
    // Mendonça et al. 2013, doi 10.1109/EMBC.2013.6610779.
    case "ph2":
      images(200)
        + classes(
          task == "melanoma"
            ? ["nevus": 160, "melanoma": 40]
            : ["common nevus": 80, "atypical nevus": 80, "melanoma": 40])
    // Moreira et al. 2012, doi 10.1016/j.acra.2011.09.014.
    case "inbreast": images(410)
    // The collection's page at TCIA; an abnormality's kind is part of its patient's number there.
    case "cbis-ddsm": [count(1566, .patients)]
    case "brecahad": [count(162, .pictures)]
    default: []
    }
  }

  private static let subtypes: [(name: String, isBenign: Bool, counts: [Int])] = [
    ("adenosis", true, [114, 113, 111, 106]), ("fibroadenoma", true, [253, 260, 264, 237]),
    ("phyllodes tumor", true, [109, 121, 108, 115]),
    ("tubular adenoma", true, [149, 150, 140, 130]),
    ("ductal carcinoma", false, [864, 903, 896, 788]),
    ("lobular carcinoma", false, [156, 170, 163, 137]),
    ("mucinous carcinoma", false, [205, 222, 196, 169]),
    ("papillary carcinoma", false, [145, 142, 135, 138]),
  ]

  private static var breakHisSubtypes: [ExpectedCount] {
    subtypes.flatMap { magnified($0.name, $0.counts) }
  }

  private static var breakHisHalves: [ExpectedCount] {
    [("benign", true), ("malignant", false)].flatMap { name, isBenign in
      let own = subtypes.filter { $0.isBenign == isBenign }
      return magnified(name, (0..<4).map { place in own.reduce(0) { $0 + $1.counts[place] } })
    }
  }

  /// A class as a whole and at 40, 100, 200 and 400×.
  private static func magnified(_ name: String, _ counts: [Int]) -> [ExpectedCount] {
    [ExpectedCount(counts.reduce(0, +), label: name, origin: .publisher)]
      + zip([40, 100, 200, 400], counts).map {
        ExpectedCount($1, label: name, magnification: $0, origin: .publisher)
      }
  }

  private static func miniMIAS(_ task: String) -> [ExpectedCount] {
    switch task {
    case "normal-abnormal":
      images(322) + classes(["normal": 207, "abnormal": 115]) + [count(161, .patients)]
    case "severity":
      images(322) + classes(["normal": 207, "benign": 63, "malignant": 52])
        + [count(161, .patients)]
    case "benign-malignant": images(115) + classes(["benign": 63, "malignant": 52])
    default: images(119) + classes(["benign": 68, "malignant": 51]) + [count(111, .pictures)]
    }
  }

  /// Numbers of the five grades, or of the two classes that `task` makes of them.
  private static func grades(
    _ counts: [Int], _ task: String, _ names: [String]
  ) -> [ExpectedCount] {
    let classes = DiabeticRetinopathy.classes(task, of: names)
    var sums = [Int](repeating: 0, count: classes.count)
    for (grade, count) in counts.enumerated() {
      sums[DiabeticRetinopathy.label(grade, task)] += count
    }
    return zip(classes, sums).map { ExpectedCount($1, label: $0, origin: .publisher) }
  }

  private static func count(_ n: Int, _ thing: ExpectedCount.Thing) -> ExpectedCount {
    ExpectedCount(n, of: thing, origin: .publisher)
  }

  private static func images(_ n: Int) -> [ExpectedCount] { [count(n, .images)] }

  private static func classes(_ counts: [String: Int]) -> [ExpectedCount] {
    counts.sorted { $0.key < $1.key }
      .map { ExpectedCount($1, label: $0, origin: .publisher) }
  }

  private static func parts(_ counts: [Partition: Int]) -> [ExpectedCount] {
    Partition.allCases.compactMap { part in
      counts[part].map { ExpectedCount($0, partition: part, origin: .publisher) }
    }
  }
}
