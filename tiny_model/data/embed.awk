# Makes a C file of the texts that presets come with, so that they are there wherever the program runs:
# awk -f tiny_model/data/embed.awk FILES > texts.c (see tiny_model/data/texts.h). Every line of a file ends in \n.
function name(path) {
    sub(/.*\//, "", path)
    sub(/\.txt$/, "", path)
    return toupper(path)
}
FNR == 1 {
    if (files++) print "    ;"
    else print "#include \"tiny_model/data/texts.h\"\n"
    printf "const char %s[] =\n", name(FILENAME)
}
{
    gsub(/\\/, "\\\\")
    gsub(/"/, "\\\"")
    gsub(/\?/, "\\?")
    printf "    \"%s\\n\"\n", $0
}
END { print "    ;" }
