// NumPy arrays and archives give what NumPy saved.
import Testing

@testable import Imaging

@Suite struct NumPyTests {
  @Test("Whole numbers keep their sign and shape")
  func integers() throws {
    let array = try expected("int-array")
    #expect(array.shape == [3, 4])
    #expect(try array.integers() == Array(-6..<6))
  }

  @Test("Elements of no size are refused: any shape would fit in no bytes")
  func noSize() {
    let header = "{'descr': '<U0', 'fortran_order': False, 'shape': (9000000000, 9000000000)}"
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
    #expect(
      throws: ImagingError.badArray(file: "a", reason: "elements of type <U0 are not read here")
    ) {
      try NumPyArray(bytes + Array(header.utf8), name: "a")
    }
  }

  @Test("A deflated archive gives its bytes, numbers and text")
  func archive() throws {
    let archive = try NumPyArchive(path: fixture("archive.npz"))
    #expect(archive.names == ["bytes", "floats", "labels", "names"])
    #expect(try archive.array("bytes").bytes() == expected("rgb8.png").bytes())
    #expect(try archive.array("labels").integers() == [0, 1, 2, 3, 4])
    #expect(try archive.array("floats").floats() == [0, 1 / 3, 2 / 3, 1])
    #expect(try archive.array("names").strings() == ["ab", "ç"])
  }

  @Test("A stored archive gives its bytes")
  func stored() throws {
    let archive = try NumPyArchive(path: fixture("stored.npz"))
    #expect(try archive.array("bytes").bytes() == expected("rgb8.png").bytes())
  }

  @Test("A name that is not in the archive is answered with those that are")
  func missingArray() throws {
    let archive = try NumPyArchive(path: fixture("stored.npz"))
    #expect(
      throws: ImagingError.badArray(
        file: fixture("stored.npz"), reason: "it has no array 'train_images', only bytes")
    ) { try archive.array("train_images") }
  }

  @Test("A changed byte is caught by the checksum")
  func checksum() throws {
    var bytes = try FileBytes.read(fixture("stored.npz"))
    bytes[1000] ^= 1
    let archive = try NumPyArchive(bytes, name: "a.npz")
    #expect(
      throws: ImagingError.badArray(file: "a.npz[bytes]", reason: "the checksum does not match")
    ) { try archive.array("bytes") }
  }
}

@Suite struct MedMNISTTests {
  @Test("ChestMNIST's label says whether there is a finding, its findings say which")
  func chest() throws {
    let data = try DatasetReaders.read("chestmnist", at: fixture("chestmnist.npz"))
    #expect(data.samples.map(\.label) == [0, 1, 0, 0, 0, 0])
    let findings = try #require(data.samples[1].findings)
    #expect(findings.map { data.findings[$0] } == ["effusion", "hernia"])
    #expect(data.samples.map(\.officialPartition).suffix(3) == [.validation, .test, .test])
  }

  @Test("The archive of another set is refused")
  func otherSet() {
    #expect(
      throws: ImagingError.badArray(
        file: fixture("chestmnist.npz") + "[train_labels]",
        reason: "42 labels for 3 pictures: another set's archive?")
    ) { try DatasetReaders.read("breastmnist", at: fixture("chestmnist.npz")) }
  }
}
