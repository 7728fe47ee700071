// Reader ids are the catalogue's, so that a study's dataset finds its reader.
import Foundation
import Testing

@testable import Imaging

@Suite struct CatalogueAgreementTests {
  private static let datasets = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Data/datasets").path

  // In a build folder of its own the package may lack its Data; there is then nothing to compare.
  @Test(
    "Every reader but the generic ones and PH2's is of a dataset of the catalogue",
    .enabled(if: FolderIndex.isFolder(datasets)))
  func readersAreCatalogued() throws {
    let catalogued = Set(try FolderIndex(Self.datasets).files.map(FolderIndex.stem))
    let unknown = DatasetReaders.ids.filter { !catalogued.contains($0) }
    // PH2 is read though the review names no study of it.
    #expect(Set(unknown).isSubset(of: ["csv", "folder", "ph2"]), "\(unknown)")
  }
}
