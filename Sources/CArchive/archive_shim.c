// libarchive loaded on demand; see include/archive_shim.h.
#define _GNU_SOURCE
#include "archive_shim.h"

#include <loading.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

// What is used of the library, declared here: its interface is the same in every version 3.
typedef struct archive archive;
typedef struct archive_entry entry;
enum { FINE = 0, AT_END = 1, WARNED = -20, FILE_KIND = 0100000, FOLDER_KIND = 0040000, BLOCK = 1 << 16 };

static struct {
  archive *(*read_new)(void);
  int (*read_free)(archive *);
  int (*zip)(archive *);
  int (*tar)(archive *);
  int (*gzip)(archive *);
  int (*open_file)(archive *, const char *, size_t);
  int (*next_header)(archive *, entry **);
  ssize_t (*read_data)(archive *, void *, size_t);
  const char *(*error_string)(archive *);
  int64_t (*filter_bytes)(archive *, int);
  const char *(*name_utf8)(entry *);
  const char *(*name)(entry *);
  const char *(*hardlink)(entry *);
  unsigned (*filetype)(entry *);
} library;

static char reason[LOADING_REASON_LENGTH];
// Names in archives are UTF-8; the process may have no locale that knows it.
static locale_t utf8;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  static const char *const names[] = {"libarchive.so.13", NULL};
  const loading_symbol symbols[] = {
      {"archive_read_new", &library.read_new},
      {"archive_read_free", &library.read_free},
      {"archive_read_support_format_zip", &library.zip},
      {"archive_read_support_format_tar", &library.tar},
      {"archive_read_support_filter_gzip", &library.gzip},
      {"archive_read_open_filename", &library.open_file},
      {"archive_read_next_header", &library.next_header},
      {"archive_read_data", &library.read_data},
      {"archive_error_string", &library.error_string},
      {"archive_filter_bytes", &library.filter_bytes},
      {"archive_entry_pathname_utf8", &library.name_utf8},
      {"archive_entry_pathname", &library.name},
      {"archive_entry_hardlink", &library.hardlink},
      {"archive_entry_filetype", &library.filetype},
      {NULL}};
  if (loading_library(names, symbols, reason)) utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", 0);
}

int tlkb_archive_is_there(void) {
  pthread_once(&once, load);
  return reason[0] == 0;
}

const char *tlkb_archive_reason(void) { return reason; }

struct tlkb_archive {
  archive *source;
  entry *current;
  const char *name;
};

static void say(tlkb_archive *archive, char *message) {
  const char *words = library.error_string(archive->source);
  snprintf(message, 256, "%s", words ? words : "it is damaged");
}

tlkb_archive *tlkb_archive_open(const char *path, char *message) {
  snprintf(message, 256, "no memory");
  if (!tlkb_archive_is_there()) return NULL;
  tlkb_archive *archive = calloc(1, sizeof *archive);
  if (archive == NULL) return NULL;
  archive->source = library.read_new();
  if (archive->source == NULL) {
    free(archive);
    return NULL;
  }
  library.zip(archive->source);
  library.tar(archive->source);
  library.gzip(archive->source);
  if (library.open_file(archive->source, path, BLOCK) == FINE) return archive;
  say(archive, message);
  tlkb_archive_close(archive);
  return NULL;
}

int tlkb_archive_next(tlkb_archive *archive, char *message) {
  archive->current = NULL;
  archive->name = NULL;
  locale_t before = utf8 ? uselocale(utf8) : 0;
  int status = library.next_header(archive->source, &archive->current);
  if (status == FINE || status == WARNED) {
    archive->name = library.name_utf8(archive->current);
    if (archive->name == NULL) archive->name = library.name(archive->current);
  }
  if (before) uselocale(before);
  if (status == AT_END) return TLKB_ENTRY_END;
  // A warning is about times, owners or the spelling of a name, none of which is used blindly.
  if (status != FINE && status != WARNED) {
    say(archive, message);
    return TLKB_ENTRY_DAMAGED;
  }
  if (library.hardlink(archive->current) != NULL) return TLKB_ENTRY_OTHER;
  switch (library.filetype(archive->current)) {
    case FILE_KIND: return TLKB_ENTRY_FILE;
    case FOLDER_KIND: return TLKB_ENTRY_FOLDER;
    default: return TLKB_ENTRY_OTHER;
  }
}

const char *tlkb_archive_name(tlkb_archive *archive) { return archive->name; }

int64_t tlkb_archive_read(tlkb_archive *archive, void *into, size_t room, char *message) {
  ssize_t count = library.read_data(archive->source, into, room);
  if (count >= 0) return count;
  say(archive, message);
  return -1;
}

int64_t tlkb_archive_position(tlkb_archive *archive) {
  return library.filter_bytes(archive->source, -1);
}

void tlkb_archive_close(tlkb_archive *archive) {
  if (archive == NULL) return;
  library.read_free(archive->source);
  free(archive);
}

int tlkb_flush_disk(int folder) { return syncfs(folder); }
