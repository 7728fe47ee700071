// What can go wrong with a download, each case with its sentence.

/// A download that did not give the expected file.
public enum DownloadError: Error, Equatable, CustomStringConvertible {
  /// libcurl is not on this machine.
  case noLibrary(reason: String)
  /// The address is no http or https address.
  case badAddress(String)
  /// No answer: the name is unknown, nothing listens, or nothing came back in time.
  case unreachable(host: String, reason: String)
  /// The proxy of the environment does not answer.
  case noProxy(proxy: String, reason: String)
  /// The server's identity cannot be proven.
  case insecure(host: String, reason: String)
  /// The server answered with an error.
  case refused(url: String, status: Int)
  /// The connection ended before the file did, again and again.
  case interrupted(url: String, received: Int, total: Int?, reason: String)
  /// The server has a file of another size.
  case wrongSize(url: String, expected: Int, offered: Int)
  /// All bytes came, but they are not the expected ones.
  case checksum(url: String, expected: String, found: String)
  /// The file cannot be kept here.
  case cannotWrite(path: String, reason: String)
  /// libarchive is not on this machine.
  case noArchiveLibrary(archive: String, reason: String)
  /// The archive cannot be read to its end.
  case damagedArchive(path: String, reason: String)
  /// The archive would write outside its folder, or far more than it should.
  case unsafeArchive(path: String, reason: String)
  /// Something else has the name that the archive's folder would get.
  case inTheWay(folder: String, archive: String)
  /// Another process is fetching the same file.
  case busy(path: String)

  public var description: String {
    switch self {
    case .noLibrary(let reason):
      "downloads need libcurl, which cannot be loaded (\(reason)): "
        + "install the Debian package libcurl4"
    case .badAddress(let address):
      "'\(address)' is no address to download from: it must start with http:// or https://"
    case .unreachable(let host, let reason):
      "\(host) cannot be reached (\(reason)): check the network, or a proxy in https_proxy"
    case .noProxy(let proxy, let reason):
      "the proxy \(proxy) cannot be used (\(reason)): check https_proxy, http_proxy and all_proxy"
    case .insecure(let host, let reason):
      "no safe connection to \(host) (\(reason)): "
        + "check the clock and the Debian package ca-certificates"
    case .refused(let url, let status):
      "\(url) answered with status \(status)\(Self.advice(status))"
    case .interrupted(let url, let received, let total, let reason):
      "the download of \(url) ended after \(received) \(total.map { "of \($0) " } ?? "")bytes "
        + "(\(reason)): run the same command again to go on from there"
    case .wrongSize(let url, let expected, let offered):
      "\(url) has \(offered) bytes instead of \(expected): the file there is another one"
    case .checksum(let url, let expected, let found):
      "what came from \(url) is not the expected file (\(found) instead of \(expected)); "
        + "it was removed: try again, or obtain the file elsewhere"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .noArchiveLibrary(let archive, let reason):
      "unpacking \(archive) needs libarchive, which cannot be loaded (\(reason)): "
        + "install the Debian package libarchive13, or unpack it by hand"
    case .damagedArchive(let path, let reason):
      "\(path) cannot be unpacked (\(reason)): remove it and fetch it again"
    case .unsafeArchive(let path, let reason):
      "\(path) is not unpacked: \(reason), as no dataset's archive needs"
    case .inTheWay(let folder, let archive):
      "\(folder) is there and not from this \(archive): move it away, or give --no-unpack"
    case .busy(let path):
      "\(path) is being fetched or unpacked by another process; try again when it has finished"
    }
  }

  private static func advice(_ status: Int) -> String {
    switch status {
    case 401, 403: ": it is not open to everybody; obtain the file by hand"
    case 404, 410: ": the file is not there any more; obtain it elsewhere"
    case 407: ": the proxy wants a name and a password (http://name:password@host:port)"
    case 429: ": too many requests; try again later"
    case 500...: ": the server has a problem; try again later"
    default: ""
    }
  }
}
