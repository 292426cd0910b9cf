# cmake -DIN=file -DOUT=file.c -DNAME=symbol -P embed.cmake: a file as a NUL-ended array of bytes and its length.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "((0x..,){20})" "\\1\n    " bytes "${bytes}")
file(WRITE ${OUT} "#include <stddef.h>
extern const unsigned char ${NAME}[];
extern const size_t ${NAME}_len;
const unsigned char ${NAME}[] = {
    ${bytes}0x00};
const size_t ${NAME}_len = sizeof ${NAME} - 1;
")
