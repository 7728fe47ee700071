// Which proxy the environment asks for.

/// The proxy for an address, from the variables that other programs heed as well.
///
/// `https_proxy` or `http_proxy` by the address, else `all_proxy`; capital letters count too, but for
/// HTTP_PROXY, which a web server sets from a request's header. `no_proxy` lists hosts to reach
/// directly.
struct ProxySettings {
  let proxy: String?
  let exceptions: String?

  init(for url: String, environment: [String: String]) {
    func value(_ names: [String]) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    let isSecure = url.lowercased().hasPrefix("https:")
    proxy = value(
      (isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]) + ["all_proxy", "ALL_PROXY"])
    exceptions = value(["no_proxy", "NO_PROXY"])
  }

  /// The proxy's address without name and password, for messages.
  var shown: String {
    guard let proxy else { return "" }
    guard let at = proxy.lastIndex(of: "@") else { return proxy }
    let scheme = proxy.range(of: "://").map { String(proxy[..<$0.upperBound]) } ?? ""
    return scheme + proxy[proxy.index(after: at)...]
  }
}
