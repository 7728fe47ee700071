// A web server of a few lines on loopback, for the commands that download.

import Foundation
import Synchronization

/// Serves files by name, with ranges; the first answer may be cut short as a bad line would.
final class LoopbackServer: Sendable {
  let address: String
  private let files: [String: [UInt8]]
  private let listener: Int32
  private let cuts: Mutex<Int>
  private let log = Mutex<[String]>([])

  /// `cuts` answers end after half of what they promise.
  init(_ files: [String: [UInt8]], cuts: Int = 0) throws {
    self.files = files
    self.cuts = Mutex(cuts)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &place) { place -> UInt16 in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        guard bind(listener, name, length) == 0, listen(listener, 8) == 0 else { return }
        getsockname(listener, name, &length)
      }
      return UInt16(bigEndian: place.pointee.sin_port)
    }
    guard port != 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    self.listener = listener
    address = "http://127.0.0.1:\(port)"
    let thread = Thread { [weak self] in
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        self?.answer(connection)
        close(connection)
      }
    }
    thread.start()
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// The first line and the range of every request so far.
  var requests: [String] { log.withLock { $0 } }

  private func answer(_ connection: Int32) {
    var request = ""
    var chunk = [UInt8](repeating: 0, count: 4096)
    while !request.contains("\r\n\r\n") {
      let count = read(connection, &chunk, chunk.count)
      guard count > 0 else { return }
      request += String(decoding: chunk[..<count], as: UTF8.self)
    }
    let lines = request.components(separatedBy: "\r\n")
    let range = lines.first { $0.lowercased().hasPrefix("range:") }
    let start = range.flatMap { Int($0.filter { $0.isNumber || $0 == "-" }.dropLast()) } ?? 0
    log.withLock { $0.append(lines[0] + (range == nil ? "" : " from \(start)")) }
    let name = lines[0].split(separator: " ")[1].split(separator: "/").last.map(String.init) ?? ""
    guard let bytes = files[name], start < bytes.count else {
      send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", connection)
      return
    }
    let isCut = cuts.withLock { left in
      left -= 1
      return left >= 0
    }
    var head = start > 0 ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n"
    if start > 0 {
      head += "Content-Range: bytes \(start)-\(bytes.count - 1)/\(bytes.count)\r\n"
    }
    head += "Content-Length: \(bytes.count - start)\r\nETag: \"one\"\r\nAccept-Ranges: bytes\r\n"
    send(head + "Connection: close\r\n\r\n", connection)
    let body = bytes[start...]
    send(Array(isCut ? body.prefix(body.count / 2) : body), connection)
  }

  private func send(_ text: String, _ connection: Int32) { send(Array(text.utf8), connection) }

  private func send(_ bytes: [UInt8], _ connection: Int32) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          connection, buffer.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}
