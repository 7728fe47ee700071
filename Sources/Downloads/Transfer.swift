// The attempts of one download: ranges, pauses, and what the server answers.

import CCurl
import Foundation

/// Brings a partial file to its full size.
final class Transfer {
  private let download: Download
  private let part: PartialFile
  private let host: String
  private let settings: TransferSettings
  private let progress: (TransferProgress) -> Void
  private let start = Date()

  private var descriptor: Int32 = -1
  private var received = 0
  private var total: Int?
  /// What ended an attempt from inside.
  private var failure: DownloadError?
  /// Whether the bytes here turned out to be of no use.
  private var isStale = false
  /// Whether the server said that nothing is missing.
  private var isWhole = false
  /// Bytes that came over the network in this run.
  private(set) var fresh = 0

  init(
    download: Download, part: PartialFile, host: String, settings: TransferSettings,
    progress: @escaping (TransferProgress) -> Void
  ) {
    self.download = download
    self.part = part
    self.host = host
    self.settings = settings
    self.progress = progress
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Fetches until nothing is missing.
  /// - Returns: whether bytes of an earlier attempt are in the file.
  func complete() throws(DownloadError) -> Bool {
    guard tlkb_curl_is_there() != 0 else {
      throw .noLibrary(reason: String(cString: tlkb_curl_reason()))
    }
    var isResumed = false
    var pause = settings.firstPause
    var fruitless = 0
    // A server that starts from the first byte each time brings bytes, but nothing new.
    var furthest = part.byteCount
    while true {
      let (offset, response) = attempt()
      if offset > 0, !isStale { isResumed = true }
      if let failure { throw failure }
      if isWhole { return isResumed }
      if isStale {
        // The next attempt starts from nothing, at once; that cannot be stale.
        isStale = false
        isResumed = false
        try part.empty()
        continue
      }
      if response.code == 0, (200...299).contains(response.status) {
        if received == download.byteCount ?? total ?? received { return isResumed }
      }
      let error = error(for: response)
      guard isTemporary(response) else { throw error }
      if received > furthest {
        furthest = received
        fruitless = 0
        pause = settings.firstPause
      } else {
        fruitless += 1
      }
      guard fruitless < settings.attempts else { throw error }
      let asked = Double(Self.text(response.retry_after)) ?? 0
      Thread.sleep(forTimeInterval: min(60, max(pause, asked)))
      pause *= 2
    }
  }

  /// One request, from the byte that is missing first.
  private func attempt() -> (offset: Int, response: tlkb_response) {
    received = part.byteCount
    let known = part.validator(from: download.url)
    let canResume = known.map { !$0.isEmpty || download.checksum != nil } ?? false
    if !canResume || download.byteCount.map({ received > $0 }) ?? false { received = 0 }
    let offset = received
    let proxy = ProxySettings(for: download.url, environment: settings.environment)
    var response = tlkb_response()
    let range = offset > 0 ? "Range: bytes=\(offset)-" : nil
    let condition = offset > 0 ? known.flatMap { $0.isEmpty ? nil : "If-Range: \($0)" } : nil
    download.url.withCString { url in
      "tlkb".withCString { agent in
        withOptional(range) { range in
          withOptional(condition) { condition in
            withOptional(proxy.proxy) { proxyName in
              withOptional(proxy.exceptions) { exceptions in
                var request = tlkb_request(
                  url: url, user_agent: agent, range_header: range, if_range_header: condition,
                  proxy: proxyName, no_proxy: exceptions,
                  connect_timeout_seconds: settings.connectTimeout,
                  stall_timeout_seconds: settings.stallTimeout, redirects: 10)
                tlkb_fetch(
                  &request,
                  { Transfer.from($0).begin($1!.pointee) ? 0 : 1 },
                  {
                    Transfer.from($0).receive(UnsafeRawBufferPointer(start: $1, count: $2)) ? 0 : 1
                  },
                  Unmanaged.passUnretained(self).toOpaque(), &response)
              }
            }
          }
        }
      }
    }
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    return (offset, response)
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
  }

  /// The final answer's head is here: decides where its bytes go.
  private func begin(_ response: tlkb_response) -> Bool {
    if response.status == 416, received > 0 {
      // Nothing lies behind the last byte: it is whole, or it was another file.
      isWhole = ContentRange.wholeSize(Self.text(response.content_range)) == received
      isStale = !isWhole
      return false
    }
    guard response.status == 200 || response.status == 206 else { return false }
    let validator = Self.validator(response)
    if response.status == 206 {
      guard received > 0 else {
        failure = .refused(url: download.url, status: 206)
        return false
      }
      let known = part.validator(from: download.url) ?? ""
      guard let range = ContentRange(Self.text(response.content_range)), range.first == received,
        known.isEmpty || validator.isEmpty || known == validator
      else {
        isStale = true
        return false
      }
      total = range.total
    } else {
      received = 0
      total = response.content_length >= 0 ? Int(response.content_length) : nil
    }
    if let expected = download.byteCount, let total, total != expected {
      failure = .wrongSize(url: download.url, expected: expected, offered: total)
      return false
    }
    do throws(DownloadError) {
      descriptor = try part.open(emptied: received == 0)
      if received == 0 { try part.remember(download.url, validator: validator) }
    } catch {
      failure = error
      return false
    }
    return true
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let written = write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        failure = .cannotWrite(path: part.path, reason: systemReason())
        return false
      }
      offset += written
    }
    received += bytes.count
    fresh += bytes.count
    if let expected = download.byteCount, received > expected {
      failure = .wrongSize(url: download.url, expected: expected, offered: received)
      return false
    }
    progress(
      TransferProgress(
        received: received, total: download.byteCount ?? total, fresh: fresh,
        seconds: Date().timeIntervalSince(start)))
    return true
  }
}

extension Transfer {
  /// Whether trying again may help.
  private func isTemporary(_ response: tlkb_response) -> Bool {
    let hopeless = [
      TLKB_CURL_BAD_ADDRESS, TLKB_CURL_PROTOCOL, TLKB_CURL_NO_PROXY, TLKB_CURL_NO_HOST,
      TLKB_CURL_NO_CONNECTION, TLKB_CURL_TLS, TLKB_CURL_REDIRECTS, TLKB_CURL_CERTIFICATE,
      TLKB_CURL_NO_AUTHORITIES,
    ]
    if response.status >= 400 {
      return [408, 425, 429, 500, 502, 503, 504].contains(response.status)
    }
    return !hopeless.contains(Int(response.code))
  }

  private func error(for response: tlkb_response) -> DownloadError {
    let reason = Self.text(response.message)
    if response.status >= 400 { return .refused(url: download.url, status: response.status) }
    switch Int(response.code) {
    case TLKB_CURL_BAD_ADDRESS, TLKB_CURL_PROTOCOL:
      return .badAddress(download.url)
    case TLKB_CURL_NO_PROXY:
      let proxy = ProxySettings(for: download.url, environment: settings.environment)
      return .noProxy(proxy: proxy.shown, reason: reason)
    case TLKB_CURL_TLS, TLKB_CURL_CERTIFICATE,
      TLKB_CURL_NO_AUTHORITIES:
      return .insecure(host: host, reason: reason)
    case TLKB_CURL_NO_HOST, TLKB_CURL_NO_CONNECTION,
      TLKB_CURL_REDIRECTS:
      return .unreachable(host: host, reason: reason)
    default:
      if received == 0 { return .unreachable(host: host, reason: reason) }
      return .interrupted(
        url: download.url, received: received, total: download.byteCount ?? total,
        reason: reason.isEmpty ? "the server sent too little" : reason)
    }
  }

  /// A strong entity tag, or else the date.
  private static func validator(_ response: tlkb_response) -> String {
    let tag = text(response.etag)
    return tag.hasPrefix("\"") ? tag : text(response.last_modified)
  }

  /// The text in one of the response's fields.
  private static func text<T>(_ field: T) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

extension ContentRange {
  /// The size in the answer to a range behind the end, "bytes */1000".
  static func wholeSize(_ header: String) -> Int? {
    header.hasPrefix("bytes */") ? Int(header.dropFirst(8)) : nil
  }
}

/// Calls `body` with a C string or nil.
private func withOptional(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Void) {
  if let text { text.withCString { body($0) } } else { body(nil) }
}
