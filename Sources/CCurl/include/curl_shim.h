// One HTTP transfer by libcurl, which is loaded when the first transfer starts: a command that
// downloads nothing neither needs the library nor pays for loading it.
#ifndef CURL_SHIM_H
#define CURL_SHIM_H

#include <stddef.h>
#include <stdint.h>

/// What to fetch and how. Texts are NULL where there is nothing to say.
typedef struct {
  const char *url;
  const char *user_agent;
  /// The whole header line, "Range: bytes=100-"; NULL fetches from the start.
  const char *range_header;
  /// The whole header line, "If-Range: \"abc\"".
  const char *if_range_header;
  /// The proxy's address; NULL goes straight to the host.
  const char *proxy;
  /// Hosts that are reached without the proxy, with commas between.
  const char *no_proxy;
  long connect_timeout_seconds;
  /// A connection on which nothing comes for so long has stalled.
  long stall_timeout_seconds;
  long redirects;
} tlkb_request;

/// What the server said. Texts are empty where it said nothing.
typedef struct {
  /// 0, or libcurl's error code.
  int code;
  /// libcurl's sentence for `code`.
  char message[256];
  long status;
  /// Bytes of this body; -1 where unknown.
  int64_t content_length;
  char content_range[128];
  char etag[256];
  char last_modified[128];
  char retry_after[64];
} tlkb_response;

/// Called once before the first byte of a body with a final status; anything but 0 ends the transfer.
typedef int (*tlkb_begin)(void *context, const tlkb_response *response);
/// Called for bytes of the body; anything but 0 ends the transfer.
typedef int (*tlkb_receive)(void *context, const uint8_t *bytes, size_t count);

/// Whether libcurl can be loaded; afterwards the error sentence of the loader, or "".
int tlkb_curl_is_there(void);
const char *tlkb_curl_reason(void);

/// Does one GET. `response` is filled in, also after errors; returns `response->code`.
int tlkb_fetch(const tlkb_request *request, tlkb_begin begin, tlkb_receive receive, void *context,
               tlkb_response *response);

/// The codes of libcurl that are told apart.
enum {
  TLKB_CURL_BAD_ADDRESS = 3,
  TLKB_CURL_PROTOCOL = 1,
  TLKB_CURL_NO_PROXY = 5,
  TLKB_CURL_NO_HOST = 6,
  TLKB_CURL_NO_CONNECTION = 7,
  TLKB_CURL_WRITE = 23,
  TLKB_CURL_TIMEOUT = 28,
  TLKB_CURL_TLS = 35,
  TLKB_CURL_REDIRECTS = 47,
  TLKB_CURL_CERTIFICATE = 60,
  TLKB_CURL_NO_AUTHORITIES = 77
};

#endif
