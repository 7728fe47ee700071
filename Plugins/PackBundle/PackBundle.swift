// Runs PackFiles at build time: `Data/` and the report's assets become Swift sources of `Bundled`.

import Foundation
import PackagePlugin

@main
struct PackBundle: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let package = context.package.directoryURL
    return try [("data", "Data"), ("assets", "Sources/Bundled/Assets")].map { name, folder in
      let root = package.appending(path: folder).resolvingSymlinksInPath()
      let files = try Self.files(below: root)
      let output = context.pluginWorkDirectoryURL.appending(path: "Bundled+\(name).swift")
      return .buildCommand(
        displayName: "Packing \(folder)",
        executable: try context.tool(named: "PackFiles").url,
        arguments: [name, output.path(percentEncoded: false), root.path(percentEncoded: false)]
          + files,
        inputFiles: files.map { root.appending(path: $0) },
        outputFiles: [output])
    }
  }

  private static func files(below root: URL) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: root.path(percentEncoded: false))
      .filter { path in
        [".yaml", ".css", ".js", ".mustache", ".html", ".svg"].contains { path.hasSuffix($0) }
      }
      .sorted()
  }
}
