// What libFuzzer calls: the parser named by TLKB_FUZZ on each input. Built by scripts/fuzz alone.

import FuzzParsers
import Glibc

private let parser: FuzzedParser = {
  let name = getenv("TLKB_FUZZ").map { String(cString: $0) } ?? ""
  guard let parser = FuzzedParser(rawValue: name) else {
    print("TLKB_FUZZ is '\(name)'; expected one of", FuzzedParser.allCases.map(\.rawValue))
    exit(64)
  }
  return parser
}()

private let folder: String = {
  let path = (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/tlkb-fuzz-\(getpid())"
  mkdir(path, 0o700)
  return path
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  parser.run(Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : count)), in: folder)
  return 0
}
