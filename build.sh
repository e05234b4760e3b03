#!/usr/bin/env bash
# Finds out what is missing, installs it, builds and runs. Everything a user does goes through here.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 3

JOBS=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
MAKE=(make --no-print-directory -s -j "$JOBS" -f tests/Makefile)

help() {
    cat <<'TEXT'
usage: ./build.sh [COMMAND]

  (nothing)         builds build/tracer
  run [ARGUMENTS]   builds, then starts tracer with the arguments; none: the stepper
  test [--all]      builds and runs the tests; --all: with sanitizers, clang, other processors, valgrind, mutants, fuzzing too
  bench [--quick]   speed, beside the plainest C version of the same training step
  figures           the pictures of the tutorial
  book              the tutorial as HTML in build/book, and as PDF where Chromium is there, or pandoc with weasyprint
  web [--model FILE.json] [--weights FILE.safetensors]
                    the stepper as a page for a browser, build/web/tracer.html: one file, which needs no server; with them
                    it opens on that model. Installs emscripten, which nothing else needs
  install PREFIX    tracer, its manual page and shell completion below PREFIX
  clean             removes build/
  help              this text

What is missing is installed with the system's package manager where that is apt-get; elsewhere the
names of the packages are printed. NO_INSTALL=1 never installs.
TEXT
}

say() { printf 'build.sh: %s\n' "$*" >&2; }

# What a command needs: words of a pkg-config module, a program or a file, and Debian's package for it.
RUN_NEEDS="program:cc=gcc program:make=make program:pkg-config=pkg-config module:ncursesw=libncurses-dev module:jansson=libjansson-dev module:cairo=libcairo2-dev module:pangocairo=libpango1.0-dev module:fontconfig=libfontconfig-dev module:libpng=libpng-dev module:libcmark=libcmark-dev module:libedit=libedit-dev font:DejaVuSans=fonts-dejavu-core"
TEST_NEEDS="$RUN_NEEDS module:cmocka=libcmocka-dev module:mpfr=libmpfr-dev program:tmux=tmux program:pngcheck=pngcheck program:xmllint=libxml2-utils"
ALL_NEEDS="$TEST_NEEDS program:clang=clang program:valgrind=valgrind program:chromium=chromium program:emcc=emscripten program:node=nodejs file:/usr/share/nodejs/acorn=node-acorn program:pdftotext=poppler-utils program:pandoc=pandoc program:weasyprint=weasyprint program:qemu-s390x=qemu-user program:aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu file:/usr/aarch64-linux-gnu/lib/libc.a=libc6-dev-arm64-cross program:s390x-linux-gnu-gcc=gcc-s390x-linux-gnu file:/usr/s390x-linux-gnu/lib/libc.a=libc6-dev-s390x-cross"

WEB_NEEDS="$RUN_NEEDS program:emcc=emscripten program:node=nodejs file:/usr/share/nodejs/acorn=node-acorn"

# A font is only for looks: where nothing can tell whether it is there, it is taken as there.
has_font() {
    [ -z "${NO_INSTALL:-}" ] && command -v apt-get >/dev/null 2>&1 || return 0
    find /usr/share/fonts /usr/local/share/fonts -name "$1.ttf" 2>/dev/null | grep -q .
}

missing_packages() {
    local need kind name package
    for need in $1; do
        kind=${need%%:*} name=${need#*:} package=${name#*=} name=${name%%=*}
        if [ "$kind" = program ]; then
            command -v "$name" >/dev/null 2>&1 || printf '%s ' "$package"
        elif [ "$kind" = file ]; then
            [ -e "$name" ] || printf '%s ' "$package"
        elif [ "$kind" = font ]; then
            has_font "$name" || printf '%s ' "$package"
        else
            pkg-config --exists "$name" 2>/dev/null || printf '%s ' "$package"
        fi
    done
}

tell_packages() {
    say "missing: $1"
    if command -v brew >/dev/null; then say "install them with: brew install ncurses jansson cairo pango fontconfig libpng cmark libedit cmocka mpfr tmux pkg-config"
    elif command -v dnf >/dev/null; then say "install them with: dnf install gcc make pkgconf ncurses-devel jansson-devel cairo-devel pango-devel fontconfig-devel libpng-devel cmark-devel libedit-devel dejavu-sans-fonts libcmocka-devel mpfr-devel tmux"
    elif command -v pacman >/dev/null; then say "install them with: pacman -S gcc make pkgconf ncurses jansson cairo pango fontconfig libpng cmark libedit ttf-dejavu cmocka mpfr tmux"
    else say "install a C compiler, make, pkg-config and the development files of ncurses, jansson, cairo, pango, fontconfig, libpng, cmark, libedit and (for the tests) cmocka, mpfr, tmux"
    fi
    exit 3
}

ensure() {
    local packages log as_root=()
    packages=$(missing_packages "$1")
    [ -n "${packages// /}" ] || return 0
    command -v apt-get >/dev/null 2>&1 && [ -z "${NO_INSTALL:-}" ] || tell_packages "$packages"
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    say "installing $packages"
    log=$(mktemp)
    if ! { ${as_root[@]+"${as_root[@]}"} apt-get update && DEBIAN_FRONTEND=noninteractive \
           ${as_root[@]+"${as_root[@]}"} apt-get install -y --no-install-recommends $packages libc6-dev; } >"$log" 2>&1 </dev/null; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        tell_packages "$packages"
    fi
    rm -f "$log"
}

build() { "${MAKE[@]}" "$@" || { say "the build failed"; exit 3; }; }

# Everything below tutorial/ that refers to numbers or pictures of a run.
fill_all() {
    local article
    while IFS= read -r article; do
        build/tracer fill "$article" || exit
    done < <(grep -rlE --include='*.md' '^[^`]*\{\{(figure|table|latex|run) ' tutorial | sort)
}

# The first of the programs that is there.
first_of() {
    local program
    for program; do
        command -v "$program" >/dev/null 2>&1 && { printf '%s\n' "$program"; return; }
    done
}

print_with_browser() {
    local profile code options=()
    [ "$(id -u)" != 0 ] || options=(--no-sandbox)
    profile=$(mktemp -d) || exit 3
    "$1" --headless --disable-gpu ${options[@]+"${options[@]}"} --user-data-dir="$profile" --no-pdf-header-footer \
        --generate-pdf-document-outline --print-to-pdf="$3" "file://$2" 2>&1 </dev/null
    code=$?
    rm -rf "$profile"
    return $code
}

# Pandoc takes only the body of a page, so its head becomes the template.
print_with_pandoc() {
    local template code
    template=$(mktemp) || exit 3
    { sed '/<\/head>/q' "$2"; printf '<body>\n$body$\n</body>\n</html>\n'; } >"$template"
    (cd "${2%/*}" && pandoc -f html -t html --template "$template" --pdf-engine "$1" -o "$3" "${2##*/}") 2>&1 </dev/null
    code=$?
    rm -f "$template"
    return $code
}

# The book on paper: a browser prints the page that holds all of it; without one pandoc does.
print_book() {
    local with=browser program log from=$PWD/build/book/tracer.html to=build/book/tracer.pdf new=$PWD/build/book/new.pdf
    program=$(first_of chromium chromium-browser google-chrome google-chrome-stable)
    if [ -z "$program" ] && [ -n "$(first_of pandoc)" ]; then
        with=pandoc
        program=$(first_of weasyprint prince pagedjs-cli wkhtmltopdf)
    fi
    rm -f "$new"
    [ -n "$program" ] || { rm -f "$to"; say "the PDF was left out; install chromium for it, or pandoc and weasyprint"; return 0; }
    log=$("print_with_$with" "$program" "$from" "$new")
    [ -s "$new" ] && mv "$new" "$to" || { say "$program did not print the book: $(tail -n 1 <<<"$log")"; exit 3; }
    printf 'printed to %s\n' "$to"
}

# The sources of two libraries, which no package has as WebAssembly: those of the same versions as Debian's, checked by
# apt-get as every package is. WEB_SOURCES=FOLDER takes them from FOLDER/jansson and FOLDER/cmark.
web_sources() {
    local to=build/web/foreign own options name log
    [ -z "${WEB_SOURCES:-}" ] || { printf '%s\n' "$WEB_SOURCES"; return; }
    [ -e $to/jansson/src/jansson.h ] && [ -e $to/cmark/src/cmark.h ] && { printf '%s\n' "$to"; return; }
    command -v apt-get >/dev/null 2>&1 && [ -z "${NO_INSTALL:-}" ] || {
        say "the page needs the sources of jansson and cmark: unpack them and say WEB_SOURCES=FOLDER, which has jansson/ and cmark/"; return 3; }
    own=$(mktemp -d) || return 3
    mkdir -p "$own/sources" "$own/lists/partial" "$own/cache" "$own/got" $to
    for name in /etc/apt/sources.list.d/*.sources; do
        [ ! -e "$name" ] || sed 's/^Types:.*/Types: deb-src/' "$name" >"$own/sources/${name##*/}"
    done
    [ ! -e /etc/apt/sources.list ] || sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$own/sources/old.list"
    options=(-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$own/sources" -o Dir::State::Lists="$own/lists" -o Dir::Cache="$own/cache" -o APT::Sandbox::User=)
    say "fetching the sources of jansson and cmark"
    log=$(cd "$own/got" && { apt-get "${options[@]}" update && apt-get "${options[@]}" source --download-only jansson cmark; } 2>&1)
    for name in jansson cmark; do
        mkdir -p $to/$name
        tar -xf "$own/got/$name"_*.orig.tar.* -C $to/$name --strip-components 1 2>/dev/null || {
            say "no sources of $name: $(tail -n 1 <<<"$log")"; rm -rf "$own" $to; return 3; }
    done
    rm -rf "$own"
    printf '%s\n' "$to"
}

# The page: the machine, what it reads, and what it opens on.
build_web() {
    local model='' weights='' name given='{}' sources file files=()
    while [ $# -gt 0 ]; do
        [ $# -ge 2 ] || { say "$1 needs a file"; exit 2; }
        case $1 in
        --model) model=$2 ;;
        --weights) weights=$2 ;;
        *) say "web takes --model FILE.json and --weights FILE.safetensors, not \"$1\""; exit 2 ;;
        esac
        shift 2
    done
    # What the page cannot open is refused here.
    if [ -n "$model$weights" ]; then
        build/tracer names ${model:+--model "$model"} ${weights:+--weights "$weights"} >/dev/null || exit
        name=$(basename "${model:-tiny}" .json | tr -cd 'A-Za-z0-9._ -')
        given="{\"model\": \"$name\", \"files\": {\"$name\": \"$name\"}${weights:+, \"weights\": \"/given/weights.safetensors\"}}"
        [ ! -f "$model" ] || { files+=("/given/model.json=$model"); given=${given/: \"$name\"\}/: \"/given/model.json\"\}}; }
        [ -z "$weights" ] || files+=("/given/weights.safetensors=$weights")
    fi
    sources=$(web_sources) || exit
    build OUT=build/web CC=emcc WEB="$sources" web
    while IFS= read -r file; do files+=("/$file=$file"); done < <(find tutorial/*.md tutorial/chapters tutorial/exercises tutorial/texts -type f ! -path '*/figures/*' ! -name '*.safetensors' ! -name payments.csv | sort)
    node tracer/web/pack.js build/web/tracer.html build/web/engine.js build/web/engine.wasm tracer/web "$given" "${files[@]}" || exit 3
    printf 'made build/web/tracer.html, %d kB\n' $(($(wc -c <build/web/tracer.html) / 1000))
}

# The stepper's page beside those of the book, which then link into it.
add_stepper() {
    mkdir -p build/book || exit 3
    rm -f build/book/stepper.html
    [ -e build/web/tracer.html ] || { say "the links into the stepper were left out; ./build.sh web makes its page"; return 0; }
    cp build/web/tracer.html build/book/stepper.html || exit 3
}

install_into() {
    local prefix=$1
    mkdir -p "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" || exit 3
    install -m 755 build/tracer "$prefix/bin/tracer" || exit 3
    build/tracer help man >"$prefix/share/man/man1/tracer.1" || exit 3
    build/tracer help completion >"$prefix/share/bash-completion/completions/tracer" || exit 3
    mkdir -p "$prefix/share/tracer/tutorial" && cp -r tutorial/chapters tutorial/exercises tutorial/README.md tutorial/functions.md tutorial/glossary.md "$prefix/share/tracer/tutorial/" || exit 3
    [ ! -e build/web/tracer.html ] || install -m 644 build/web/tracer.html "$prefix/share/tracer/tracer.html" || exit 3
    printf 'installed %s/bin/tracer\n' "$prefix"
}

command=${1:-build}
[ $# -eq 0 ] || shift
case $command in
build) ensure "$RUN_NEEDS"; build tracer ;;
run) ensure "$RUN_NEEDS"; build tracer; exec build/tracer "$@" ;;
test)
    case ${1:-} in
    '') ensure "$TEST_NEEDS"; exec tests/run.sh ;;
    --all) ensure "$ALL_NEEDS"; exec tests/run.sh --all ;;
    *) say "test takes --all or nothing, not \"$1\""; exit 2 ;;
    esac ;;
bench) ensure "$RUN_NEEDS"; build tracer bench; exec build/bench "$@" ;;
figures) ensure "$RUN_NEEDS"; build tracer; fill_all ;;
book) ensure "$RUN_NEEDS"; build tracer; add_stepper; build/tracer learn --book build/book || exit; print_book ;;
web) ensure "$WEB_NEEDS"; build tracer; build_web "$@" ;;
install)
    [ $# -eq 1 ] || { say "say where to: ./build.sh install PREFIX"; exit 2; }
    ensure "$RUN_NEEDS"; build tracer; install_into "$1" ;;
clean) rm -rf build ;;
help|--help|-h) help ;;
*) say "no command is called \"$command\"; ./build.sh help lists them"; exit 2 ;;
esac
