# Shared by quickstart and check: packages, configure, make.  Sourced, with $here set.
BENCH_PACKAGES="gcc make autoconf automake libtool pkg-config libnlopt-dev libfftw3-dev liblapacke-dev libopenblas-dev libcsv-dev libjansson-dev nettle-dev libsqlite3-dev gnuplot-nox"
TEST_PACKAGES="libcmocka-dev python3 python3-jsonschema librsvg2-bin chromium libopenmpi-dev openmpi-bin valgrind"
JOBS=$(nproc 2>/dev/null || echo 2)

say() { printf 'eisfit: %s\n' "$*"; }
fail() {
  printf 'eisfit: %s\n' "$*" >&2
  exit 1
}

# The packages of the list that are not installed yet.
missing_packages() {
  for package in "$@"; do
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
  done
}

install_packages() {
  command -v dpkg-query >/dev/null 2>&1 || {
    say "this is no Debian: I take it that these are installed: $*"
    return 0
  }
  wanted=$(missing_packages "$@")
  [ -n "$wanted" ] || return 0
  say "installing $wanted"
  as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || fail "these packages are missing, and there is neither root nor sudo to install them: $wanted"
    as_root=sudo
  fi
  # shellcheck disable=SC2086  # the list is meant to be split
  { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $wanted; } >"$here/install.log" 2>&1 ||
    fail "can't install $wanted: see $here/install.log"
  rm -f "$here/install.log"
}

# Is there nothing to be made?
up_to_date() {
  [ -f "$here/build/Makefile" ] && [ ! "$here/configure.ac" -nt "$here/configure" ] &&
    [ ! "$here/Makefile.am" -nt "$here/configure" ] && [ ! "$here/configure" -nt "$here/build/Makefile" ] &&
    (cd "$here/build" && make -q eisfit libeisfit.la eisfit.pc >/dev/null 2>&1)
}

build_program() {
  if up_to_date; then return 0; fi
  say "building in $here/build (first time: about a minute)"
  build_log="$here/build/build.log"
  mkdir -p "$here/build" || fail "can't write to $here/build"
  if [ ! -x "$here/configure" ] || [ "$here/configure.ac" -nt "$here/configure" ] || [ "$here/Makefile.am" -nt "$here/configure" ]; then
    (cd "$here" && autoreconf -fi) >"$build_log" 2>&1 || fail "autoreconf failed: see $build_log"
  fi
  if [ ! -f "$here/build/Makefile" ] || [ "$here/configure" -nt "$here/build/Makefile" ]; then
    (cd "$here/build" && ../configure --prefix="${PREFIX-/usr/local}") >"$build_log" 2>&1 || fail "configure failed: see $build_log"
  fi
  (cd "$here/build" && make -j"$JOBS") >"$build_log" 2>&1 || fail "the build failed: see $build_log"
}

# ---- fuzzing: seconds per target, 0 = none ----
FUZZ_SECONDS=${EISFIT_FUZZ_SECONDS-60}

has_libfuzzer() {
  command -v clang >/dev/null 2>&1 &&
    printf 'int LLVMFuzzerTestOneInput(const char *s, unsigned long n);\nint LLVMFuzzerTestOneInput(const char *s, unsigned long n) { return s && n && !n; }\n' |
    clang -fsanitize=fuzzer,address,undefined -x c - -o /dev/null >/dev/null 2>&1
}

# clang and its runtime, which is a package of its own since Debian 13
install_libfuzzer() {
  has_libfuzzer && return 0
  (install_packages clang) || return 1
  has_libfuzzer && return 0
  version=$(clang -dumpversion | cut -d. -f1)
  (install_packages "libclang-rt-$version-dev") && has_libfuzzer
}

# A short run of every fuzz target, two at a time; what breaks one is in build-fuzz/fuzz/TARGET/found.
fuzz_smoke() {
  if [ "$FUZZ_SECONDS" -eq 0 ]; then
    say "fuzzing skipped: EISFIT_FUZZ_SECONDS is 0"
    return 0
  fi
  if ! install_libfuzzer; then
    say "fuzzing skipped: there is no clang with libFuzzer"
    return 0
  fi
  fuzz="$here/build-fuzz"
  mkdir -p "$fuzz" || fail "can't write to $fuzz"
  say "building the fuzz targets in $fuzz, then $FUZZ_SECONDS s for each"
  if [ ! -f "$fuzz/Makefile" ] || [ "$here/configure" -nt "$fuzz/Makefile" ]; then
    (cd "$fuzz" && CC=clang CFLAGS="-O1 -g" ../configure --enable-fuzzing) >"$fuzz/build.log" 2>&1 ||
      fail "configure failed: see $fuzz/build.log"
  fi
  (cd "$fuzz" && make -j"$JOBS" fuzz) >"$fuzz/build.log" 2>&1 || fail "the build failed: see $fuzz/build.log"
  /usr/bin/python3 "$here/tests/fuzz/run.py" --build "$fuzz" --seconds "$FUZZ_SECONDS" --jobs "$JOBS"
}
