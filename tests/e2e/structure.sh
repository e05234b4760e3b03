#!/usr/bin/env bash
# The shape of the tree: who includes whom, what stands at the top, and that nothing is left open.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
bad=0
# empty NAME LINES: the test passes if there are none.
empty() { if [ -z "$2" ]; then printf 'ok %s\n' "$1"; else printf 'not ok %s: %s\n' "$1" "$(echo "$2" | head -5 | tr '\n' ' ')"; bad=1; fi; }
sources() { find "$@" -name '*.[ch]'; }

[ "$(sources tiny_model | wc -l)" -gt 40 ] && [ "$(sources tracer | wc -l)" -gt 40 ] && echo "ok there are sources" || { echo "not ok there are sources"; bad=1; }
empty "tiny_model includes only itself and the C library" "$(sources tiny_model | xargs grep -nE '#include' |
    grep -vE '#include "' | grep -vE '<(assert|errno|float|limits|locale|math|setjmp|signal|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|time|wchar)\.h>';
    sources tiny_model | xargs grep -nE '#include "(\.\./)*(tracer|tests)/')"
empty "tracer includes no tests" "$(sources tracer | xargs grep -nE '#include "(\.\./)*tests/')"
empty "curses only in the terminal file" "$(grep -rlE '#include <(n?cursesw?|ncursesw?/.*)\.h>' tracer tiny_model | grep -v '^tracer/stepper/terminal.c$')"
empty "libedit only in the lines of the plain mode" "$(grep -rlE '#include <(histedit|editline/.*)\.h>' tracer tiny_model | grep -v '^tracer/stepper/lines.c$')"
empty "png and cairo only in tracer/output" "$(grep -rlE '#include <(png|cairo[a-z/-]*|fontconfig/fontconfig)\.h>' tracer tiny_model | grep -v '^tracer/output/')"
empty "the top level" "$(git ls-files 2>/dev/null | cut -d/ -f1 | sort -u | grep -v '^\.' | grep -vxE 'tracer|tutorial|tiny_model|golden|tests|build\.sh|README\.md|LICENSE')"
empty "no file over 400 lines" "$(sources tiny_model tracer tests | xargs wc -l | awk '$2 != "total" && $1 > 400 {print $2}')"
empty "no function over 60 lines" "$(sources tiny_model tracer | xargs awk 'FNR==1{s=0} /^[a-zA-Z].*\)[ ]*\{[ ]*$/ || /^\{/ {s=FNR} /^\}/ {if (s && FNR-s > 60) print FILENAME ":" s; s=0}')"
empty "nothing left open" "$(grep -rnE '\b(TO''DO|FIX''ME|XX''X)\b' tiny_model tracer tests --include='*.[ch]' --include='*.sh')"
empty "no mutable globals" "$(sources tiny_model tracer | xargs grep -nE '^static [a-z_A-Z ]+\*?[a-z_]+(\[[^]]*\])* *(=|;)' | grep -vE 'const|volatile|sig_atomic' | grep -v 'tiny_model/error.c')"
exit $bad
