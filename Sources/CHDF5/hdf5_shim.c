// libhdf5 loaded on demand and run in a child process that can only write to a pipe.
#define _GNU_SOURCE
#include "hdf5_shim.h"

#include <errno.h>
#include <fcntl.h>
#include <loading.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// What is used of the library, declared here: its names have stayed the same from 1.8 to 1.14, while
// its headers rename them by version.
typedef int64_t hid;
typedef struct {
  int storage;
  uint64_t links;
  int64_t order;
  int mounted;
} group_info;
typedef struct {
  int type;
  // The rest is not looked at; enough room for every version.
  uint8_t rest[64];
} link_info;
enum { BY_NAME = 0, INCREASING = 0, HARD_LINK = 0, IS_GROUP = 2, IS_DATASET = 5 };
enum { CLASS_INTEGER = 0, CLASS_FLOAT = 1, LAYOUT_VIRTUAL = 3 };

static struct {
  int (*open)(void);
  int (*set_error_print)(hid, void *, void *);
  hid (*list_create)(hid);
  int (*in_memory)(hid, size_t, int);
  int (*set_image)(hid, void *, size_t);
  hid (*file_open)(const char *, unsigned, hid);
  int (*get_group_info)(hid, group_info *);
  ssize_t (*link_name)(hid, const char *, int, int, uint64_t, char *, size_t, hid);
  int (*get_link_info)(hid, const char *, link_info *, hid);
  hid (*object_open)(hid, const char *, hid);
  int (*object_close)(hid);
  int (*identifier_type)(hid);
  hid (*dataset_space)(hid);
  hid (*dataset_type)(hid);
  hid (*dataset_properties)(hid);
  int (*layout)(hid);
  int (*external_count)(hid);
  int (*rank)(hid);
  int (*extents)(hid, uint64_t *, uint64_t *);
  int (*class_of)(hid);
  int (*dataset_read)(hid, hid, hid, hid, hid, void *);
  hid *native_float;
  hid *file_access;
  char reason[LOADING_REASON_LENGTH];
  int is_there;
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  static const char *const names[] = {"libhdf5_serial.so.103", "libhdf5.so.103",
                                      "libhdf5_serial.so.310", "libhdf5.so.310", NULL};
  const loading_symbol symbols[] = {
      {"H5open", &library.open},
      {"H5Eset_auto2", &library.set_error_print},
      {"H5Pcreate", &library.list_create},
      {"H5Pset_fapl_core", &library.in_memory},
      {"H5Pset_file_image", &library.set_image},
      {"H5P_CLS_FILE_ACCESS_ID_g", &library.file_access},
      {"H5Fopen", &library.file_open},
      {"H5Gget_info", &library.get_group_info},
      {"H5Lget_name_by_idx", &library.link_name},
      {"H5Lget_info1", &library.get_link_info, "H5Lget_info"},
      {"H5Oopen", &library.object_open},
      {"H5Oclose", &library.object_close},
      {"H5Iget_type", &library.identifier_type},
      {"H5Dget_space", &library.dataset_space},
      {"H5Dget_type", &library.dataset_type},
      {"H5Dget_create_plist", &library.dataset_properties},
      {"H5Pget_layout", &library.layout},
      {"H5Pget_external_count", &library.external_count},
      {"H5Sget_simple_extent_ndims", &library.rank},
      {"H5Sget_simple_extent_dims", &library.extents},
      {"H5Tget_class", &library.class_of},
      {"H5Dread", &library.dataset_read},
      {"H5T_NATIVE_FLOAT_g", &library.native_float},
      {NULL}};
  library.is_there = loading_library(names, symbols, library.reason);
}

// MARK: In the child

static int out = -1;
static uint64_t budget;
static int visited;

static void fail(const char *reason) {
  uint32_t mark = UINT32_MAX;
  if (write(out, &mark, sizeof mark) == sizeof mark) (void)!write(out, reason, strlen(reason));
  _exit(1);
}

static void put(const void *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = write(out, bytes, count);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) _exit(1);
    bytes = (const char *)bytes + done;
    count -= (size_t)done;
  }
}

static void dataset(hid object, const char *path) {
  hid type = library.dataset_type(object);
  int class = library.class_of(type);
  if (class != CLASS_INTEGER && class != CLASS_FLOAT) return;
  hid properties = library.dataset_properties(object);
  if (library.external_count(properties) > 0 || library.layout(properties) == LAYOUT_VIRTUAL)
    fail("a dataset lies in another file");
  hid space = library.dataset_space(object);
  int rank = library.rank(space);
  uint64_t extents[32];
  if (rank < 0 || rank > 32 || library.extents(space, extents, NULL) != rank)
    fail("a dataset has no shape");
  uint64_t elements = 1;
  for (int i = 0; i < rank; i++)
    if (__builtin_mul_overflow(elements, extents[i], &elements)) elements = UINT64_MAX;
  if (elements > budget / sizeof(float)) fail("a dataset is larger than the file can be");
  budget -= elements * sizeof(float);
  float *values = calloc(elements ? elements : 1, sizeof(float));
  if (values == NULL) fail("a dataset is larger than the memory");
  if (elements > 0 && library.dataset_read(object, *library.native_float, 0, 0, 0, values) < 0)
    fail("a dataset cannot be read");
  uint32_t length = (uint32_t)strlen(path), dimensions = (uint32_t)rank;
  put(&length, sizeof length);
  put(path, length);
  put(&dimensions, sizeof dimensions);
  put(extents, sizeof *extents * dimensions);
  put(values, elements * sizeof(float));
  free(values);
}

static void group(hid object, const char *path, int depth) {
  group_info info;
  if (library.get_group_info(object, &info) < 0) fail("a group cannot be read");
  for (uint64_t i = 0; i < info.links; i++) {
    if (++visited > 100000) fail("it has too many entries");
    char name[512];
    ssize_t length = library.link_name(object, ".", BY_NAME, INCREASING, i, name, sizeof name, 0);
    if (length < 0 || length >= (ssize_t)sizeof name) fail("an entry has no usable name");
    link_info link;
    if (library.get_link_info(object, name, &link, 0) < 0) fail("an entry cannot be read");
    // Links by name may lead to other files.
    if (link.type != HARD_LINK) continue;
    hid child = library.object_open(object, name, 0);
    if (child < 0) fail("an entry cannot be opened");
    char full[4096];
    int count = snprintf(full, sizeof full, "%s%s%s", path, *path ? "/" : "", name);
    if (count >= (int)sizeof full) fail("a path is too long");
    int type = library.identifier_type(child);
    if (type == IS_GROUP) {
      if (depth >= 32) fail("its groups are nested too deeply");
      group(child, full, depth + 1);
    } else if (type == IS_DATASET) {
      dataset(child, full);
    }
    library.object_close(child);
  }
}

static void run(const uint8_t *bytes, size_t count, unsigned seconds, uint64_t memory) {
  // What the parent has mapped already counts as well.
  unsigned long long pages = 0;
  FILE *size = fopen("/proc/self/statm", "r");
  if (size == NULL || fscanf(size, "%llu", &pages) != 1) fail("the memory in use is not known");
  memory += pages * (uint64_t)sysconf(_SC_PAGESIZE);
  struct rlimit none = {0, 0}, time = {seconds, seconds + 1}, space = {memory, memory};
  // Should anything wait for ever, which takes no processor time.
  alarm(4 * seconds);
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_CPU, &time);
  setrlimit(RLIMIT_AS, &space);
  static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU, SIGPIPE, SIGALRM};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_UNBLOCK, &all, NULL);
  // No plug-ins; no words on standard error.
  setenv("HDF5_PLUGIN_PRELOAD", "::", 1);
  FILE *silent = freopen("/dev/null", "w", stderr);
  (void)silent;
  // Compressed datasets grow, but not without bound.
  budget = (uint64_t)count * 64 + (1 << 20);
  if (library.open() < 0 || library.set_error_print(0, NULL, NULL) < 0)
    fail("libhdf5 cannot be started");
  // The file as it lies in memory; nothing is read from or written to a disk.
  hid access = library.list_create(*library.file_access);
  if (access < 0 || library.in_memory(access, 1 << 16, 0) < 0 ||
      library.set_image(access, (void *)bytes, count) < 0)
    fail("libhdf5 cannot be started");
  hid opened = library.file_open("weights", 0, access);
  if (opened < 0) fail("it is no whole HDF5 file");
  hid root = library.object_open(opened, "/", 0);
  if (root < 0) fail("it has no contents");
  group(root, "", 0);
  _exit(0);
}

// MARK: In the parent

int tlkb_hdf5_read(const uint8_t *bytes, size_t count, unsigned seconds, uint64_t memory,
                   tlkb_hdf5_content *content) {
  memset(content, 0, sizeof *content);
  pthread_once(&once, load);
  if (!library.is_there) {
    snprintf(content->message, sizeof content->message, "%s", library.reason);
    return TLKB_HDF5_NO_LIBRARY;
  }
  int ends[2] = {-1, -1};
  int status = TLKB_HDF5_SYSTEM;
  pid_t child = -1;
  size_t room = 0;
  if (pipe2(ends, O_CLOEXEC) != 0) goto leave;
  child = fork();
  if (child < 0) goto leave;
  if (child == 0) {
    close(ends[0]);
    out = ends[1];
    run(bytes, count, seconds, memory);
  }
  close(ends[1]);
  ends[1] = -1;
  const uint64_t most = (uint64_t)count * 80 + (8 << 20);
  for (;;) {
    if (content->count == room) {
      room = room ? room * 2 : 1 << 20;
      uint8_t *larger = room <= most * 2 ? realloc(content->bytes, room) : NULL;
      if (larger == NULL) goto leave;
      content->bytes = larger;
    }
    ssize_t got = read(ends[0], content->bytes + content->count, room - content->count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) goto leave;
    if (got == 0) break;
    content->count += (size_t)got;
  }
  status = TLKB_HDF5_OK;

leave:
  if (status == TLKB_HDF5_SYSTEM)
    snprintf(content->message, sizeof content->message, "%s", strerror(errno));
  if (ends[0] >= 0) close(ends[0]);
  if (ends[1] >= 0) close(ends[1]);
  if (child > 0) {
    if (status != TLKB_HDF5_OK) kill(child, SIGKILL);
    int end = 0;
    while (waitpid(child, &end, 0) < 0 && errno == EINTR) continue;
    if (status == TLKB_HDF5_OK && !(WIFEXITED(end) && WEXITSTATUS(end) == 0)) {
      status = TLKB_HDF5_DAMAGED;
      snprintf(content->message, sizeof content->message,
               WIFSIGNALED(end) ? "libhdf5 broke down on it" : "it cannot be read");
    }
  }
  return status;
}
