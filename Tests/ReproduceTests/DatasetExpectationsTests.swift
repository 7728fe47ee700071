// The publishers' numbers in the data are of classes that the readers give, and add up.

import Catalog
import Imaging
import Testing

@testable import Reproduce

@Suite struct DatasetExpectationsTests {
  private static let published =
    (try? loadData(.bundled).knowledge.datasets)?
    .filter { !$0.published.isEmpty }.map(\.id) ?? []

  private func numbers(_ id: String) throws -> (any DatasetReader, DatasetExpectations) {
    let dataset = try #require(try loadData(.bundled).knowledge.dataset(id))
    let reader = try DatasetReaders.reader(for: id)
    return (reader, DatasetExpectations(dataset, of: reader))
  }

  @Test func `Every dataset whose publisher counts has a reader`() throws {
    #expect(Self.published.count > 10)
    for id in Self.published { _ = try DatasetReaders.reader(for: id) }
  }

  @Test(arguments: published)
  func `A published number is of labels and a class that the reader has`(id: String) throws {
    let (reader, expectations) = try numbers(id)
    for number in expectations.published {
      #expect(Set(number.labels).isSubset(of: reader.card.tasks), "\(number)")
      guard let label = number.count.label else { continue }
      for task in number.labels.isEmpty ? reader.card.tasks : number.labels {
        #expect(try #require(reader.classes(task)).contains(label), "\(number)")
      }
    }
  }

  @Test(arguments: published)
  func `Numbers of classes, parts and magnifications add up to the whole`(id: String) throws {
    let (reader, expectations) = try numbers(id)
    for task in reader.card.tasks {
      let images = reader.expectations(expectations.published, task: task)
        .filter { $0.thing == .images }
      let whole = images.filter {
        $0.label == nil && $0.magnification == nil && $0.partition == nil
      }
      guard let total = whole.first?.count else { continue }
      #expect(Set(whole.map(\.count)) == [total])
      func sum(_ isPart: (ExpectedCount) -> Bool) -> Int {
        images.filter(isPart).reduce(0) { $0 + $1.count }
      }
      let sums = [
        sum { $0.label != nil && $0.magnification == nil && $0.partition == nil },
        sum { $0.label == nil && $0.magnification != nil },
        sum { $0.label == nil && $0.partition != nil },
        sum { $0.label != nil && $0.magnification != nil },
        sum { $0.label != nil && $0.partition != nil },
      ]
      #expect(sums.allSatisfy { $0 == 0 || $0 == total }, "\(task): \(sums) of \(total)")
    }
  }

  @Test func `What nobody compared with its document is said to be so`() throws {
    let (_, dermis) = try numbers("dermis")
    #expect(dermis.published.allSatisfy { !$0.count.isChecked })
    #expect(dermis.sources[0].contains("nobody has compared"))
    let (_, breakHis) = try numbers("breakhis")
    #expect(breakHis.published.allSatisfy { $0.count.isChecked })
  }
}
