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
# Functions that libraries of C round differently: the machine has its own, in tiny_model/elementary.
FOREIGN='a?(cos|sin|tan)h?f?|sincos|atan2|exp(2|10|m1)?|log(2|10|1p|b)?|erfc?|[lt]gamma|pow|cbrt|hypot|fma|[jy][01n]'
empty "tiny_model takes no elementary function from the C library" "$(sources tiny_model | sed -n 's|^\(.*\)\.c$|build/obj/\1.o|p' | xargs nm -A -u | grep -E " U ($FOREIGN)l?$";
    sources tiny_model | sed -E 's/"[^"]*"//g' | grep -nE "^[^*/]*[^a-z_>.](${FOREIGN%|fma*})\("; [ "$(find build/obj/tiny_model -name '*.o' | wc -l)" -gt 40 ] || echo "not built")"
# What is computed later has no numbers yet while it is recorded.
empty "who is computed later looks at numbers only with tape_numbers" "$(grep -nE -- '[^l]->data\b|cell_of\(' tiny_model/rules/*.c tiny_model/backward.c tiny_model/optimizer/*.c tiny_model/inside/*.c $(grep -l 'numbers_later = true' tiny_model/systems/*.c) tiny_model/systems/gpt_*.c)"
empty "tracer includes no tests" "$(sources tracer | xargs grep -nE '#include "(\.\./)*tests/')"
# tracer/ in layers, the lowest first: a folder includes itself and folders of lower layers, never a neighbour.
LAYERS="base session query figures,views output article,exercise stepper commands web"
upward() {
    sources tracer | xargs grep -HoE '#include "[^"]+"' | awk -F'[:"]' -v layers="$LAYERS" '
        BEGIN { n = split(layers, layer, " "); for (i = 1; i <= n; i++) { m = split(layer[i], f, ","); for (j = 1; j <= m; j++) rank[f[j]] = i } }
        { split($1, from, "/"); split($3, to, "/"); a = from[2]; b = to[2] }
        $1 == "tracer/main.c" { if (to[1] != "tracer" || !(b in rank)) print $1 ": " $3; next }
        !(a in rank) { print $1 ": no layer"; next }
        to[1] != "tracer" { if ($3 ~ /\// && to[1] != "tiny_model") print $1 ": " $3; next }
        a != b && !(rank[b] && rank[b] < rank[a]) { print $1 ": " $3 }'
}
empty "tracer includes downwards only" "$(upward)"
empty "no loose files in tracer but main.c" "$(find tracer -maxdepth 1 -type f ! -name main.c; find tracer -mindepth 2 -type d)"
# Commands are called as they are typed; what they call often has that name too.
empty "one file, one meaning" "$(find tracer -name '*.[ch]' ! -path 'tracer/commands/*' | sed -E 's/\.[ch]$//' | sort -u | awk -F/ '{n[$3] = n[$3] " " $0; c[$3]++} END {for (k in c) if (c[k] > 1) print n[k]}')"
empty "curses only in the terminal file" "$(grep -rlE '#include <(n?cursesw?|ncursesw?/.*)\.h>' tracer tiny_model | grep -v '^tracer/stepper/terminal.c$')"
empty "libedit only in the lines of the plain mode" "$(grep -rlE '#include <(histedit|editline/.*)\.h>' tracer tiny_model | grep -v '^tracer/stepper/lines.c$')"
empty "png, cairo and pango only in tracer/output, and where pictures are read" "$(grep -rlE '#include <(png|cairo[a-z/-]*|pango/[a-z/-]*|fontconfig/fontconfig)\.h>' tracer tiny_model | grep -vE '^tracer/(output/|base/png_file\.c$)')"
# Nothing from outside is obeyed by a terminal: print.c makes it visible. A bar of progress is made of our own words.
empty "standard output and standard error only in print.c" "$(grep -rnE '\b(v?f?printf|puts|fputs|putchar|f?putc|fputc|perror|write|dprintf) *\((std(out|err)|STD[A-Z]*_FILENO|"|[^f]*, *std(out|err))' tracer --include='*.c' | grep -vE '^tracer/base/(print|progress)\.c:')"
# What a mutant changes must be there, or it says nothing any more. A bar inside of a text is written \\|.
stale_mutants() {
    local line file old new
    while IFS= read -r line; do
        line=${line//\\|/$'\x01'}
        IFS=$'\x02' read -r file old new <<<"${line// | /$'\x02'}"
        [ -n "$new" ] && [ -f "$file" ] && grep -qF -- "${old//$'\x01'/|}" "$file" || echo "$file: $old"
    done <tests/mutants.txt
}
empty "every mutant is found in its file" "$(stale_mutants)"
empty "the top level" "$(git ls-files 2>/dev/null | cut -d/ -f1 | sort -u | grep -v '^\.' | grep -vxE 'tracer|tutorial|tiny_model|golden|tests|build\.sh|README\.md|LICENSE')"
empty "no file over 400 lines" "$(sources tiny_model tracer tests | xargs wc -l | awk '$2 != "total" && $1 > 400 {print $2}')"
empty "no line over 120 columns" "$(sources tiny_model tracer | LC_ALL=C.UTF-8 xargs grep -nE '^.{121,}' | cut -d: -f1,2)"
empty "no function over 60 lines" "$(sources tiny_model tracer | xargs awk 'FNR==1{s=0} /^[a-zA-Z].*\)[ ]*\{[ ]*$/ || /^\{/ {s=FNR} /^\}/ {if (s && FNR-s > 60) print FILENAME ":" s; s=0}')"
empty "nothing left open" "$(grep -rnE '\b(TO''DO|FIX''ME|XX''X)\b' tiny_model tracer tests --include='*.[ch]' --include='*.sh')"
empty "no mutable globals" "$(sources tiny_model tracer | xargs grep -nE '^static [a-z_A-Z ]+\*?[a-z_]+(\[[^]]*\])* *(=|;)' | grep -vE 'const|volatile|sig_atomic' | grep -v 'tiny_model/error.c')"
exit $bad
