#!/usr/bin/env bash
# Everything on every preset of every system: each command, figure, page of the stepper, key, mistake and exercise either
# gives an answer without a nan in it or says in one line why it does not fit. All lists come from the program, so
# that a new system, figure or command is covered without a change here. $1: the tracer to test; then model files, none:
# every preset, or with --share K/N the K-th of every N.
set -u
unset CI # where it is set, no golden is accepted
tracer=$(realpath "${1:?which tracer}")
shift
share=1 shares=1
[ "${1:-}" != --share ] || { share=${2%/*} shares=${2#*/}; shift 2; }
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
export LC_ALL=C.UTF-8 TRACER_TUTORIAL=$PWD/tutorial
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
bad=0

ok() { printf 'ok %s\n' "$1"; }
not_ok() { printf 'not ok %s: %s\n' "$1" "$(head -c 300 <<<"$2" | tr '\n' ' ')"; bad=1; }
# empty NAME LINES: the test passes if there are none.
empty() { if [ -z "$2" ]; then ok "$1"; else not_ok "$1" "$2"; fi; }

# verdict CODE WANTED WHAT: what is wrong with how the last call went; nothing where it answered, or refused as one
# does. WANTED is answer, refusal or either.
verdict() {
    local code=$1 wanted=$2 what=$3 lines
    case $code in
    0|1) [ "$wanted" != refusal ] || echo "$what: not refused"
        [ "$code" = 0 ] || [[ $what =~ ^(diff|gradcheck|golden)\  ]] || echo "$what: exit code 1, and nothing was judged"
        [ ! -s "$work/err" ] || echo "$what: on stderr: $(head -1 "$work/err")"
        [ -s "$work/out" ] || [[ $what == *" -o "* ]] || echo "$what: no output"
        ! grep -aqwE '[-+]?nan' "$work/out" || echo "$what: nan" ;;
    2) [ "$wanted" != answer ] || echo "$what: refused: $(cat "$work/err")"
        [ ! -s "$work/out" ] || echo "$what: refused with output"
        mapfile -t lines <"$work/err"
        [ ${#lines[@]} -eq 1 ] && [[ ${lines[0]} =~ ^tracer:\ [^A-Z] ]] || echo "$what: not one line: ${lines[*]}" ;;
    *) echo "$what: exit code $code: $(head -1 "$work/err")" ;;
    esac
}

# call WANTED ARGUMENTS...: prints what is wrong, with the arguments before it.
call() {
    local wanted=$1
    shift
    "$tracer" "$@" >"$work/out" 2>"$work/err" </dev/null
    verdict $? "$wanted" "$*"
}

# The arguments behind a command in this run, one set a line; a command that is not here is tried as its example is.
arguments_of() {
    case $1 in
    step) echo "--at $gradient"; echo ;;
    screen) echo "--keys nsf --size 80x24" ;;
    show) for format in table csv json latex markdown; do echo "$parameter --format $format"; done; echo "$parameter[0,:]" ;;
    names) echo; echo "*.grad" ;;
    why|uses) echo "$parameter[0,0]"; echo "$gradient[0,0]"; echo "$middle[0,0] $([ "$1" = uses ] || echo '--depth 3')"; [ "$1" = uses ] || echo "$gradient[0,0] --json" ;;
    nudge) echo "$parameter[0,0] 0.01"; echo "$middle[0,0]=0.5 --json" ;;
    gradcheck) echo; echo "$parameter --json" ;;
    train) echo "--steps 3"; echo "--steps 2 --json"; echo ;;
    export) for format in json safetensors npz dot; do echo "--format $format -o $work/exported.$format"; done; echo "--format json -o -" ;;
    golden) echo "accept $work/golden --reason tried"; echo "check $work/golden"; echo "show $work/golden"; echo "diff $work/golden" ;;
    models) echo "--json $model" ;;
    cost) echo; echo "--json"; echo "forward --depth 2" ;;
    scale) echo "--updates 2 --sizes-only"; echo "--updates 1 --widths 8,16,24,32 --sizes-only --json" ;;
    help) echo "model-file $system"; for command in $commands; do echo "$command"; done ;;
    sample) echo "-n 2" ;;
    learn) echo; echo 11 ;;
    fill) echo "$work/article.md"; echo "$work/article.md --check" ;;
    steps|mistakes) echo; ;;
    tokenizer) echo "train --file $work/article.md --merges 5 -o $work/tokenizer"; echo "encode --tokenizer $work/tokenizer loss" ;;
    diff|render|exercise|grade) ;; # below
    *) "$tracer" help "$1" | sed -n '/^example$/{n;s/^ *tracer [a-z]* *//p}' ;;
    esac
}

every_command() {
    local command line wrong=
    commands=$("$tracer" help | sed -n '/^commands$/,/^$/s/^  \([a-z]*\) .*/\1/p')
    [ "$(wc -w <<<"$commands")" -gt 15 ] || echo "only the commands $commands"
    { echo "loss"; for name in $parameter $gradient; do echo "{{$name[0,0] %.3f}} {{table $name}}"; done; echo '{{figure graph}}'; } >"$work/article.md"
    for command in $commands; do
        while IFS= read -r line; do
            # shellcheck disable=SC2086
            "$tracer" help "$command" >"$work/help"
            # shellcheck disable=SC2086
            if grep -q '^options that choose the run' "$work/help"; then call either "$command" $line --model "$model"
            else call answer "$command" $line; fi
        done < <(CI='' arguments_of "$command")
    done
    call answer diff "--model $model" "--model $model"
    call either diff "--model $model" "--model $model --step 1"
    "$tracer" models --json "$model" >"$work/printed.json"
    [ "$("$tracer" diff "--model $model" "--model $work/printed.json" | tail -1)" = "all $(wc -l <"$work/names") values are equal, bit by bit" ] || echo "its model file is another model"
    for format in json safetensors npz dot; do [ -s "$work/exported.$format" ] || echo "no file exported as $format"; done
}

# The keys that the model file of the preset has are those that help lists.
every_key() {
    "$tracer" help model-file "$system" >"$work/help"
    grep -oE '"[a-z_0-9]+":' "$work/printed.json" | tr -d '":' | sort -u | while IFS= read -r key; do
        grep -qE "^  ([a-z]+\.)?$key( |$)" "$work/help" || grep -qE "^  $key\." "$work/help" || echo "help model-file $system does not tell of $key"
    done
}

# Where its first cell comes from, and who reads it; of some hundred values, evenly. That each cell of each is explained
# is tested in one process, with the units.
every_value() {
    local name
    while IFS= read -r name; do
        call answer why "$name[0,0]" --model "$model"
        call answer uses "$name[0,0]" --model "$model"
    done < <(awk -v every="$(($(wc -l <"$work/names") / 100 + 1))" 'NR % every == 0' "$work/names")
}

every_figure() {
    local line format count=0 words
    "$tracer" render --list --model "$model" >"$work/listed"
    # What fits stands first, as it can be typed; what does not, behind an empty line and a heading.
    while IFS= read -r line; do
        line=${line%%  *}
        case $line in *NAME) line=${line/NAME/$parameter} ;; walkthrough*) line="walkthrough -o $work/pages --format svg" ;; esac
        eval "words=($line)" # several words are one name in quotes
        for format in png svg; do
            [ "${line%% *}" = walkthrough ] || call answer render "${words[@]}" --updates 3 --against "--model $model" --model "$model" -o "$work/figure.$format"
        done
        [ "$line" != scale ] || words=(scale --updates 3) # its usual ladder takes a minute
        call answer render "${words[@]}" --against "--model $model" --model "$model"
        if [ "${line%% *}" = walkthrough ]; then
            [ -s "$work/pages/0000.svg" ] || echo "no pages"
            continue
        fi
        pngcheck -q "$work/figure.png" >/dev/null || echo "$line: no clean PNG"
        xmllint --noout "$work/figure.svg" 2>/dev/null || echo "$line: no well-formed SVG"
        ! grep -qE '>[-+]?nan<' "$work/figure.svg" || echo "$line: nan in the picture"
        rm -f "$work/figure.png" "$work/figure.svg"
        count=$((count + 1))
    done < <(sed '/^$/,$d' "$work/listed")
    [ $count -ge 4 ] || echo "only $count figures fit"
    while IFS= read -r line; do
        call refusal render "${line%% *}" --model "$model"
        grep -qF "$(sed 's/^.*  *\([a-z].*\)$/\1/' <<<"${line:36}")" "$work/err" || echo "$line: another reason: $(cat "$work/err")"
        call refusal render "${line%% *}" --model "$model" -o "$work/figure.png"
        [ ! -e "$work/figure.png" ] || echo "$line: a file is left"
    done < <(sed '1,/^$/d' "$work/listed" | tail -n +2)
}

# screen NAME KEYS SIZE: what is wrong with a screen.
screen() {
    local rows=${3#*x} cols=${3%x*} lines widest
    call answer screen --model "$model" --keys "$2" --size "$3" | grep -v ': nan$'
    read -r lines widest < <(wc -lL <"$work/out")
    [ "$lines" -eq "$rows" ] && [ "$widest" -le "$cols" ] || echo "$1 $3: $widest x $lines"
    grep -qE '^step [0-9]+ ' "$work/out" || [ "$1" = quit ] || echo "$1 $3: no status line"
    ! grep -qE '[-+]nan' "$work/out" || echo "$1 $3: nan"
}

every_screen() {
    local page place size pages code key
    pages=$("$tracer" screen --model "$model" --keys ':panel ?<Enter>' --size 200x50 | sed -n 's/.*the name of a page: //p' | tr -d ',')
    [ "$(wc -w <<<"$pages")" -ge 8 ] || echo "pages: $pages"
    for size in 80x24 200x50; do
        for place in g "$middle" "$gradient" "$parameter" G; do
            case $place in g|G) ;; *) place=":$place<Enter>" ;; esac
            [ $size = 80x24 ] || [ "$place" = ":$middle<Enter>" ] || continue # wide ones at one place
            for page in $pages; do
                screen "$place $page" "$place:panel $page<Enter>" $size
                grep -qF "$page: " "$work/out" || echo "$place $page $size: not there"
            done
            for keys in '|' '++x|' 'v' 'vT' 'i' '=' ':bug<Enter>' ':predict on<Enter>i' ':compare 1<Enter>' '}' '}}{' ':ledger<Enter>v' ':panel ledger<Enter>v' 'wbn' '?' '/grad<Enter>'; do
                screen "$place $keys" "$place$keys" $size
            done
        done
        for code in $(seq $((33 + (${size%x*} > 100))) 2 126); do # every other key at each size
            printf -v key "\\x$(printf %x "$code")"
            [ "$key" = '<' ] || screen "$([ "$key" = q ] && echo quit || echo "$key")" "nn$key" $size
        done
    done
}

# As a learner walks it without a screen: to the end and back.
every_step() {
    local steps
    steps=$("$tracer" screen --keys '' --size 80x24 --model "$model" | sed -n 's/^step 0 of \([0-9]*\) .*/\1/p')
    for key in s S; do
        { for ((i = 1; i < steps; i++)); do echo "$key"; [ "$key" = s ] || [ $i -gt 1 ] || echo last; done; echo quit; } >"$work/typed"
        "$tracer" step --plain --model "$model" <"$work/typed" >"$work/out" 2>"$work/err"
        verdict $? answer "step --plain"
        [ "$(grep -oE "^step [0-9]+ of $steps" "$work/out" | sort -u | wc -l)" -eq "$steps" ] || echo "$key tells other steps than the $steps that there are"
    done
}

every_mistake() {
    local id listed number=${#model}
    "$tracer" mistakes --model "$model" >"$work/mistakes"
    [ -s "$work/mistakes" ] || echo "no mistake fits"
    "$tracer" mistakes | cut -d' ' -f1 | while IFS= read -r id; do
        listed=$(grep -cE "^$id " "$work/mistakes")
        [ "$listed" -le 1 ] || echo "$id is listed $listed times"
        # What fits all answers; of what does not, some.
        number=$((number + 1))
        [ "$listed" = 1 ] || [ $((number % 5)) -eq 0 ] || continue
        call "$([ "$listed" = 1 ] && echo answer || echo refusal)" show "$parameter" --model "$model" --mistake "$id" | grep -v ': nan$'
    done
    call answer screen --keys ":mistake $(sed -n '$s/ .*//p' "$work/mistakes")<Enter>" --model "$model"
}

every_exercise() {
    local number
    "$tracer" exercise list >"$work/exercises"
    [ "$(wc -l <"$work/exercises")" -ge 30 ] || echo "only $(wc -l <"$work/exercises") exercises"
    cut -c1-2 "$work/exercises" | while IFS= read -r number; do
        call answer exercise show "$number"
        call answer exercise start "$number" --student systems
        call answer exercise hint "$number" --student systems
        "$tracer" exercise start "$number" --student systems --teacher -o "$work/sheet" >/dev/null
        "$tracer" exercise check "$number" "$work/sheet" >"$work/out" 2>"$work/err" </dev/null
        [ $? -eq 0 ] || echo "$number: its own solution is not right: $(head -1 "$work/out" "$work/err")"
    done
}

# The first value of a kind that has several rows and columns; the first of the kind where none has.
a_value() { awk -v kind="$1" '$5 == kind {first = first ? first : $1; if ($2 > 1 && $4 > 1) {first = $1; exit}} END {print first}' "$work/values"; }

# job NAME FUNCTION: beside others, in a folder of its own with what is known of the model; finish_jobs tells of all in
# their order.
at_once=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
jobs=0
job() {
    local own=$work/job$jobs
    mkdir "$own"
    for known in presets models values names printed.json; do [ ! -e "$work/$known" ] || cp "$work/$known" "$own/"; done
    [ $jobs -lt "$at_once" ] || wait -n
    (work=$own; empty "$1" "$("$2")") >"$own.told" &
    jobs=$((jobs + 1))
}
finish_jobs() {
    local i
    wait
    for ((i = 0; i < jobs; i++)); do
        [ -s "$work/job$i.told" ] || echo "not ok a job of $model: it ended without a word" >"$work/job$i.told"
        cat "$work/job$i.told"
        ! grep -q '^not ok' "$work/job$i.told" || bad=1
    done
}

"$tracer" models >"$work/presets"
# Those that are made for a whole training have thousands of steps and no golden; what they are made of is in the others.
[ $# -gt 0 ] || "$tracer" golden check | sed -n 's|^golden/\(.*\)\.golden: .*|\1|p' | while read -r model; do
    grep "^$model " "$work/presets"
done >"$work/all"
[ $# -gt 0 ] || empty "the models that are read number by number" "$([ "$(wc -l <"$work/all")" -ge 9 ] || echo "only $(wc -l <"$work/all")")"
awk -v share="$share" -v shares="$shares" 'NR % shares == share % shares' "$work/all" >"$work/models"
for model; do
    system=$("$tracer" models --json "$model" | sed -n 's/^  "system": "\(.*\)",/\1/p')
    echo "$model ${system:-$(awk 'NR == 1 {print $2}' "$work/presets")}"
done >>"$work/models"
systems=$("$tracer" help model-file | sed -n '/^Systems/,$s/^  \([a-z_0-9]*\) .*/\1/p')
empty "every system has a preset" "$(for system in $systems; do awk '{print $2}' "$work/presets" | grep -qx "$system" || echo "$system"; done)"
while read -r model system _; do
    "$tracer" names --model "$model" >"$work/values"
    awk '{print $1}' "$work/values" >"$work/names"
    parameter=$(a_value parameter) middle=$(a_value activation) gradient=$(a_value gradient)
    [ -n "$middle" ] || not_ok "$model: names" "no activation"
    : "${parameter:=$middle}" # a system that learns nothing by gradients has none
    : "${gradient:=$middle}"
    "$tracer" models --json "$model" >"$work/printed.json"
    job "$model: every command answers or says why not" every_command
    job "$model: help tells every key of its model file" every_key
    job "$model: every value is explained and followed" every_value
    job "$model: every figure is drawn or says why not" every_figure
    job "$model: every page and key of the stepper" every_screen
    job "$model: every step in plain words" every_step
    job "$model: every mistake shows or does not fit" every_mistake
done <"$work/models"
[ "$share" != 1 ] || job "every exercise is whole" every_exercise
finish_jobs
"$tracer" help model-file nosuchsystem >"$work/out" 2>"$work/err"
empty "a system that is not there" "$([ $? -eq 2 ] && grep -qE 'no system is called "nosuchsystem"; ' "$work/err" || cat "$work/err")"
exit $bad
