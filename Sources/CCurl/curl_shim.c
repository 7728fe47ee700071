// libcurl loaded on demand, its variadic calls behind one plain function.
#define CURL_DISABLE_TYPECHECK 1
#include "curl_shim.h"

#include <curl/curl.h>
#include <loading.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo

static struct {
  __typeof__(curl_global_init) *global_init;
  __typeof__(curl_easy_init) *easy_init;
  __typeof__(curl_easy_setopt) *easy_setopt;
  __typeof__(curl_easy_perform) *easy_perform;
  __typeof__(curl_easy_getinfo) *easy_getinfo;
  __typeof__(curl_easy_cleanup) *easy_cleanup;
  __typeof__(curl_easy_strerror) *easy_strerror;
  __typeof__(curl_slist_append) *slist_append;
  __typeof__(curl_slist_free_all) *slist_free_all;
  char reason[LOADING_REASON_LENGTH];
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  // The same interface under two TLS libraries.
  static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", NULL};
  const loading_symbol symbols[] = {{"curl_global_init", &library.global_init},
                                    {"curl_easy_init", &library.easy_init},
                                    {"curl_easy_setopt", &library.easy_setopt},
                                    {"curl_easy_perform", &library.easy_perform},
                                    {"curl_easy_getinfo", &library.easy_getinfo},
                                    {"curl_easy_cleanup", &library.easy_cleanup},
                                    {"curl_easy_strerror", &library.easy_strerror},
                                    {"curl_slist_append", &library.slist_append},
                                    {"curl_slist_free_all", &library.slist_free_all},
                                    {NULL}};
  if (loading_library(names, symbols, library.reason) &&
      library.global_init(CURL_GLOBAL_DEFAULT) != 0)
    snprintf(library.reason, sizeof library.reason, "it cannot be started");
}

int tlkb_curl_is_there(void) {
  pthread_once(&once, load);
  return library.reason[0] == 0;
}

const char *tlkb_curl_reason(void) { return library.reason; }

struct transfer {
  CURL *easy;
  tlkb_begin begin;
  tlkb_receive receive;
  void *context;
  tlkb_response *response;
  int has_begun;
  /// When the last byte came, and how long the next may take, in seconds.
  time_t last;
  long patience;
};

static time_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

static void keep(char *target, size_t room, const char *value, size_t count) {
  while (count > 0 && (*value == ' ' || *value == '\t')) value++, count--;
  while (count > 0 && (value[count - 1] == '\r' || value[count - 1] == '\n' ||
                       value[count - 1] == ' '))
    count--;
  // A value that does not fit is as good as none: a cut one would be wrong.
  if (count >= room) count = 0;
  memcpy(target, value, count);
  target[count] = 0;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
  struct transfer *transfer = context;
  tlkb_response *response = transfer->response;
  transfer->last = now();
  count *= size;
  if (count >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
    // Another response begins: after a redirect, or the proxy's own.
    response->content_range[0] = response->etag[0] = 0;
    response->last_modified[0] = response->retry_after[0] = 0;
    return count;
  }
#define HEADER(name, field)                                                      \
  if (count > sizeof name - 1 && strncasecmp(bytes, name, sizeof name - 1) == 0) \
  keep(response->field, sizeof response->field, bytes + sizeof name - 1, count - (sizeof name - 1))
  HEADER("content-range:", content_range);
  HEADER("etag:", etag);
  HEADER("last-modified:", last_modified);
  HEADER("retry-after:", retry_after);
#undef HEADER
  return count;
}

static int begin(struct transfer *transfer) {
  if (transfer->has_begun) return 0;
  transfer->has_begun = 1;
  curl_off_t length = -1;
  library.easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &transfer->response->status);
  library.easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  transfer->response->content_length = length;
  return transfer->begin(transfer->context, transfer->response);
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *context) {
  struct transfer *transfer = context;
  count *= size;
  transfer->last = now();
  if (begin(transfer) != 0) return 0;
  return transfer->receive(transfer->context, (const uint8_t *)bytes, count) == 0 ? count : 0;
}

/// Called about once a second, also while nothing comes.
static int on_tick(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  (void)a, (void)b, (void)c, (void)d;
  struct transfer *transfer = context;
  return now() - transfer->last > transfer->patience;
}

int tlkb_fetch(const tlkb_request *request, tlkb_begin begin_, tlkb_receive receive, void *context,
               tlkb_response *response) {
  memset(response, 0, sizeof *response);
  response->content_length = -1;
  CURL *easy = tlkb_curl_is_there() ? library.easy_init() : NULL;
  if (easy == NULL) {
    snprintf(response->message, sizeof response->message, "libcurl cannot be started");
    return response->code = CURLE_FAILED_INIT;
  }
  struct transfer transfer = {easy, begin_, receive, context, response, 0, now(), request->stall_timeout_seconds};
  struct curl_slist *headers = NULL;
  if (request->range_header) headers = library.slist_append(headers, request->range_header);
  if (request->if_range_header) headers = library.slist_append(headers, request->if_range_header);
  char detail[CURL_ERROR_SIZE] = "";
  const int is_https = strncasecmp(request->url, "https:", 6) == 0;
#define SET(option, value) library.easy_setopt(easy, option, value)
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
  // Never from an encrypted to an open connection.
  SET(CURLOPT_REDIR_PROTOCOLS_STR, is_https ? "https" : "http,https");
  SET(CURLOPT_FOLLOWLOCATION, 1L);
  SET(CURLOPT_MAXREDIRS, request->redirects);
  SET(CURLOPT_USERAGENT, request->user_agent);
  SET(CURLOPT_HTTPHEADER, headers);
  SET(CURLOPT_CONNECTTIMEOUT, request->connect_timeout_seconds);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_NOPROGRESS, 0L);
  SET(CURLOPT_XFERINFOFUNCTION, on_tick);
  SET(CURLOPT_XFERINFODATA, &transfer);
  SET(CURLOPT_ERRORBUFFER, detail);
  // "" keeps libcurl from reading the environment by itself.
  SET(CURLOPT_PROXY, request->proxy ? request->proxy : "");
  SET(CURLOPT_NOPROXY, request->no_proxy ? request->no_proxy : "");
  SET(CURLOPT_HEADERFUNCTION, on_header);
  SET(CURLOPT_HEADERDATA, &transfer);
  SET(CURLOPT_WRITEFUNCTION, on_bytes);
  SET(CURLOPT_WRITEDATA, &transfer);
  // Headers of a proxy's CONNECT are not the server's.
  SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
#undef SET
  response->code = library.easy_perform(easy);
  if (response->code == CURLE_OK && begin(&transfer) != 0) response->code = CURLE_WRITE_ERROR;
  library.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response->status);
  if (response->code == CURLE_ABORTED_BY_CALLBACK) {
    response->code = CURLE_OPERATION_TIMEDOUT;
    snprintf(response->message, sizeof response->message, "nothing came for %ld s",
             request->stall_timeout_seconds);
  } else if (response->code != CURLE_OK) {
    const char *text = detail[0] ? detail : library.easy_strerror((CURLcode)response->code);
    snprintf(response->message, sizeof response->message, "%s", text);
  }
  library.slist_free_all(headers);
  library.easy_cleanup(easy);
  return response->code;
}
