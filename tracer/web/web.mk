# tracer as WebAssembly, for `./build.sh web`: make -f tests/Makefile OUT=build/web CC=emcc WEB=FOLDER web, where FOLDER
# has the sources of jansson and cmark. No thread, no terminal, no cairo; the arithmetic is that of every other build.
FLAGS = -std=gnu17 -D_DEFAULT_SOURCE -Os $(WARNINGS) -Wno-unknown-warning-option $(NUMERICS) \
        -I. -isystem $(OUT)/include -isystem $(WEB)/jansson/src -isystem $(WEB)/cmark/src -MMD -MP

# Both of us have a utf8_encode.
LIBRARY_FLAGS = -O2 -w -Dutf8_encode=json_utf8_encode -DHAVE_CONFIG_H -DHAVE_STDINT_H -I$(OUT)/include -I$(WEB)/jansson/src -I$(WEB)/cmark/src
JANSSON := dump error hashtable hashtable_seed load memory pack_unpack strbuffer strconv utf value version
CMARK := blocks buffer cmark cmark_ctype commonmark houdini_href_e houdini_html_e houdini_html_u html inlines iterator \
        latex man node references render scanners utf8 xml
FOREIGN := $(JANSSON:%=$(OUT)/obj/jansson/%.o) $(CMARK:%=$(OUT)/obj/cmark/%.o)
HEADERS := $(OUT)/include/jansson_config.h

WEB_OBJECTS = $(call object,$(MACHINE) $(filter-out $(NOT_IN_WEB),$(READERS)) $(WEB_ONLY)) $(EMBEDS)
CALLS := malloc free web_new web_free web_open web_command web_error web_key web_click web_written web_grid web_palette \
        web_hover web_place web_sentence web_tables web_models

web: $(OUT)/engine.js

comma_list = $(subst $(eval) ,$(comma),$(foreach name,$(1),_$(name)))
$(OUT)/engine.js: $(WEB_OBJECTS) $(FOREIGN)
	NODE_PATH=/usr/share/nodejs $(CC) -Oz -o $@ $^ -sEXPORTED_FUNCTIONS=$(call comma_list,$(CALLS)) \
	    -sEXPORTED_RUNTIME_METHODS=ccall,FS,UTF8ToString,ENV -sMODULARIZE -sEXPORT_NAME=tracerEngine -sENVIRONMENT=web,node \
	    -sALLOW_MEMORY_GROWTH -sINITIAL_MEMORY=25165824 -sTOTAL_STACK=2097152 -sFORCE_FILESYSTEM -sEXIT_RUNTIME=0 \
	    --no-entry

$(WEB_OBJECTS): | $(HEADERS)

$(OUT)/include/jansson_config.h: tracer/web/web.mk
	@mkdir -p $(OUT)/include
	sed -e 's/@json_inline@/inline/; s/@json_have_long_long@/1/; s/@json_have_localeconv@/0/; s/@json_have_atomic_builtins@/0/; s/@json_have_sync_builtins@/0/; s/@[a-z_]*@/0/' \
	    $(WEB)/jansson/src/jansson_config.h.in > $@
	printf '#define HAVE_ENDIAN_H 1\n#define HAVE_SYS_TIME_H 1\n#define HAVE_UNISTD_H 1\n#define HAVE_STRTOLL 1\n' > $(OUT)/include/jansson_private_config.h
	printf '#define CMARK_EXPORT\n#define CMARK_NO_EXPORT\n' > $(OUT)/include/cmark_export.h
	printf '#define CMARK_VERSION 0\n#define CMARK_VERSION_STRING ""\n' > $(OUT)/include/cmark_version.h
	printf '#define HAVE_STDBOOL_H\n#include <stdbool.h>\n#define HAVE___BUILTIN_EXPECT\n#define HAVE___ATTRIBUTE__\n#define CMARK_ATTRIBUTE(list) __attribute__ (list)\n#define CMARK_INLINE inline\n' > $(OUT)/include/config.h

$(OUT)/obj/jansson/%.o: $(WEB)/jansson/src/%.c $(HEADERS)
	@mkdir -p $(dir $@)
	$(CC) $(LIBRARY_FLAGS) -c -o $@ $<

$(OUT)/obj/cmark/%.o: $(WEB)/cmark/src/%.c $(HEADERS)
	@mkdir -p $(dir $@)
	$(CC) $(LIBRARY_FLAGS) -c -o $@ $<
