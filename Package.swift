// swift-tools-version: 6.2
// The map of the project: targets in reading order, lowest first. Arrows point down only.
import PackageDescription

/// The numeric targets are 200 times slower without optimisation, so debug builds optimise them too.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
  name: "tlkb",
  products: [
    .executable(name: "tlkb", targets: ["tlkb"]),
    .library(name: "Evidence", targets: ["Evidence", "Catalog"]),
    .library(name: "Scoring", targets: ["Scoring", "Consistency"]),
    .library(name: "Neural", targets: ["Neural", "Weights"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
  ],
  targets: [
    // System libraries, named by Debian package in `scripts/packages`.
    .systemLibrary(name: "COneDNN"),
    .systemLibrary(name: "COpenBLAS"),
    .systemLibrary(name: "CGLPK"),
    .systemLibrary(name: "CCrypto"),
    .systemLibrary(name: "CZlib"),

    // What is known: values, vocabulary, parsing of printed numbers.
    .target(name: "Evidence", swiftSettings: strict),
    // Whole files or none, hashes, locks, the user's folder.
    .target(name: "Files", dependencies: ["CCrypto"], swiftSettings: strict),
    // Data/ and the report's assets, compiled in.
    .target(name: "Bundled", swiftSettings: strict, plugins: ["PackBundle"]),
    .plugin(name: "PackBundle", capability: .buildTool(), dependencies: ["PackFiles"]),
    .executableTarget(name: "PackFiles", swiftSettings: strict),
    // Loading Data/, the SQLite store.
    .target(
      name: "Catalog",
      dependencies: [
        "Evidence", "Files", "Bundled", "Yams", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),

    // Questions to the store: claims, contradictions, gaps.
    .target(
      name: "Inquiry",
      dependencies: ["Catalog", "Evidence", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    // One table value and its writers; reports.
    .target(name: "Render", dependencies: ["Evidence", "Inquiry"], swiftSettings: strict),

    // The command: one file per subcommand, no logic.
    .executableTarget(
      name: "tlkb",
      dependencies: [
        "Catalog", "Evidence", "Files", "Inquiry", "Render",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
  ]
)
