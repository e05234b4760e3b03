# Makes a C file of source files, so that the stepper can show the lines that recorded a step
# wherever it runs: awk -f tracer/base/embed.awk FILES > sources.c (see tracer/base/sources.h).
function quoted(text,    i, c, out) {
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        out = out (c == "\\" || c == "\"" ? "\\" : "") c
    }
    return "\"" out "\""
}
FNR == 1 {
    if (files) print "};"
    name[++files] = FILENAME
    if (files == 1) print "#include \"tracer/base/sources.h\"\n"
    printf "static const char *const FILE_%d[] = {\n", files
}
{ printf "    %s,\n", quoted($0); lines[files] = FNR }
END {
    print "};\n\nconst Source SOURCES[] = {"
    for (i = 1; i <= files; i++) printf "    {\"%s\", FILE_%d, %d},\n", name[i], i, lines[i]
    print "};\nconst int SOURCE_COUNT = sizeof SOURCES / sizeof *SOURCES;"
}
