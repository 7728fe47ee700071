// What a whole dataset is checked against: its publisher's numbers before printed ones.
import Testing

@testable import Imaging

@Suite struct VerificationTests {
  private let data = memoryDataset(
    labels: [0, 0, 1], patients: ["A", "A", "B"], lesions: nil)

  private func row(
    _ what: String, _ name: String = "", of expected: [ExpectedCount]
  ) -> Verification.Row? {
    data.verify(against: expected, decoding: false).rows.first {
      $0.what == what && $0.name == name
    }
  }

  @Test("The publisher's number decides over a misprint, which stands beside it")
  func publisherDecides() throws {
    let total = try #require(
      row("total", of: [ExpectedCount(4), ExpectedCount(3, origin: .publisher)]))
    #expect(total.agrees && total.expected == 3 && total.alsoPrinted == [4])
    let wrong = try #require(
      row("total", of: [ExpectedCount(3), ExpectedCount(4, origin: .publisher)]))
    #expect(!wrong.agrees && wrong.expected == 4 && wrong.alsoPrinted == [3])
  }

  @Test("Where only papers give numbers, any of them may be right")
  func anyPrinted() throws {
    let total = try #require(row("total", of: [ExpectedCount(7), ExpectedCount(3)]))
    #expect(total.agrees && total.alsoPrinted == [7])
    let other = try #require(row("total", of: [ExpectedCount(7)]))
    #expect(!other.agrees)
  }

  @Test("A set that names no parts is not asked for their sizes")
  func noParts() {
    let check = data.verify(
      against: [ExpectedCount(3), ExpectedCount(2, partition: .train)], decoding: false)
    #expect(check.passes && !check.rows.contains { $0.what == "part" })
  }

  @Test("Classes are the same by letters and digits alone")
  func classNames() throws {
    #expect(try #require(row("class", "c0", of: [ExpectedCount(2, label: "C-0")])).agrees)
  }

  @Test("A whole that nobody prints is the sum of its parts")
  func sums() throws {
    let store = PixelStore(width: 1, height: 1, channels: 1, bytes: [1, 2, 3])
    let parts: [Partition] = [.train, .train, .test]
    let data = ImageDataset(
      id: "d", task: "t", classes: ["a"],
      samples: parts.enumerated().map { i, part in
        Sample(id: "\(i)", source: .memory(store, i), label: 0, officialPartition: part)
      })
    let rows = data.verify(
      against: [
        ExpectedCount(2, label: "a", partition: .train), ExpectedCount(2, partition: .train),
        ExpectedCount(1, label: "a", partition: .test), ExpectedCount(1, partition: .test),
      ], decoding: false
    ).rows
    #expect(rows.first { $0.what == "total" }?.expected == 3)
    #expect(rows.first { $0.what == "class" }?.expected == 3)
    #expect(rows.first { $0.name == "a, train" }?.expected == 2)
  }

  @Test("Printed numbers of pictures are of what patches are cut from")
  func patches() throws {
    let samples = (0..<3).map { i in
      Sample(
        id: "\(i)", source: .patch(file: "f\(i / 2)", centreX: 0, centreY: 0, side: 4), label: 0)
    }
    let data = ImageDataset(id: "d", task: "t", classes: ["a"], samples: samples)
    let rows = data.verify(against: [ExpectedCount(2)], decoding: false).rows
    #expect(rows[0].what == "pictures" && rows[0].agrees && rows[0].expected == 2)
    #expect(rows[1].what == "total" && rows[1].expected == nil)
  }

  @Test("Coarser labels get the sums of the publisher's finer classes, and their total")
  func merged() {
    let numbers =
      [("normal", 5), ("benign", 3), ("malignant", 2)].map { label, n in
        PublishedNumber(
          ExpectedCount(n, label: label, origin: .publisher, isChecked: label != "benign"),
          labels: ["severity"])
      } + [
        PublishedNumber(
          ExpectedCount(9, label: "malignant", origin: .publisher), labels: ["abnormality-patches"])
      ]
    let reader = MIASReader()
    #expect(reader.expectations(numbers, task: "severity").map(\.count) == [5, 3, 2])
    let halves = reader.expectations(numbers, task: "normal-abnormal")
    #expect(halves.map(\.label) == ["normal", "abnormal", nil])
    #expect(halves.map(\.count) == [5, 5, 10])
    #expect(halves.map(\.isChecked) == [true, false, false])
    let abnormal = reader.expectations(numbers, task: "benign-malignant")
    #expect(abnormal.map(\.count) == [3, 2, 5])
  }

  @Test("A publisher's number that nobody compared with its document is told from one that was")
  func unchecked() throws {
    let total = try #require(
      row("total", of: [ExpectedCount(3, origin: .publisher, isChecked: false)]))
    #expect(total.agrees && total.authority == .publisherUnchecked)
    #expect(try #require(row("total", of: [ExpectedCount(3)])).authority == .papers)
    #expect(try #require(row("total", of: [])).authority == .nobody)
  }
}
