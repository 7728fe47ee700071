// swift-tools-version: 6.2
// The map of the project: targets in reading order, lowest first. Arrows point down only.
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
/// The numeric targets are 200 times slower without optimisation, so debug builds optimise them too.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

let package = Package(
  name: "tlkb",
  products: [
    .executable(name: "tlkb", targets: ["tlkb"]),
    // Three libraries, each usable without the others.
    .library(name: "Evidence", targets: ["Evidence", "Catalog"]),
    .library(name: "Scoring", targets: ["Scoring", "Consistency"]),
    .library(name: "Neural", targets: ["Neural", "Weights"]),
    // Loaded at the first DICOM file; DCMTK would slow every start.
    .library(name: "TlkbDicom", type: .dynamic, targets: ["CDicom"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
  ],
  targets: [
    // System libraries; `scripts/packages` names the Debian packages.
    .systemLibrary(name: "COneDNN"),
    .systemLibrary(name: "CGLPK"),
    .systemLibrary(name: "CCrypto"),
    .systemLibrary(name: "CZlib"),
    // Image codecs behind functions that return errors instead of jumping.
    .target(
      name: "CImageCodecs", dependencies: ["CLoading"], cSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: ["png16", "jpeg", "tiff"].map { .linkedLibrary($0) }),
    // OpenBLAS, loaded when a head is first trained.
    .target(name: "COpenBLAS", dependencies: ["CLoading"]),
    // LIBSVM and LIBLINEAR, loaded when first used.
    .target(
      name: "CSupportVectors", dependencies: ["CLoading"], cSettings: [.unsafeFlags(["-O2"])]),
    // DICOM by DCMTK, a library of its own.
    .target(
      name: "CDicom", cxxSettings: [.unsafeFlags(["-O2", "-fvisibility=hidden"])],
      linkerSettings: ["dcmimage", "dcmimgle", "dcmjpeg", "dcmjpls", "dcmdata", "oflog", "ofstd"]
        .map { .linkedLibrary($0) }),
    // Finding a shared library and its functions when first needed.
    .target(name: "CLoading", cSettings: [.unsafeFlags(["-O2"])]),
    // libcurl, loaded when something is first downloaded.
    .target(name: "CCurl", dependencies: ["CLoading"], cSettings: [.unsafeFlags(["-O2"])]),
    // libarchive, loaded when an archive is first unpacked.
    .target(name: "CArchive", dependencies: ["CLoading"], cSettings: [.unsafeFlags(["-O2"])]),
    // libhdf5, loaded and run in a process of its own when an HDF5 file is read.
    .target(name: "CHDF5", dependencies: ["CLoading"], cSettings: [.unsafeFlags(["-O2"])]),
    // The element-wise kernels that only C vectorises.
    .target(
      name: "CNeuralKernels", cSettings: [.unsafeFlags(["-O3"])],
      linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]),

    // What is known: values, vocabulary, parsing of printed numbers.
    .target(name: "Evidence", swiftSettings: strict),
    // Confusion matrices, metrics, curves, intervals, tests.
    .target(name: "Scoring", swiftSettings: numeric),
    // Which printed scores are possible, with the proof.
    .target(name: "Consistency", dependencies: ["Scoring", "CGLPK"], swiftSettings: numeric),

    // Whole files or none, hashes, locks, the user's folder.
    .target(name: "Files", dependencies: ["CCrypto"], swiftSettings: strict),
    // Files fetched over the network: resumable, checked.
    .target(
      name: "Downloads", dependencies: ["CArchive", "CCurl", "Files"], swiftSettings: strict),
    // Data/ and the report's assets, compiled in.
    .target(
      name: "Bundled", exclude: ["Assets"], swiftSettings: strict, plugins: ["PackBundle"]),
    .plugin(name: "PackBundle", capability: .buildTool(), dependencies: ["PackFiles"]),
    .executableTarget(name: "PackFiles", swiftSettings: strict),
    // Loading Data/, the SQLite store.
    .target(
      name: "Catalog", dependencies: ["Evidence", "Files", "Bundled", "Yams", grdb],
      swiftSettings: strict),
    // Questions to the store: claims, contradictions, gaps.
    .target(
      name: "Inquiry",
      dependencies: ["Catalog", "Evidence", "Consistency", "Files", "Scoring", grdb],
      swiftSettings: strict),

    // The engine: graph, plan, kernels, layers, networks, optimisers.
    .target(
      name: "Neural", dependencies: ["COneDNN", "COpenBLAS", "CNeuralKernels"],
      swiftSettings: numeric),
    // Readers of foreign weight files, name maps, the registry.
    .target(
      name: "Weights",
      dependencies: ["CHDF5", "CZlib", "CCrypto", "Downloads", "Files", "Neural"],
      swiftSettings: numeric),
    // Decoding, dataset readers, splits, augmentation, phantoms, batches.
    .target(
      name: "Imaging", dependencies: ["CImageCodecs", "CZlib", "Files"], swiftSettings: numeric),
    // Where a network looks and what its filters respond to.
    .target(
      name: "Insight", dependencies: ["Imaging", "Neural", "Weights"], swiftSettings: numeric),
    // Recipe → plan → runs → record → comparison.
    .target(
      name: "Reproduce",
      dependencies: [
        "CSupportVectors", "Catalog", "Evidence", "Files", "Imaging", "Insight", "Neural",
        "Scoring", "Weights", "Yams",
      ],
      swiftSettings: numeric),

    // One table value and its writers; reports.
    .target(
      name: "Render",
      dependencies: [
        "Bundled", "Catalog", "Consistency", "Evidence", "Files", "Imaging", "Inquiry", "Neural",
        "Insight", "Reproduce", "Scoring", "Weights",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      swiftSettings: strict),
    // The command: one file per subcommand, no logic.
    .executableTarget(
      name: "tlkb",
      dependencies: [
        "Catalog", "Consistency", "Downloads", "Evidence", "Files", "Imaging", "Inquiry", "Insight",
        "Neural", "Render", "Reproduce", "Scoring", "Weights", argumentParser,
      ],
      swiftSettings: strict, linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),

    // Benchmarks, run by `make bench`.
    .executableTarget(
      name: "ConsistencyBench", dependencies: ["Consistency"], swiftSettings: numeric),
    .executableTarget(name: "NeuralBench", dependencies: ["Neural"], swiftSettings: numeric),
    .executableTarget(
      name: "ImagingBench", dependencies: ["Imaging", "Neural"], swiftSettings: numeric),

    // Starting child processes from tests that run side by side.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "EvidenceTests", dependencies: ["Evidence"], swiftSettings: strict),
    .testTarget(
      name: "ScoringTests", dependencies: ["Scoring"], exclude: ["Fixtures"],
      swiftSettings: numeric),
    .testTarget(
      name: "ConsistencyTests", dependencies: ["Consistency", "Scoring"], exclude: ["Fixtures"],
      swiftSettings: numeric),
    .testTarget(
      name: "DownloadsTests", dependencies: ["Downloads", "TestSupport"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "CatalogTests", dependencies: ["Catalog", "Evidence", "Files"], swiftSettings: strict),
    .testTarget(
      name: "InquiryTests", dependencies: ["Catalog", "Evidence", "Inquiry", "Scoring", "Yams"],
      swiftSettings: strict),
    .testTarget(
      name: "NeuralTests", dependencies: ["Neural", "NeuralBench", "TestSupport"],
      exclude: ["Fixtures"],
      swiftSettings: numeric),
    .testTarget(
      name: "WeightsTests", dependencies: ["Neural", "Weights"], exclude: ["Fixtures"],
      swiftSettings: numeric),
    // Every parser of foreign bytes, for scripts/fuzz and the inputs kept from it.
    .target(
      name: "FuzzParsers", dependencies: ["Downloads", "Files", "Imaging"],
      path: "Tests/FuzzParsers",
      exclude: ["libFuzzer"], swiftSettings: strict),
    .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: strict),
    .testTarget(
      name: "InsightTests", dependencies: ["Imaging", "Insight", "Neural", "Weights"],
      exclude: ["Fixtures"], swiftSettings: numeric),
    .testTarget(
      name: "ImagingTests", dependencies: ["Files", "FuzzParsers", "Imaging"],
      exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "ReproduceTests", dependencies: ["Reproduce", "TestSupport", "tlkb"],
      exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "RenderTests",
      dependencies: ["Catalog", "Evidence", "Inquiry", "Neural", "Render", "Reproduce"],
      swiftSettings: strict),
    // The built command, from outside: output, errors, exit codes.
    .testTarget(
      name: "CommandTests", dependencies: ["TestSupport", "tlkb"], swiftSettings: strict),
  ]
)
