#include "command.h"
#include <unistd.h>

int main(int argc, char **argv)
{
    return cli_main(argc, argv, environ, nd_host_posix());
}
